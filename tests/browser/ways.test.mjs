// SPDX-License-Identifier: AGPL-3.0-or-later
// The whole way of signing for those whom sites forget: in Arabic and in Chinese; with the keyboard alone, where one
// always sees where one is; and as a screen reader tells it, by the browser's own tree of what there is. Scripts are off.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkOf, slug } from './pages.mjs';
import { codeIn, linkIn } from './site.mjs';

const NEEDED = ['organisation', 'kind', 'country', 'representative', 'capacity', 'email', 'visibility', 'consent'];

async function visitor({ site, browser }, locale) {
  const context = await browser.newContext({ baseURL: site.url, javaScriptEnabled: false, locale, viewport: { width: 320, height: 640 } });
  return { context, page: await context.newPage() };
}

const goOn = (page) => page.locator('form .act button').last().click();

async function fill(page, typed) {
  await page.locator('#organisation').fill(typed.organisation);
  await page.locator('#kind').selectOption('union');
  await page.locator('#country').selectOption(typed.country);
  await page.locator('#members').fill(typed.members);
  await page.locator('#representative').fill(typed.representative);
  await page.locator('#capacity').fill(typed.capacity);
  await page.locator('#email').fill(typed.email);
  await page.locator('#visibility-public').check();
  await page.locator('#consent').check();
}

async function holds(page, ...texts) {
  const shown = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  for (const text of texts) assert.ok(shown.includes(text), `"${text}" is not on ${page.url()}:\n${shown}`);
}

