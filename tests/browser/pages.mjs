// SPDX-License-Identifier: AGPL-3.0-or-later
// Every page of the site and every state it can be in, in ONE list, which all checks of pages walk: what a visitor asks
// for (a path, or a form that is sent) and the status of the answer. Pages that others link to fall in by themselves: the
// list is completed by following links. addressesNobodyLooksAt() holds the list against the addresses the site knows.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { linkIn, Site, top } from './site.mjs';

export const slug = 'ardenia-oil-strike'; // few have signed it; it was delivered and answered, and has news
const empty = 'ardenia-unions-law'; // nobody has
const names = JSON.parse(readFileSync(join(top, 'tests/lib/names.json'), 'utf8')).taken;
const MANY = 520; // more than one page of signatories

// What an organisation types. The names are hard on a page on purpose.
export const form = (fields = {}) => ({
  organisation: 'اتحاد عمال الموانئ رقم 12 (UNI)', organisation_latin: 'Port Workers Union', kind: 'national', country: 'MA',
  town: 'Casablanca', affiliation: 'ITUC', members: '41000', representative: 'فاطمة', capacity: 'رئيسة',
  email: 'office@union.example', visibility: 'public', consent: 'yes', updates: 'yes', step: 'send',
  legal_name: 'الاتحاد الوطني لعمال الموانئ', address: 'BP 1200, Casablanca', registration: 'refused', mandate: 'Congress',
  mandate_date: '2026-03-14', ...fields,
});

// The interface's languages, as the switcher offers them.
export async function languagesOf(site) {
  const page = await (await fetch(`${site.url}/en/`)).text();
  const nav = /<nav[^>]*>.*?<\/nav>/s.exec(page)[0];
  const found = [...new Set([...nav.matchAll(/\blang="([a-z-]+)"/g)].map((match) => match[1]))];
  assert.ok(found.length >= 10 && found.includes('en') && found.includes('ar') && found.includes('zh'), `languages: ${found}`);
  return found;
}

async function inParallel(items, work) {
  const left = [...items];
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (left.length > 0) await work(left.shift());
  }));
}

async function signs(site, language, appeal, fields) {
  const answer = await site.send(`/${language}/${appeal}/sign`, form(fields));
  assert.equal(answer.status, 303, `${appeal} ${fields.email}: ${answer.status}`);
}

async function confirms(site, email) {
  const path = linkIn(await site.mail(email));
  assert.equal((await site.send(path, {})).status, 303, path);
  return path;
}

// An appeal like the first one, with other settings, under a name of its own.
function publishCopy(site, name, settings) {
  const folder = join(site.folder, 'appeals', name);
  mkdirSync(join(site.folder, 'appeals'), { recursive: true });
  cpSync(join(top, 'contrib/appeals', slug), folder, { recursive: true });
  const ini = readFileSync(join(folder, 'appeal.ini'), 'utf8').replace(/^slug *=.*$/m, `slug = ${name}`)
    .replace(/^(opens|closes|policy) *=.*\n/gm, '').replace(/^\[appeal\]$/m, `[appeal]\n${settings}`);
  writeFileSync(join(folder, 'appeal.ini'), ini);
  site.run('appeal', 'import', folder);
  site.run('appeal', 'publish', name);
}

const STATES = ['waiting', 'confirmed', 'listed', 'held', 'refused', 'struck', 'withdrawn'];
const VERDICTS = { listed: 'approve', held: 'hold', refused: 'refuse', struck: 'strike' };

