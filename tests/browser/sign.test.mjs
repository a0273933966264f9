// SPDX-License-Identifier: AGPL-3.0-or-later
// The way of a signature with scripts off on a screen 320 pixels wide: read, sign with a mistake, put it right,
// check the answers, change one, send, open the mail, press the button; a moderator lists it; the page shows it;
// it is withdrawn by its own link.
import assert from 'node:assert/strict';
import { codeIn, linkIn } from './site.mjs';

const slug = 'ardenia-oil-strike';

async function phone({ site, browser }, locale) {
  const context = await browser.newContext({
    baseURL: site.url, javaScriptEnabled: false, locale, viewport: { width: 320, height: 640 },
  });
  const requests = [];
  context.on('request', (request) => requests.push(request.url()));
  return { context, requests, page: await context.newPage() };
}

async function shows(page, text) {
  const shown = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  assert.ok(shown.includes(text), `"${text}" is not on ${page.url()}`);
}

// Fields are found by their names, which are fixed, and not by their words, which translators change.
async function fillForm(page, { organisation, email, country = { value: 'AM' } }) {
  await page.locator('#organisation').fill(organisation);
  await page.locator('#kind').selectOption('union');
  await page.locator('#country').selectOption(country);
  await page.locator('#members').fill('1 500');
  await page.locator('#representative').fill('Ануш Петросян');
  await page.locator('#capacity').fill('председатель');
  await page.locator('#email').fill(email);
  await page.locator('#consent').check();
}

// The button that goes on; others change answers.
const press = (page) => page.locator('form .act button').click();
const sends = async (page) => {
  await press(page);
  assert.equal(await page.locator('button[value=send]').count(), 1, 'the answers are shown first');
  await press(page);
};

async function approve(site, organisation) {
  const waiting = JSON.parse(site.run('queue', '--json'));
  const { id } = waiting.find((signature) => signature.organisation === organisation);
  site.run('signature', 'approve', id);
  return id;
}

async function theWholeWay({ site, browser }) {
  const { context, page, requests } = await phone({ site, browser }, 'ru-RU');
  await page.goto('/');
  assert.equal(new URL(page.url()).pathname, '/ru/');
  await page.locator(`main a[href="/ru/${slug}"]`).click();
  await shows(page, 'Освободить членов забастовочного комитета');
  await page.locator('a.button').first().click();
  assert.equal(new URL(page.url()).pathname, `/ru/${slug}/sign`);
  assert.equal(await page.locator('article').isVisible(), false, 'the text is folded away above the form');
  await page.locator('.text summary').click();
  assert.equal(await page.locator('article').isVisible(), true);

  // A mistake: the address has no place.
  await fillForm(page, { organisation: 'Профсоюз «<b>Проба</b>»', email: 'office' });
  await page.locator('#visibility-recipients').check();
  await press(page);
  assert.match(await page.title(), /^Ошибка: /);
  const summary = page.getByRole('alert');
  assert.equal(await summary.getByRole('link').count(), 1);
  await summary.getByRole('link').click();
  assert.equal(await page.locator(':focus').getAttribute('name'), 'email', 'the summary leads to the field');
  assert.equal(await page.locator('#organisation').inputValue(), 'Профсоюз «<b>Проба</b>»');
  assert.equal(await page.locator('#email').inputValue(), 'office');
  assert.equal(await page.locator('#country').inputValue(), 'AM');
  assert.equal(await page.locator('#visibility-recipients').isChecked(), true);

  // Put right.
  await page.locator('#email').fill('office@proba.example');
  await page.locator('#visibility-public').check();
  await page.locator('#updates').check();
  await press(page);

  // The answers; one is changed, and all others are kept.
  await shows(page, 'Профсоюз «<b>Проба</b>»');
  await shows(page, '1 500');
  await page.locator('button[value=change]').nth(1).click();
  assert.equal(new URL(page.url()).hash, '#representative', 'the form opens where it is to be changed');
  assert.equal(await page.locator('#organisation').inputValue(), 'Профсоюз «<b>Проба</b>»');
  assert.equal(await page.locator('#email').inputValue(), 'office@proba.example');
  assert.equal(await page.locator('#updates').isChecked(), true);
  assert.equal(await page.locator('#consent').isChecked(), true);
  await page.locator('#capacity').fill('сопредседатель');
  await press(page);
  await shows(page, 'сопредседатель');
  await press(page);
  assert.equal(new URL(page.url()).pathname, `/ru/${slug}/sent`);

  await page.goto(linkIn(await site.mail('office@proba.example')));
  assert.equal(await page.locator('.number').count(), 0, 'opening the link signs nothing');
  await shows(page, 'Профсоюз «<b>Проба</b>»');
  await press(page);
  assert.equal(await page.locator('.number').count(), 1, 'the receipt has a number');

  const id = await approve(site, 'Профсоюз «<b>Проба</b>»');
  await page.reload();
  await shows(page, id);
  await page.locator('.back a').click();
  for (let tries = 0; !(await page.locator('main').innerText()).includes('Профсоюз «<b>Проба</b>»'); tries++) {
    assert.ok(tries < 100, 'the page does not name it');
    await page.waitForTimeout(50);
    await page.reload();
  }
  await shows(page, 'Армения');
  await shows(page, 'Ануш Петросян');

  // By the link in the mail the signature is withdrawn.
  await page.goto((await site.mail('office@proba.example')).match(/\/w\/[A-Za-z0-9_-]{32}/)[0]);
  await shows(page, id);
  await page.locator('#reason').fill('"><b>');
  await page.locator('button[value=withdraw]').click();
  assert.equal(new URL(page.url()).pathname, `/ru/${slug}/withdrawn`);
  await page.locator('.back a').click();
  assert.equal((await page.locator('main').innerText()).includes('Проба'), false, 'it is gone');
  assert.deepEqual(requests.filter((url) => !url.startsWith(site.url)), [], 'nothing comes from elsewhere');
  await context.close();
}

