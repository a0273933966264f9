// SPDX-License-Identifier: AGPL-3.0-or-later
// Shows every page of the list in Chromium, in a few tabs at once. A page is shown as the site gave it, once: the
// document comes from memory, all that it asks for from the site.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fetchPage, pagesOf } from './pages.mjs';

export const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TABS = 2;
const HOP_BY_HOP = ['connection', 'transfer-encoding', 'content-length', 'content-encoding', 'keep-alive'];

// Puts a page of the list into a tab; what it asks for is listed in tab.asked.
export async function show(world, tab, page) {
  const answer = await fetchPage(world, page);
  const headers = Object.fromEntries(Object.entries(answer.headers ?? { 'content-type': 'text/html; charset=utf-8' })
    .filter(([name]) => !HOP_BY_HOP.includes(name)));
  tab.asked = [];
  await tab.unrouteAll();
  await tab.route('**/*', (route) => {
    tab.asked.push(route.request().url());
    if (!route.request().isNavigationRequest()) return route.continue();
    return route.fulfill({ status: answer.status, headers, body: answer.html });
  });
  await tab.goto(`${page.site.url}${page.path ?? '/'}`);
}

// What visit(tab, page) finds on every page, as [{page, found}].
export async function walk({ world, browser }, options, visit) {
  const left = world.languages.flatMap((language) => pagesOf(world, language));
  const seen = [];
  await Promise.all(Array.from({ length: TABS }, async () => {
    const context = await browser.newContext({ baseURL: world.site.url, ...options });
    const tab = await context.newPage();
    for (let page = left.shift(); page; page = left.shift()) {
      await show(world, tab, page);
      seen.push({ page, found: await visit(tab, page) });
    }
    await context.close();
  }));
  return seen;
}
