// SPDX-License-Identifier: AGPL-3.0-or-later
// What every page must be for everybody, in every state and language: no violation of WCAG 2.2 A and AA that axe-core
// finds, light and dark; no sideways scrolling at 320 pixels, with text at 200 % or with text set wide; targets large
// enough for a finger; at most three requests and 14 KiB.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { addressesNobodyLooksAt, fetchPage, pagesOf, slug } from './pages.mjs';
import { axe, walk } from './walk.mjs';

const WCAG = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const ONLY = (...values) => ({ type: 'rule', values });
const PAGE_MOST = 14 * 1024;
const TARGET_LEAST = 24; // pixels: WCAG 2.2, 2.5.8

async function picture(tab, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await tab.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

async function violations(tab, runOnly, without = []) {
  if (!await tab.evaluate(() => Boolean(globalThis.axe))) await tab.evaluate(axe);
  const found = await tab.evaluate(async ([only, off]) => {
    const { violations: broken, passes, inapplicable, incomplete } = await globalThis.axe.run(document, {
      runOnly: only, rules: Object.fromEntries(off.map((rule) => [rule, { enabled: false }])), resultTypes: ['violations'], elementRef: false });
    const rules = [...broken, ...passes, ...inapplicable, ...incomplete].map(({ id }) => id);
    return { rules, lines: broken.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' ')}`) };
  }, [runOnly, without]);
  const wanted = runOnly.type === 'rule' ? runOnly.values : ['color-contrast', 'target-size', 'label', 'html-has-lang', 'document-title'];
  for (const rule of wanted) assert.equal(found.rules.includes(rule), !without.includes(rule), `axe has not looked at ${rule}`);
  return found.lines;
}

// Runs in the page: what stands out of it sideways, be it hidden or to be scrolled to.
function sideways() {
  const root = document.documentElement;
  const wrong = [];
  if (root.scrollWidth > root.clientWidth) wrong.push(`scrolls sideways by ${root.scrollWidth - root.clientWidth}`);
  for (const element of document.querySelectorAll('main *, header *, footer *')) {
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || (box.left >= -1 && box.right <= root.clientWidth + 1)) continue;
    if (element.closest('.unseen, .skip') || (element.checkVisibility && !element.checkVisibility())) continue;
    let scrolled = element.parentElement; // within something that scrolls by itself it may stand out
    while (scrolled && !/auto|scroll/.test(getComputedStyle(scrolled).overflowX)) scrolled = scrolled.parentElement;
    if (!scrolled) wrong.push(`${element.outerHTML.slice(0, 120)} stands out (${Math.round(box.left)}..${Math.round(box.right)})`);
  }
  return wrong.slice(0, 3);
}

// Runs in the page: what is pressed and smaller than a finger needs, but for links that are words of a text: of those
// axe-core looks at the room around them.
function smallTargets(least) {
  const wrong = [];
  for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    const boxes = [element.getBoundingClientRect(), ...[...(element.labels ?? [])].map((label) => label.getBoundingClientRect())];
    if (boxes[0].width === 0 || element.closest('.skip') || (element.checkVisibility && !element.checkVisibility())) continue;
    const isInText = element.tagName === 'A' && getComputedStyle(element).display === 'inline';
    if (!isInText && !boxes.some((box) => box.height >= least && box.width >= least)) {
      wrong.push(`small target ${Math.round(boxes[0].width)}x${Math.round(boxes[0].height)}: ${element.outerHTML.slice(0, 120)}`);
    }
  }
  return wrong.slice(0, 3);
}

const WIDE_TEXT = 'html { font-size: 200% !important; }';
const SPACED_TEXT = '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }'
  + ' p { margin-block-end: 2em !important; }';

// Each page is looked at once, for all that the tests below tell of: lines of what is wrong, by kind.
const KINDS = ['axe', 'dark', 'phone', 'sideways', 'targets', 'spaced', 'large', 'requests'];

async function look(world, tab, page) {
  const found = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  if (tab.asked.length < 1 || tab.asked.length > 3) found.requests.push(`asks for ${tab.asked.join(' ')}`);
  if (!tab.asked.every((url) => url.startsWith(page.site.url))) found.requests.push(`asks elsewhere: ${tab.asked.join(' ')}`);

  // Colours, long lists and how errors are told are the same in all languages: two of them, one from right to left.
  const isFull = page.language === world.languages[0] || page.language === 'ar';
  if (isFull || !/-many-|^error-4(?!04-..$)/.test(page.name)) found.axe = await violations(tab, WCAG, isFull ? [] : ['color-contrast']);
  await picture(tab, `${page.name}-1280-light`);
  if (isFull) {
    await tab.emulateMedia({ colorScheme: 'dark' });
    found.dark = await violations(tab, ONLY('color-contrast', 'link-in-text-block'));
  }
  await tab.setViewportSize({ width: 320, height: 640 });
  if (isFull && !page.name.includes('-many-')) found.phone = await violations(tab, WCAG);
  found.sideways = await tab.evaluate(sideways);
  found.targets = await tab.evaluate(smallTargets, TARGET_LEAST);
  await picture(tab, `${page.name}-320`);

  const style = await tab.addStyleTag({ content: SPACED_TEXT });
  found.spaced = await tab.evaluate(sideways);
  await style.evaluate((element, content) => { element.textContent = content; }, WIDE_TEXT);
  await tab.setViewportSize({ width: 640, height: 900 });
  found.large = await tab.evaluate(sideways);
  await tab.setViewportSize({ width: 1280, height: 900 });
  await tab.emulateMedia({ colorScheme: 'light' });
  return found;
}

let looked;

// A test that nothing of these kinds was found.
const without = (...kinds) => async (run) => {
  looked ??= walk(run, { viewport: { width: 1280, height: 900 }, colorScheme: 'light', bypassCSP: true }, (tab, page) => look(run.world, tab, page));
  const all = await looked;
  assert.ok(all.length > 20 * run.world.languages.length, `only ${all.length} pages`);
  const wrong = all.flatMap(({ page, found }) => kinds.flatMap((kind) => found[kind].map((line) => `${page.name}: ${kind}: ${line}`)));
  assert.equal(wrong.length, 0, `${wrong.length} findings on ${all.length} pages\n${wrong.slice(0, 60).join('\n')}`);
};

const accessibleToEverybody = without('axe', 'dark');
const accessibleOnPhones = without('phone', 'targets');
const fitsSmallScreens = without('sideways');
const fitsLargeText = without('spaced', 'large');
const fewRequests = without('requests');

// The checks above find something where there is something.
async function findsWhatIsWrong({ browser }) {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, bypassCSP: true });
  const tab = await context.newPage();
  await tab.setContent(`<!doctype html><html lang="en"><title>x</title><main style="width: 400px"><h1>x</h1><input>
    <p style="color: #999">pale</p><a href="/x" style="display: block; width: 9px; height: 9px; overflow: hidden">xxxx</a></main>`);
  const found = (await violations(tab, WCAG)).join('\n');
  for (const rule of ['label', 'color-contrast']) assert.ok(found.includes(`${rule}: `), `${rule} is not found: ${found}`);
  assert.match((await tab.evaluate(sideways)).join('\n'), /scrolls sideways by 8\d[^]*stands out/);
  assert.match((await tab.evaluate(smallTargets, TARGET_LEAST)).join('\n'), /small target 9x9/);
  await context.close();
}

// Compressed; a page of hundreds of signatories is as long as they are.
async function lightPages({ world }) {
  const wrong = [];
  for (const page of world.languages.flatMap((language) => pagesOf(world, language)).filter(({ name }) => !name.includes('-many-'))) {
    const size = gzipSync((await fetchPage(world, page)).html, { level: 6 }).length;
    if (size > PAGE_MOST) wrong.push(`${page.name} has ${size} bytes`);
  }
  assert.deepEqual(wrong, []);
}

// The list of pages is whole: it has every address that the site knows.
async function everyAddressIsLookedAt({ world }) {
  assert.deepEqual(addressesNobodyLooksAt(world), []);
}

// What became of the letter, and the letter itself, stand on its page.
async function showsWhatBecameOfIt({ world, browser }) {
  // Whoever withdrew in a test before took the public letter off with them.
  world.site.run('export', 'letter', slug, '--publish', '-o', join(world.site.folder, 'public-again.pdf'));
  const context = await browser.newContext({ baseURL: world.site.url, javaScriptEnabled: false });
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

async function printsAsALetter({ world, browser }) {
  const context = await browser.newContext({ baseURL: world.site.url });
  const page = await context.newPage();
  await page.goto(`/ru/${slug}`);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header.site').isVisible(), false);
  assert.equal(await page.locator('.button').first().isVisible(), false);
  assert.equal(await page.locator('article.letter').isVisible(), true);
  await picture(page, 'appeal-ru-print');
  await context.close();
}

export const accessTests = {
  everyAddressIsLookedAt, findsWhatIsWrong, accessibleToEverybody, accessibleOnPhones, fitsSmallScreens, fitsLargeText,
  fewRequests, lightPages,
  printsAsALetter, showsWhatBecameOfIt,
};