async function byTypedCode({ site, browser }) {
  const { context, page } = await phone({ site, browser }, 'ru-RU');
  await page.goto(`/ru/${slug}/sign`);
  await fillForm(page, { organisation: 'Профсоюз без ссылок', email: 'post@nolinks.example' });
  await sends(page);
  await page.locator('main a[href$="/code"]').click();
  const code = codeIn(await site.mail('post@nolinks.example'));
  await page.locator('#email').fill('post@nolinks.example');
  await page.locator('#code').fill('0000000000');
  await press(page);
  assert.match(await page.title(), /^Ошибка: /);
  assert.equal(await page.locator('#email').inputValue(), 'post@nolinks.example');
  await page.locator('#code').fill(code);
  await press(page);
  assert.equal(await page.locator('.number').count(), 1, 'the receipt has a number');
  await context.close();
}

async function carefulChoice({ site, browser }) {
  const { context, page } = await phone({ site, browser }, 'en-GB');
  await page.goto(`/en/${slug}/sign`);
  assert.equal(await page.locator('#visibility-public').isChecked(), true);
  await page.getByRole('link', { name: 'Kazakhstan' }).click();
  assert.equal(await page.locator('#country').inputValue(), 'KZ');
  assert.equal(await page.locator('#visibility-counted').isChecked(), true);

  // Who chose to sign openly all the same is asked once more.
  await fillForm(page, { organisation: 'Careful union', email: 'careful@union.example', country: { value: 'KZ' } });
  await page.locator('#visibility-public').check();
  await press(page);
  assert.equal(await page.locator('#visibility-counted').isChecked(), true);
  assert.equal(await page.locator('.note').count(), 1, 'it is warned of');
  await press(page);
  assert.equal(new URL(page.url()).pathname, `/en/${slug}/sent`);
  await page.goto(linkIn(await site.mail('careful@union.example')));
  assert.equal(await page.locator('a[href*="country="]').count(), 0, 'the careful answer was taken');
  await context.close();
}

// What a scanner or a preview does: it loads the page with everything on it, scripts on, and follows each link.
async function lookingChangesNothing({ site, browser }) {
  const context = await browser.newContext({ baseURL: site.url });
  const page = await context.newPage();
  await page.goto(`/en/${slug}/sign`);
  await fillForm(page, { organisation: 'Union of the looked at', email: 'looked@union.example' });
  await sends(page);
  const mail = await site.mail('looked@union.example');
  const paths = [linkIn(mail), mail.match(/\/w\/[A-Za-z0-9_-]{32}/)[0]];
  for (const path of paths) {
    await page.goto(path, { waitUntil: 'networkidle' });
    for (const link of await page.locator('main a').evaluateAll((all) => all.map((one) => one.href)))
      await context.request.get(link);
  }
  assert.equal(site.run('queue', '--json').includes('looked at'), false, 'nobody has signed');
  await page.goto(paths[0]);
  await press(page);
  assert.equal(await page.locator('.number').count(), 1, 'the link is alive');
  await context.close();
}

async function byKeyboard({ site, browser }) {
  const { context, page } = await phone({ site, browser }, 'en-GB');
  await page.goto(`/en/${slug}/sign`);
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').innerText(), 'Skip to the content');
  await page.keyboard.press('Enter');
  const seen = [];
  for (let step = 0; step < 60 && !seen.includes('BUTTON'); step++) {
    await page.keyboard.press('Tab');
    const focus = page.locator(':focus');
    const what = (await focus.getAttribute('name')) ?? (await focus.evaluate((element) => element.tagName));
    seen.push(what);
    if (['organisation', 'representative', 'capacity'].includes(what)) await page.keyboard.type('Typed by keyboard');
    if (what === 'email') await page.keyboard.type('keys@union.example');
    if (what === 'kind') await page.keyboard.type('Trade');
    if (what === 'country') await page.keyboard.type('Norw');
    if (what === 'consent') await page.keyboard.press('Space');
    if (what === 'step') seen.push('BUTTON');
  }
  await page.keyboard.press('Enter');
  const send = page.locator('button[value=send]');
  await send.waitFor();
  for (let step = 0; step < 60 && !(await send.evaluate((button) => button === document.activeElement)); step++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/sent$/);
  await site.mail('keys@union.example');
  await context.close();
}

export const signTests = { theWholeWay, byTypedCode, carefulChoice, lookingChangesNothing, byKeyboard };