// Each page of the way is in its language and direction, and its words are not those of another language.
async function isIn(page, language, direction) {
  const root = page.locator('html');
  assert.equal(await root.getAttribute('lang'), language);
  assert.equal(await root.getAttribute('dir'), direction);
  assert.equal(await page.locator('main').evaluate((main) => getComputedStyle(main).direction), direction);
  const heading = await page.locator('h1').first().innerText();
  assert.match(heading, language === 'ar' ? /\p{Script=Arabic}/u : /\p{Script=Han}/u, `the heading of ${page.url()}: ${heading}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, `${page.url()} scrolls sideways`);
}

async function theWholeWayIn(run, language, direction, typed) {
  const { site } = run;
  const { context, page } = await visitor(run, language);
  await page.goto('/');
  assert.equal(new URL(page.url()).pathname, `/${language}/`, 'the first page asks the browser');
  await page.locator(`main a[href="/${language}/${slug}"]`).first().click();
  assert.equal(await page.locator('html').getAttribute('dir'), direction);
  assert.equal(await page.locator('article.letter').getAttribute('lang'), 'ru', 'a text that lacks the language is the original');
  assert.equal(await page.locator('article.letter').getAttribute('dir'), 'ltr');
  await page.locator('a.button').first().click();
  await isIn(page, language, direction);

  await goOn(page);
  await isIn(page, language, direction);
  const problems = page.getByRole('alert').getByRole('link');
  assert.ok(await problems.count() >= 6, 'what is missing is told');
  const [word] = (await page.title()).split(':');
  assert.doesNotMatch(word, /Error/, 'the title begins with the word of the language');
  await fill(page, typed);
  await goOn(page);
  await isIn(page, language, direction);
  await holds(page, typed.organisation, typed.representative);
  await goOn(page);
  assert.equal(new URL(page.url()).pathname, `/${language}/${slug}/sent`);
  await isIn(page, language, direction);

  const [mail] = await site.mails(typed.email);
  assert.match(mail.html, new RegExp(`<html lang="${language}" dir="${direction}"`));
  assert.ok(mail.text.includes(typed.organisation) && codeIn(mail.text));
  await page.goto(linkIn(mail.text));
  await isIn(page, language, direction);
  await holds(page, typed.organisation, typed.representative, typed.capacity, typed.email);
  assert.equal(await page.locator('.number').count(), 0, 'opening the link signs nothing');
  await goOn(page);
  await isIn(page, language, direction);
  const number = (await page.locator('.number').innerText()).trim();

  site.run('signature', 'approve', number);
  await page.goto(`/${language}/${slug}/signatories`);
  for (let tries = 0; !(await page.locator('main').innerText()).includes(typed.organisation); tries++) {
    assert.ok(tries < 100, 'the list does not name it');
    await new Promise((done) => setTimeout(done, 50));
    await page.reload();
  }
  assert.equal(await page.locator('bdi', { hasText: typed.organisation }).count() > 0, true, 'the name is isolated');

  await page.goto(await linkOf(site, typed.email, 'w'));
  await isIn(page, language, direction);
  await page.locator('button[value=withdraw]').click();
  await isIn(page, language, direction);
  await page.goto(`/${language}/${slug}/signatories`);
  assert.equal((await page.locator('main').innerText()).includes(typed.organisation), false, 'it is off at once');
  await context.close();
}

async function inArabic(run) {
  await theWholeWayIn(run, 'ar', 'rtl', { organisation: 'نقابة عمال الموانئ رقم 12 (ITF)', country: 'MA', members: '1500',
    representative: 'فاطمة الزهراء', capacity: 'الأمينة العامة', email: 'ar@union.example' });
}

async function inChinese(run) {
  await theWholeWayIn(run, 'zh', 'ltr', { organisation: '全国石油工会（大庆分会）', country: 'JP', members: '1500', representative: '王小明',
    capacity: '主席', email: 'zh@union.example' });
}

// Runs in the page: what has the focus, and whether one sees that it has.
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const boxes = [...element.getClientRects(), ...[...element.children].flatMap((child) => [...child.getClientRects()])];
  const box = boxes.find(({ width, height }) => width > 0 && height > 0) ?? element.getBoundingClientRect(); // its first line
  const at = document.elementFromPoint(Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 1), innerHeight - 1));
  return {
    tag: element.tagName, name: element.getAttribute('name'), id: element.id, value: element.getAttribute('value'), href: element.getAttribute('href'),
    what: element.outerHTML.slice(0, 100),
    isMarked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    isInSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isCovered: at !== null && at !== element && !element.contains(at) && !at.contains(element) && !(element.labels && [...element.labels].includes(at)),
  };
}

// Tab until it is reached; each stop on the way is seen, marked and uncovered.
async function tabTo(page, isThere, visit = async () => {}) {
  for (let step = 0; step < 200; step++) {
    await page.keyboard.press('Tab');
    let stop = await page.evaluate(focused);
    for (let tries = 0; tries < 40 && stop && (!stop.isInSight || stop.isCovered); tries++) { // the page is scrolled a little later
      await new Promise((done) => setTimeout(done, 25));
      stop = await page.evaluate(focused);
    }
    if (stop === null) continue; // between the end of the page and its beginning
    assert.ok(stop.isMarked, `one does not see the focus on ${stop.what}`);
    assert.ok(stop.isInSight && !stop.isCovered, `out of sight: ${stop.what}`);
    await visit(stop);
    if (isThere(stop)) return stop;
  }
  throw new Error(`not reached by the keyboard on ${page.url()}`);
}

async function byKeyboardAlone(run) {
  const { site } = run;
  const { context, page } = await visitor(run, 'en-GB');
  await page.goto('/en/');
  await tabTo(page, ({ href }) => href === `/en/${slug}`);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/en/${slug}`);
  await tabTo(page, ({ href }) => href === `/en/${slug}/sign`);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sign');

  // Sent as it is: the problems have the focus, and lead to their fields.
  await tabTo(page, ({ tag }) => tag === 'BUTTON');
  await page.keyboard.press('Enter');
  await page.locator('.problems').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert', 'the problems come first');
  await tabTo(page, ({ href }) => Boolean(href?.endsWith('#organisation')));
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'organisation', 'the link leads into the field');
  await page.keyboard.type('Union by keyboard');

  const typed = { representative: 'Ann Key', capacity: 'Chair', email: 'keyboard@union.example', country: 'Norw' };
  await tabTo(page, ({ tag, name }) => tag === 'BUTTON' && (name === null || name === 'step'), async ({ name, id }) => {
    if (name === 'kind') await page.keyboard.press('ArrowDown');
    else if (name === 'visibility') assert.match(id, /^visibility-/); // the one that is chosen; the others are an arrow away
    else if (name === 'consent') await page.keyboard.press('Space');
    else if (typed[name]) await page.keyboard.type(typed[name]);
  });
  await page.keyboard.press('Enter');
  await page.locator('button[value=send]').waitFor();
  await tabTo(page, ({ value }) => value === 'send');
  await page.keyboard.press('Space');
  await page.waitForURL('**/sent');

  await page.goto(linkIn(await site.mail(typed.email)));
  await tabTo(page, ({ tag }) => tag === 'BUTTON');
  await page.keyboard.press('Enter');
  await page.locator('.number').waitFor();
  assert.ok(JSON.parse(site.run('queue', slug, '--json')).some(({ organisation }) => organisation === 'Union by keyboard'));
  await context.close();
}

