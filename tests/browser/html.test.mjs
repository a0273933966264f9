// SPDX-License-Identifier: AGPL-3.0-or-later
// What the site sends is HTML and CSS by the letter: the Nu Html Checker finds nothing, neither error nor warning, in any
// page of the list in any language, in the stylesheet, and in the HTML parts of all mails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fetchPage, pagesOf } from './pages.mjs';

const jar = join(dirname(createRequire(import.meta.url).resolve('vnu-jar/package.json')), 'build/dist/vnu.jar');

// Said for information alone, each with why it may stand. Whatever is not here counts.
const EXEMPT = [];

// The checker's words about files, each "file:line: words".
function check(files, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'undersign-vnu-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const done = spawnSync('java', ['-Xss4m', '-jar', jar, '--format', 'json', '--stdout', '--no-langdetect', ...options, folder],
      { encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.ok(done.stdout.startsWith('{'), `vnu: ${done.error ?? done.stderr}`);
    return JSON.parse(done.stdout).messages.filter(({ message }) => !EXEMPT.some((exempt) => exempt.test(message)))
      .map(({ url, lastLine, message, extract }) => `${(url ?? '').split('/').pop()}:${lastLine}: ${message} ${extract ?? ''}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function pagesAreValid({ world }) {
  const files = {};
  for (const page of world.languages.flatMap((language) => pagesOf(world, language))) {
    files[`${page.name.replaceAll(/[^\w-]/g, '_')}.html`] = (await fetchPage(world, page)).html;
  }
  assert.ok(Object.keys(files).length > 20 * world.languages.length, 'pages are missing');
  assert.deepEqual(check(files).slice(0, 40), []);
}

async function stylesheetIsValid({ world }) {
  const { html } = await fetchPage(world, pagesOf(world, 'en')[0]);
  const sheets = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(sheets.length, 1);
  const text = await (await fetch(world.site.url + sheets[0])).text();
  assert.deepEqual(check({ 'style.css': text }, '--also-check-css'), []);
}

// One of each kind of mail in each language.
async function mailsAreValid({ world }) {
  const files = {};
  for (const { html } of world.site.spooled().filter((mail) => mail.html !== '')) {
    const kind = `${/<html lang="([^"]+)"/.exec(html)[1]} ${/<title>(.*?)<\/title>/s.exec(html)[1]}`;
    files[`${createHash('sha256').update(kind).digest('hex')}.html`] = html;
  }
  assert.ok(Object.keys(files).length >= 5 * world.languages.length, `only ${Object.keys(files).length} kinds of mails`);
  assert.deepEqual(check(files), []);
}

// The checker finds something where there is something.
async function findsWhatIsInvalid() {
  const found = check({ 'a.html': '<!doctype html><html lang="en"><title>x</title><p><div id="a"></div><b id="a"></b></p>', 'b.css': 'a { colour: red }' },
    '--also-check-css').join('\n');
  for (const wanted of [/Duplicate ID/, /No “?p”? element in scope/, /“?colour”?/]) assert.match(found, wanted);
}

export const htmlTests = { findsWhatIsInvalid, pagesAreValid, stylesheetIsValid, mailsAreValid };
