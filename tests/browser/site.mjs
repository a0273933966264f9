// SPDX-License-Identifier: AGPL-3.0-or-later
// A demo site as contrib/start lays it out, its mail and its command line, for the browser's tests.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const top = resolve(import.meta.dirname, '..', '..');
const build = process.env.UNDERSIGN_BUILD ?? join(top, 'build');

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// One part of a message that the program itself has composed: base64 or quoted-printable UTF-8.
function partOf(message, type) {
  const part = message.split(/^--.*$/m).find((text) => new RegExp(`^Content-Type: ${type}`, 'im').test(text)) ?? '';
  const [head, ...rest] = part.trimStart().split(/\r?\n\r?\n/);
  const body = rest.join('\n\n');
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

export class Site {
  read = new Map(); // a spooled file's name: to whom, and its parts

  // limits: options of that section that differ from the demo's.
  static async start(limits = {}) {
    const site = new Site();
    site.folder = mkdtempSync(join(tmpdir(), 'undersign-browser-'));
    const port = await freePort();
    site.url = `http://127.0.0.1:${port}`;
    const made = process.env.UNDERSIGN_BUILD && existsSync(join(build, 'undersignd')) ? ['--no-build'] : [];
    const start = (...words) => execFileSync(join(top, 'contrib/start'),
      ['--no-install', ...made, '--port', String(port), '--site', site.folder, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    start('--prepare');
    const file = join(site.folder, 'undersign.conf');
    let options = readFileSync(file, 'utf8');
    for (const [name, value] of Object.entries(limits)) options = options.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${value}`);
    writeFileSync(file, options);
    site.pid = Number(start('--background').trim().split('\n').pop());
    return site;
  }

  run(...words) {
    return execFileSync(join(build, 'undersign'), ['--site', this.folder, ...words],
      { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  // What is posted as a browser would.
  async send(path, fields) {
    return fetch(this.url + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  }

  // All messages so far, {name, to, text, html}, oldest first.
  spooled() {
    const folder = join(this.folder, 'mail');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.eml'))) {
      if (this.read.has(name)) continue;
      const message = readFileSync(join(folder, name), 'latin1');
      const to = /^To: .*?([^\s<>]+@[^\s<>]+)/im.exec(message)[1];
      this.read.set(name, { name, to, text: partOf(message, 'text/plain'), html: partOf(message, 'text/html') });
    }
    return [...this.read.values()];
  }

  // The messages to somebody, waiting until there are so many.
  async mails(recipient, count = 1) {
    for (let tries = 0; tries < 1200; tries++) {
      const found = this.spooled().filter(({ to }) => to === recipient);
      if (found.length >= count) return found;
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(`no mail to ${recipient}`);
  }

  // The text of the last of so many mails to somebody.
  async mail(recipient, count = 1) {
    return (await this.mails(recipient, count))[count - 1].text;
  }

  stop() {
    try {
      process.kill(this.pid);
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

export const linkIn = (mail) => mail.match(/\/c\/[A-Za-z0-9_-]{32}/)[0];
export const codeIn = (mail) => mail.match(/^\s*([0-9A-Z]{5}-?[0-9A-Z]{5})\s*$/m)[1];