// What a screen reader has of a page, in its order: role, name, description, level and state of each thing.
async function treeOf(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const told = [];
  const tell = (node, depth) => {
    const of = (name) => node.properties?.find((property) => property.name === name)?.value.value;
    const isSaid = !node.ignored && !['none', 'generic', 'InlineTextBox', 'LineBreak'].includes(node.role?.value);
    if (isSaid) {
      told.push({ depth, role: node.role.value, name: node.name?.value ?? '', description: node.description?.value ?? '', level: of('level'),
        isInvalid: of('invalid') === 'true', isRequired: of('required') === true, isFocused: of('focused') === true });
    }
    for (const id of node.childIds ?? []) tell(byId.get(id), depth + (isSaid ? 1 : 0));
  };
  tell(nodes[0], 0);
  return told;
}

// Kept beside the pictures, to be read by people.
function dump(name, tree) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  writeFileSync(join(process.env.SHOTS, `tree-${name}.txt`), tree.map(({ depth, role, name: said, description, level, isInvalid, isRequired }) =>
    `${'  '.repeat(depth)}${role}${level ? level : ''} "${said}"${description ? ` (${description})` : ''}${isInvalid ? ' INVALID' : ''}${isRequired ? ' required' : ''}\n`).join(''));
}

const CONTROLS = ['textbox', 'combobox', 'checkbox', 'radio', 'button', 'link', 'searchbox'];

// What holds on every page: landmarks in their order, one heading of the first level, no level left out, all has names.
function isToldWell(name, tree) {
  const marks = tree.filter(({ role }) => ['banner', 'main', 'contentinfo'].includes(role)).map(({ role }) => role);
  assert.deepEqual(marks, ['banner', 'main', 'contentinfo'], `${name}: landmarks`);
  const heads = tree.filter(({ role }) => role === 'heading');
  assert.equal(heads.filter(({ level }) => level === 1).length, 1, `${name}: first headings`);
  const first = heads.findIndex(({ level }) => level === 1);
  heads.slice(first).reduce((before, { level, name: said }) => {
    assert.ok(level <= before + 1, `${name}: a level is left out before "${said}"`);
    return level;
  }, 1);
  for (const { role, name: said } of tree) {
    if (CONTROLS.includes(role) || ['heading', 'navigation', 'region', 'group', 'img'].includes(role) && role !== 'group') {
      assert.notEqual(said.trim(), '', `${name}: a ${role} without a name`);
    }
  }
}

const at = (tree, isIt) => tree.findIndex(isIt);