// Signatures in every state, in every language; links to them by language and state.
async function signInEveryState(world) {
  const { site, languages } = world;
  const all = languages.flatMap((language) => STATES.map((state) => ({ language, state, email: `${state}@${language}.example` })));
  for (const one of all) one.organisation = `${form().organisation} – ${one.state}-${one.language}`;
  await inParallel(all, ({ language, state, email, organisation }) => signs(site, language, slug, {
    email, organisation, country: state === 'listed' ? 'MA' : 'KZ',
    visibility: { waiting: 'public', listed: 'public', confirmed: 'recipients' }[state] ?? 'organisation',
  }));
  await inParallel(all, async (one) => {
    one.mail = await site.mail(one.email);
    one.confirm = one.state === 'waiting' ? linkIn(one.mail) : await confirms(site, one.email);
  });
  const ids = Object.fromEntries(JSON.parse(site.run('queue', slug, '--json')).map(({ organisation, id }) =>
    [organisation.split(' – ')[1], id]));
  const idsOf = (state) => all.filter((one) => one.state === state).map((one) => ids[`${state}-${one.language}`]);
  site.run('signature', 'approve', ...idsOf('listed'), ...idsOf('struck'));
  for (const state of ['held', 'refused', 'struck']) {
    site.run('signature', VERDICTS[state], ...idsOf(state), '--reason', 'No such union «here»', '--yes');
  }
  for (const one of all) {
    one.number = ids[`${one.state}-${one.language}`];
    (world.signed[one.language] ??= {})[one.state] = one;
  }
  await inParallel(all, async (one) => { one.withdraw = await linkOf(site, one.email, 'w'); });
  await inParallel(all.filter(({ state }) => state === 'withdrawn'), (one) => withdraws(site, one));
  // The mails to who signs once more, and to who asks for the links.
  await inParallel(all.filter(({ state }) => state === 'refused'), async (one) => {
    await signs(site, one.language, slug, { email: one.email, organisation: one.organisation, visibility: 'organisation' });
    const answer = await site.send(`/${one.language}/${slug}/mail`, { email: one.email });
    assert.equal(answer.status, 303, `the mail page: ${answer.status}`);
    await site.mails(one.email, 4);
  });
}

// The link to withdraw by: in any of our mails to who has signed; the latest of those it is.
export async function linkOf(site, email, letter) {
  for (let tries = 0; tries < 400; tries++) {
    const found = site.spooled().filter(({ to }) => to === email).map(({ text }) => new RegExp(`/${letter}/[A-Za-z0-9_-]{20,}`).exec(text));
    const link = found.filter(Boolean).pop();
    if (link) return link[0];
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`no /${letter}/ link to ${email}`);
}

async function withdraws(site, one) {
  const answer = await site.send(one.withdraw, { act: 'withdraw', reason: 'no longer' });
  assert.equal(answer.status, 303, `withdrawing: ${answer.status}`);
}

// An appeal under which so many stand that the list has several pages.
async function signByMany(world) {
  const { site } = world;
  publishCopy(site, 'signed-by-many', 'policy = after\n');
  const countries = ['DE', 'FR', 'GB', 'IN', 'JP', 'BR', 'ZA'];
  const all = names.slice(0, MANY).map(({ name }, at) => ({ organisation: name, at, email: `m${at}@many.example` }));
  await inParallel(all, ({ organisation, at, email }) => signs(site, 'en', 'signed-by-many', {
    organisation, email, country: countries[at % countries.length], visibility: at % 9 === 0 ? 'counted' : 'public',
    affiliation: ['ITUC', 'WFTU', 'PSI', ''][at % 4], organisation_latin: '', members: `${at + 1}`,
  }));
  await inParallel(all, ({ email }) => confirms(site, email));
}

// A picture is uploaded by the link in the mail to who has signed.
async function uploadLogo({ site, signed }) {
  publishCopy(site, 'with-logos', 'logos = yes\n');
  const email = 'logo@union.example';
  await signs(site, 'en', 'with-logos', { email, organisation: 'Union with a logo' });
  await confirms(site, email);
  const path = await linkOf(site, email, 'w');
  const data = new FormData();
  data.set('logo', new Blob([readFileSync(join(top, 'web/static/icon.png'))], { type: 'image/png' }), 'logo.png');
  const answer = await fetch(`${site.url}${path}/logo`, { method: 'POST', body: data, redirect: 'manual' });
  assert.equal(answer.status, 303, `the logo: ${answer.status}`);
  const [{ id }] = JSON.parse(site.run('queue', 'with-logos', '--json'));
  signed.logo = path;
  site.run('signature', 'approve', id);
}

