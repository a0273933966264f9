// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs every test of the browser against one demo site in real Chromium; ends with "N passed, N failed".
//   node run.mjs [NAME...]      SHOTS=FOLDER also keeps a picture of every page; LANGUAGES="en ar" looks at those
import { chromium } from 'playwright-core';
import { endWorld, makeWorld } from './pages.mjs';
import { accessTests } from './access.test.mjs';
import { htmlTests } from './html.test.mjs';
import { signTests } from './sign.test.mjs';
import { wayTests } from './ways.test.mjs';

const wanted = process.argv.slice(2);
const world = await makeWorld();
let passed = 0;
let failed = 0;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});
try {
  for (const [name, test] of Object.entries({ ...signTests, ...wayTests, ...accessTests, ...htmlTests })) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const began = Date.now();
    try {
      await test({ world, site: world.site, browser });
      passed++;
      console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${name}\n${error.stack}`);
    }
  }
} finally {
  await browser.close();
  endWorld(world);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