async function asAScreenReaderTellsIt(run) {
  const { site } = run;
  const { context, page } = await visitor(run, 'en-GB');
  const look = async (name) => {
    let tree = await treeOf(page);
    for (let tries = 0; tries < 40 && !tree.some(({ role }) => role === 'contentinfo'); tries++) { // it is made a little later
      await new Promise((done) => setTimeout(done, 25));
      tree = await treeOf(page);
    }
    dump(name, tree);
    isToldWell(name, tree);
    return tree;
  };
  await page.goto(`/en/${slug}`);
  const appeal = await look('appeal');
  const read = at(appeal, ({ role, level }) => role === 'heading' && level === 1);
  const sign = at(appeal, ({ role, name }, index) => index > read && role === 'link' && name.toLowerCase().includes('sign'));
  assert.ok(at(appeal, ({ role }) => role === 'article') < read || read < sign, 'the text, then the way to sign it');
  assert.ok(sign > 0, 'there is a link to sign by');

  // The form: each control by the words of its label, in the order in which they stand.
  await page.goto(`/en/${slug}/sign`);
  const form = await look('form');
  const order = ['organisation', 'organisation_latin', 'kind', 'country', 'town', 'affiliation', 'members', 'representative', 'capacity', 'email'];
  let from = at(form, ({ role, level }) => role === 'heading' && level === 1);
  for (const id of order) {
    const label = (await page.locator(`label[for=${id}]`).innerText()).replace(/\s+/g, ' ').trim();
    const found = form.findIndex(({ role, name }, index) => index > from && ['textbox', 'combobox'].includes(role) && name.replace(/\s+/g, ' ').trim() === label);
    assert.ok(found > from, `${id} ("${label}") does not come in its order`);
    const hint = page.locator(`#${id}-hint`);
    if (await hint.count() > 0) assert.ok(form[found].description.includes((await hint.innerText()).slice(0, 20)), `the hint of ${id}`);
    // Of lists the browser tells this by another way.
    if (NEEDED.includes(id) && form[found].role === 'textbox') assert.ok(form[found].isRequired, `${id} is not said to be needed`);
    from = found;
  }
  assert.deepEqual(form.filter(({ isInvalid }) => isInvalid), [], 'nothing is wrong before anything was typed');
  const radios = form.filter(({ role }) => role === 'radio').filter(({ description }) => description !== '');
  assert.equal(radios.length, 5, 'five answers, each with its sentence');
  const group = at(form, ({ role, name }) => role === 'group' && /see/i.test(name));
  assert.ok(group > from && group < form.indexOf(radios[0]), 'the question comes before its answers');
  const consent = at(form, ({ role, description }, index) => index > form.indexOf(radios[4]) && role === 'checkbox' && description.length > 100);
  assert.ok(consent > 0, 'the consent is told with what it is to');
  assert.ok(at(form, ({ role }, index) => role === 'button' && index > consent) > consent, 'the button comes last');

  // Errors: told at once, first of all, each leading to its field, which says the same itself.
  await page.locator('#email').fill('office');
  await goOn(page);
  assert.match(await page.title(), /^Error: /);
  const wrong = await look('form-with-errors');
  const alert = at(wrong, ({ role }) => role === 'alert');
  assert.ok(alert > 0 && wrong[alert].isFocused && wrong[alert].name !== '', 'the alert has the focus and a name');
  assert.ok(alert < at(wrong, ({ role, level }) => role === 'heading' && level === 1), 'it comes before the form');
  const told = wrong.slice(alert).filter(({ role }, index, all) => role === 'link' && all[index].depth > wrong[alert].depth).map(({ name }) => name);
  const invalid = wrong.filter(({ isInvalid }) => isInvalid);
  assert.ok(invalid.length >= 5, `${invalid.length} fields are said to be wrong`);
  for (const { name, description } of invalid) assert.ok(told.some((sentence) => description.includes(sentence)), `"${name}" does not say what is wrong: ${description}`);

  await fill(page, { organisation: 'Union of those who hear', country: 'NO', members: '10', representative: 'Ann', capacity: 'Chair', email: 'hears@union.example' });
  await goOn(page);
  const check = await look('check');
  assert.ok(check.some(({ role, name }) => role === 'button' && name === 'Send'), 'the answers can be sent');
  await goOn(page);
  await look('sent');
  await page.goto(linkIn(await site.mail('hears@union.example')));
  const confirm = await look('confirm');
  const name = at(confirm, ({ name: said }) => said === 'Union of those who hear');
  assert.ok(name > 0 && name < at(confirm, ({ role }) => role === 'button'), 'who signs is told before the button');
  await goOn(page);
  const receipt = await look('receipt');
  const number = (await page.locator('.number').innerText()).trim();
  assert.ok(receipt.some(({ name: said }) => said === number), 'the number is told');
  await context.close();
}

export const wayTests = { inArabic, inChinese, byKeyboardAlone, asAScreenReaderTellsIt };