// A person had its data erased: the organisation stays listed, of an appeal that is archived since.
async function eraseOne({ site, signed }) {
  const email = 'erased@union.example';
  await signs(site, 'en', 'archived-by-now', { email, organisation: 'Union without a person' });
  await confirms(site, email);
  const [{ id }] = JSON.parse(site.run('queue', 'archived-by-now', '--json'));
  site.run('signature', 'approve', id);
  site.run('signature', 'erase', id, '--reason', 'asked for', '--yes', '-o', join(site.folder, 'erased.txt'));
  site.run('appeal', 'archive', 'archived-by-now', '--yes');
  signed.erased = await linkOf(site, email, 'w');
}

// News, on the page and by mail to those who asked; everybody's link that ends it.
async function sendNews({ site, languages, signed }) {
  const folder = join(site.folder, 'news');
  mkdirSync(folder);
  for (const [language, title] of [['ru', 'Суд отложен'], ['en', 'The hearing was put off']]) {
    writeFileSync(join(folder, `${language}.md`), `---\ntitle: ${title}\n---\n\n*${title}*.\n\n- one\n- two\n`);
  }
  site.run('update', 'publish', slug, folder);
  site.run('update', 'send', slug, '1', '--key', join(site.folder, 'organiser.key'), '--yes');
  for (const language of languages) {
    signed[language].listed.news = await linkOf(site, signed[language].listed.email, 'u');
  }
}

// What became of the letter: delivered, answered, published.
function deliver({ site }) {
  site.run('export', 'letter', slug, '--to', 'president', '-o', join(site.folder, 'president.pdf'));
  site.run('delivery', 'record', slug, '--edition', '1', '--how', 'post', '--yes');
  site.run('delivery', 'respond', slug, '--edition', '1', '--note', 'It was received.', '--yes');
  site.run('export', 'letter', slug, '--publish', '-o', join(site.folder, 'public.pdf'));
}

// A site on which everything has happened, and a second one on which whoever tries once has tried too often.
export async function makeWorld() {
  const site = await Site.start({ submissions_per_hour: 0, codes_per_hour: 0 });
  const world = { site, narrow: await Site.start({ submissions_per_hour: 1, codes_per_hour: 1 }), signed: {}, fetched: new Map() };
  // LANGUAGES="de ar" looks at those alone, while one works on them.
  world.languages = (await languagesOf(site)).filter((code) => (process.env.LANGUAGES?.split(' ') ?? [code]).includes(code));
  publishCopy(site, 'not-yet-open', 'opens = 2999-01-01\n');
  publishCopy(site, 'closed-by-now', 'opens = 2026-01-01\ncloses = 2026-01-31\n');
  publishCopy(site, 'paused-for-now', 'closes = 2999-01-01\n');
  publishCopy(site, 'archived-by-now', '');
  site.run('appeal', 'pause', 'paused-for-now');
  await Promise.all([signInEveryState(world), signByMany(world)]);
  deliver(world);
  await uploadLogo(world);
  await eraseOne(world);
  await sendNews(world);
  await world.narrow.send(`/en/${slug}/code`, { email: 'a@b.example', code: '0' });
  world.linked = await followLinks(world);
  return world;
}

export function endWorld(world) {
  world.site.stop();
  world.narrow.stop();
}

// Pages that cannot be asked for as browsers do: what is sent is not HTTP, or not for this site.
function raw(site, text) {
  return new Promise((done, fail) => {
    const pieces = [];
    const socket = createConnection(Number(new URL(site.url).port), '127.0.0.1', () => socket.end(text));
    socket.on('data', (piece) => pieces.push(piece)).on('error', fail).on('close', () => {
      const [head, ...rest] = Buffer.concat(pieces).toString('utf8').split('\r\n\r\n');
      done({ status: Number(head.split(' ')[1]), html: rest.join('\r\n\r\n') });
    });
  });
}

