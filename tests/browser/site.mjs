// SPDX-License-Identifier: AGPL-3.0-or-later
// A demo site as contrib/start lays it out, its mail and its command line, for the browser's tests.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const top = resolve(import.meta.dirname, '..', '..');

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// The text part of a message that the program itself has composed: base64 or quoted-printable UTF-8.
function plainText(message) {
  const part = message.split(/^--.*$/m).find((text) => /^Content-Type: text\/plain/im.test(text)) ?? message;
  const [head, ...rest] = part.trimStart().split(/\r?\n\r?\n/);
  const body = rest.join('\n\n');
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

export class Site {
  static async start() {
    const site = new Site();
    site.folder = mkdtempSync(join(tmpdir(), 'undersign-browser-'));
    const port = await freePort();
    site.url = `http://127.0.0.1:${port}`;
    const told = execFileSync(join(top, 'contrib/start'),
      ['--no-install', '--background', '--port', String(port), '--site', site.folder], { encoding: 'utf8' });
    site.pid = Number(told.trim().split('\n').pop());
    return site;
  }

  run(...words) {
    return execFileSync(join(top, 'build/undersign'), ['--site', this.folder, ...words], { encoding: 'utf8' });
  }

  // The text of the mail to somebody, waiting until it is there.
  async mail(recipient) {
    for (let tries = 0; tries < 600; tries++) {
      for (const name of readdirSync(join(this.folder, 'mail')).filter((file) => file.endsWith('.eml'))) {
        const message = readFileSync(join(this.folder, 'mail', name), 'latin1');
        if (new RegExp(`^To: .*${recipient}`, 'im').test(message)) return plainText(message);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`no mail to ${recipient}`);
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
