// SPDX-License-Identifier: AGPL-3.0-or-later
// What every page must be for everybody: no violation of WCAG A and AA that axe-core finds, light and dark; no
// sideways scrolling at 320 pixels or with text at 200 %; at most three requests.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { linkIn } from './site.mjs';

const slug = 'ardenia-oil-strike';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let confirmation; // paths of a waiting and of a confirmed link, for each language

async function send(site, path, fields) {
  return fetch(site.url + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

async function links(site) {
  if (confirmation) return confirmation;
  confirmation = {};
  for (const language of ['ru', 'en']) {
    confirmation[language] = [];
    for (const state of ['waiting', 'confirmed']) {
      const email = `${state}-${language}@union.example`;
      await send(site, `/${language}/${slug}/sign`, {
        organisation: 'اتحاد عمال الموانئ', organisation_latin: 'Port Workers Union', kind: 'national', country: 'MA',
        town: 'Casablanca', members: '41000', representative: 'فاطمة', capacity: 'رئيسة', email, visibility: 'public',
        consent: 'yes', legal_name: 'الاتحاد الوطني لعمال الموانئ', address: 'BP 1200, Casablanca', registration: 'refused',
        mandate: 'Congress', mandate_date: '2026-03-14',
      });
      const path = linkIn(await site.mail(email));
      if (state === 'confirmed') assert.equal((await send(site, path, {})).status, 303);
      confirmation[language].push(path);
    }
  }
  for (const { id } of JSON.parse(site.run('queue', '--json'))) site.run('signature', 'approve', id);
  // A letter that was delivered and answered, and that everybody may have.
  site.run('export', 'letter', slug, '--to', 'president', '-o', join(site.folder, 'president.pdf'));
  site.run('delivery', 'record', slug, '--edition', '1', '--how', 'post', '--yes');
  site.run('delivery', 'respond', slug, '--edition', '1', '--note', 'It was received.', '--yes');
  site.run('export', 'letter', slug, '--publish', '-o', join(site.folder, 'public.pdf'));
  return confirmation;
}

// Every page and state of the site in a language: a name, and how to come to it.
async function pagesOf(site, language) {
  const base = `/${language}/${slug}`;
  const [waiting, confirmed] = (await links(site))[language];
  const at = (path) => (page) => page.goto(path);
  return {
    home: at(`/${language}/`), appeal: at(base), plea: at(`/${language}/ardenia-unions-law`),
    signatories: at(`${base}/signatories`), sign: at(`${base}/sign`), sent: at(`${base}/sent`), code: at(`${base}/code`),
    privacy: at(`/${language}/privacy`), missing: at(`/${language}/nothing/here`), confirm: at(waiting), receipt: at(confirmed),
    refused: async (page) => {
      await page.goto(`${base}/sign`);
      await page.locator('#email').fill('nothing');
      await page.locator('#mandate_date').fill('2999-01-01');
      await page.locator('#members_date').fill('in spring');
      await page.locator('form button').click();
    },
    wrongCode: async (page) => {
      await page.goto(`${base}/code`);
      await page.locator('form button').click();
    },
  };
}

async function picture(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

async function eachPage({ site, browser }, options, visit) {
  for (const language of ['ru', 'en']) {
    for (const [name, go] of Object.entries(await pagesOf(site, language))) {
      const context = await browser.newContext({ baseURL: site.url, bypassCSP: true, locale: language, ...options });
      const page = await context.newPage();
      const asked = []; // for the page that is shown
      page.on('request', (request) => {
        if (request.isNavigationRequest()) asked.length = 0;
        asked.push(request.url());
      });
      await go(page);
      await visit(page, `${name}-${language}`, asked);
      await context.close();
    }
  }
}

// What became of the letter, and the letter itself, stand on its page.
async function showsWhatBecameOfIt({ site, browser }) {
  await links(site);
  const context = await browser.newContext({ baseURL: site.url, javaScriptEnabled: false });
  const page = await context.newPage();
  for (let tries = 0; tries < 100; tries++) { // a page may be a second old
    await page.goto(`/ru/${slug}`);
    if (await page.locator('a[href$="letter.pdf"]').count() === 1) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.equal(await page.locator('.events li').count(), 3);
  const answer = await context.request.get(await page.locator('a[href$="letter.pdf"]').getAttribute('href'));
  assert.equal(answer.headers()['content-type'], 'application/pdf');
  assert.equal((await answer.body()).subarray(0, 5).toString(), '%PDF-');
  await context.close();
}

async function violations(page, name) {
  await page.addScriptTag({ content: axe });
  const { violations: found } = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), tags);
  assert.deepEqual(found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), [], name);
}

async function accessibleInLight(world) {
  await eachPage(world, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }, async (page, name) => {
    await violations(page, name);
    await picture(page, `${name}-1280-light`);
  });
}

async function accessibleInTheDark(world) {
  await eachPage(world, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' }, async (page, name) => {
    await violations(page, name);
    await picture(page, `${name}-320-dark`);
  });
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function fitsSmallScreens(world) {
  await eachPage(world, { viewport: { width: 320, height: 640 } }, async (page, name) => {
    assert.equal(await sideways(page), 0, `${name} scrolls sideways at 320 pixels`);
    await picture(page, `${name}-320-light`);
  });
}

async function fitsLargeText(world) {
  await eachPage(world, { viewport: { width: 640, height: 900 } }, async (page, name) => {
    await page.addStyleTag({ content: 'html { font-size: 200% !important; }' });
    assert.equal(await sideways(page), 0, `${name} scrolls sideways with large text`);
  });
}

async function fewRequests(world) {
  await eachPage(world, { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }, async (page, name, asked) => {
    assert.ok(asked.length >= 1 && asked.length <= 3, `${name} asks for ${asked.join(' ')}`);
    assert.ok(asked.every((url) => url.startsWith(world.site.url)), `${name} asks elsewhere`);
  });
}

async function printsAsALetter({ site, browser }) {
  const context = await browser.newContext({ baseURL: site.url });
  const page = await context.newPage();
  await page.goto(`/ru/${slug}`);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header.site').isVisible(), false);
  assert.equal(await page.locator('.button').first().isVisible(), false);
  assert.equal(await page.locator('article').isVisible(), true);
  await picture(page, 'appeal-ru-print');
  await context.close();
}

export const accessTests = {
  accessibleInLight, accessibleInTheDark, fitsSmallScreens, fitsLargeText, fewRequests, printsAsALetter,
  showsWhatBecameOfIt,
};