function errorPages(world, language) {
  const base = `/${language}/${slug}`;
  const host = new URL(world.site.url).host;
  const typed = { 'content-type': 'application/x-www-form-urlencoded' };
  const pages = [
    { name: 'error-400', path: `${base}/code`, status: 400, body: 'email=%zz', headers: typed },
    { name: 'error-403-foreign', path: `${base}/sign`, status: 403, fields: form(), headers: { origin: 'http://evil.example' } },
    { name: 'error-403-early', path: `/${language}/not-yet-open/sign`, status: 403, fields: form() },
    { name: 'error-403-paused', path: `/${language}/paused-for-now/sign`, status: 403, fields: form() },
    { name: 'error-404', path: `/${language}/nothing/here`, status: 404 },
    { name: 'error-405', path: base, status: 405, fields: { a: 'b' } },
    { name: 'error-405-form', path: `${base}/sign`, status: 405, method: 'DELETE' },
    { name: 'error-410-closed', path: `/${language}/closed-by-now/sign`, status: 410, fields: form() },
    { name: 'error-413', path: `${base}/sign`, status: 413, fields: form({ organisation: 'x'.repeat(300000) }) },
    { name: 'error-415', path: `${base}/sign`, status: 415, body: '{}', headers: { 'content-type': 'application/json' } },
    { name: 'error-429', path: `${base}/code`, status: 429, fields: { email: 'a@b.example', code: '0' }, site: world.narrow },
  ];
  if (language !== 'en') return pages;
  // Of these the language is not known: they come in the site's.
  return [...pages,
    { name: 'error-404-link', path: `/c/${'A'.repeat(32)}`, status: 404 },
    { name: 'error-404-withdrawal', path: `/w/${'A'.repeat(32)}`, status: 404 },
    { name: 'error-414', status: 414, raw: `GET /${'x'.repeat(9000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
    { name: 'error-431', status: 431, raw: `GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(20000)}\r\n\r\n` },
    { name: 'error-501', status: 501, raw: `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n` },
    { name: 'error-505', status: 505, raw: `GET / HTTP/3.7\r\nHost: ${host}\r\n\r\n` },
  ];
}

// The form in its states.
function formPages(language) {
  const base = `/${language}/${slug}`;
  const wrong = Object.fromEntries(Object.keys(form()).filter((name) => !['step', 'updates'].includes(name)).map((name) => [name, '?']));
  return [
    { name: 'sign', path: `${base}/sign` },
    { name: 'sign-risky', path: `${base}/sign?country=KZ` },
    { name: 'sign-without-ilo', path: `/${language}/${empty}/sign` },
    { name: 'sign-closed', path: `/${language}/closed-by-now/sign` },
    { name: 'sign-paused', path: `/${language}/paused-for-now/sign` },
    { name: 'sign-archived', path: `/${language}/archived-by-now/sign` },
    { name: 'sign-early', path: `/${language}/not-yet-open/sign` },
    { name: 'sign-nothing-filled-in', path: `${base}/sign`, status: 422, fields: { step: 'check' } },
    { name: 'sign-all-wrong', path: `${base}/sign`, status: 422, fields: { ...wrong, organisation: 'x'.repeat(300), members_date: '2999-01-01' } },
    { name: 'check', path: `${base}/sign`, fields: form({ step: 'check' }) },
    { name: 'check-risky', path: `${base}/sign`, fields: form({ step: 'check', country: 'KZ' }) },
    { name: 'change', path: `${base}/sign`, fields: form({ step: 'change' }) },
    { name: 'sent', path: `${base}/sent` },
    { name: 'code', path: `${base}/code` },
    { name: 'code-wrong', path: `${base}/code`, status: 422, fields: { email: 'a@b.example', code: '00000' } },
    { name: 'mail', path: `${base}/mail` },
    { name: 'mail-wrong', path: `${base}/mail`, status: 422, fields: { email: 'nothing' } },
    { name: 'mailed', path: `${base}/mailed` },
    { name: 'withdrawn', path: `${base}/withdrawn` },
    { name: 'find', path: `/${language}/mail` },
  ];
}

// Behind the links of our mails, and the receipts by number (of those that stand: of others it tells nobody). What follows a signature's language is asked for in it.
function signatoryPages(world, language) {
  return [...Object.values(world.signed[language]).flatMap(({ state, confirm, withdraw, news, number }) => [
    { name: `confirm-${state}`, path: confirm, accept: language },
    { name: `signatory-${state}`, path: withdraw, accept: language },
    ...(news ? [{ name: 'news-end', path: news, accept: language }] : []),
    ...(number && ['confirmed', 'held', 'listed'].includes(state) ? [{ name: `receipt-${state}`, path: `/${language}/${slug}/receipt?number=${number}` }] : []),
  ]),
  { name: 'signatory-saved', path: `${world.signed[language].confirmed.withdraw}?saved=1`, accept: language },
  { name: 'signatory-wrong', path: world.signed[language].confirmed.withdraw, accept: language, status: 422, fields: { act: 'correct', organisation: '', organisation_latin: 'Ж' } },
  ...(language === 'en' ? [{ name: 'signatory-logo', path: world.signed.logo }, { name: 'signatory-erased', path: world.signed.erased }] : [])];
}

function readersPages(language) {
  const base = `/${language}/${slug}`;
  const many = `/${language}/signed-by-many`;
  return [
    { name: 'home', path: `/${language}/` },
    { name: 'appeal', path: base },
    { name: 'appeal-nobody', path: `/${language}/${empty}` },
    { name: 'appeal-many', path: many },
    { name: 'appeal-closed', path: `/${language}/closed-by-now` },
    { name: 'appeal-paused', path: `/${language}/paused-for-now` },
    { name: 'appeal-archived', path: `/${language}/archived-by-now` },
    { name: 'appeal-early', path: `/${language}/not-yet-open` },
    { name: 'signatories', path: `${base}/signatories` },
    { name: 'signatories-nobody', path: `/${language}/${empty}/signatories` },
    { name: 'signatories-many', path: `${many}/signatories` },
    { name: 'updates', path: `${base}/updates` },
    { name: 'updates-nobody', path: `/${language}/${empty}/updates` },
    { name: 'numbers', path: `${base}/numbers` },
    { name: 'numbers-nobody', path: `/${language}/${empty}/numbers` },
    { name: 'share', path: `${base}/share` },
    { name: 'poster', path: `${base}/poster` },
    { name: 'logos', path: `/${language}/with-logos/logos` },
    { name: 'search', path: `${many}/signatories?q=${encodeURIComponent('union')}` },
    { name: 'search-nothing', path: `${many}/signatories?q=zzzz` },
    { name: 'privacy', path: `/${language}/privacy` },
    { name: 'accessibility', path: `/${language}/accessibility` },
  ];
}

// The same address with other values, and of another appeal, is one page: /en/x/signatories?page=2 and ?page=3.
function shapeOf(path) {
  const url = new URL(path, 'http://site.example');
  return `${url.pathname.replace(/^\/en\/(ardenia-unions-law|signed-by-many|with-logos|not-yet-open|closed-by-now|paused-for-now|archived-by-now)(?=\/|$)/, `/en/${slug}`)}?${[...url.searchParams.keys()].sort().join('&')}`;
}

// Paths of pages, without their language, that are reached by links from a language's pages.
async function followLinks(world) {
  const { site } = world;
  const seen = new Map();
  const known = new Set([...readersPages('en'), ...formPages('en')].filter((page) => !page.fields).map(({ path }) => shapeOf(path)));
  const next = ['/en/', `/en/${slug}`, '/en/signed-by-many', ...known].map((path) => path.replace(/\?.*$/, ''));
  while (next.length > 0) {
    const path = next.pop();
    const answer = await fetch(site.url + path, { redirect: 'manual' });
    const html = answer.headers.get('content-type')?.startsWith('text/html') ? await answer.text() : '';
    for (const [, href] of html.matchAll(/<a\b[^>]*\bhref="([^"#]*)/g)) {
      const target = new URL(href.replaceAll('&amp;', '&'), site.url + path);
      const local = target.pathname + target.search;
      if (target.origin !== site.url || !local.startsWith('/en/') || seen.has(shapeOf(local))) continue;
      seen.set(shapeOf(local), local);
      if ([slug, 'signed-by-many'].some((name) => local.includes(`/${name}`)) || !/^\/en\/[^/]+\//.test(local)) next.push(local);
    }
  }
  const found = [];
  for (const [shape, path] of seen) {
    if (known.has(shape)) continue;
    const answer = await fetch(site.url + path, { method: 'HEAD', redirect: 'manual' });
    if (answer.status === 200 && answer.headers.get('content-type').startsWith('text/html')) found.push(path.slice('/en'.length));
  }
  return found;
}

// Every page in a language: {name, path, status, fields or body, headers, accept, site}.
export function pagesOf(world, language) {
  const linked = world.linked.map((path) => ({ name: `linked${path.replaceAll(/[^a-z0-9]+/gi, '-')}`, path: `/${language}${path}` }));
  return [...readersPages(language), ...formPages(language), ...signatoryPages(world, language), ...linked, ...errorPages(world, language)]
    .map((page) => ({ status: 200, headers: {}, site: world.site, language, ...page, name: `${page.name}-${language}` }));
}

function ask(page) {
  if (page.raw) return raw(page.site, page.raw);
  const body = page.fields ? new URLSearchParams(page.fields).toString() : page.body;
  const headers = { ...(page.fields && { 'content-type': 'application/x-www-form-urlencoded' }), ...page.headers };
  if (page.accept) headers['accept-language'] = page.accept;
  if (body) headers['content-length'] = Buffer.byteLength(body);
  return new Promise((done, fail) => {
    const asked = httpRequest(page.site.url + page.path, { method: page.method ?? (body ? 'POST' : 'GET'), headers }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece)).on('error', fail)
        .on('end', () => done({ status: answer.statusCode, headers: answer.headers, html: Buffer.concat(pieces).toString('utf8') }));
    });
    asked.on('error', fail);
    asked.end(body);
  });
}

// The page as the site gives it, asked for once.
export async function fetchPage(world, page) {
  if (!world.fetched.has(page.name)) {
    const answer = await ask(page);
    assert.equal(answer.status, page.status, `${page.name} (${page.path}): status ${answer.status}`);
    assert.match(answer.html, /^<!doctype html>/i, `${page.name} is no page`);
    world.fetched.set(page.name, answer);
  }
  return world.fetched.get(page.name);
}

// Addresses that are no page of HTML that stays: forwarded, or for programs.
const NO_PAGES = [/^\/$/, /^\/robots\.txt$/, /^\/undersign\.pub$/, /^\/static\//, /^\/\{\}$/, /^\/\{\}\/\{\}\/$/, /\.(pdf|png|svg|atom|xml|txt|json)$/,
  /^\/api\//, /\/feed$/, /^\/logo\//, /^\/w\/\{\}\/logo$/];

// Addresses of the site (daemon/page/site.c) that no page of the list has.
export function addressesNobodyLooksAt(world) {
  const source = readFileSync(join(top, 'daemon/page/site.c'), 'utf8');
  const patterns = [...source.matchAll(/^ *\[ROUTE_[A-Z_]+\] = "([^"]+)"/gm)].map((match) => match[1]);
  assert.ok(patterns.length > 10, 'the addresses are not where they were');
  const asked = pagesOf(world, 'en').filter(({ path, status }) => path && status !== 404).map(({ path }) => path.replace(/\?.*$/, '').replace(/(.)\/$/, '$1'));
  const isAsked = (pattern) => asked.some((path) => {
    const parts = pattern.replace(/(.)\/$/, '$1').split('/');
    const given = path.split('/');
    return parts.length === given.length && parts.every((part, at) => part === '{}' || part === given[at]);
  });
  return patterns.filter((pattern) => !NO_PAGES.some((no) => no.test(pattern)) && !isAsked(pattern));
}
