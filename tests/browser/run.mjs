// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs every test of the browser against one demo site in real Chromium; ends with "N passed, N failed".
//   node run.mjs [NAME...]      SHOTS=FOLDER also keeps a picture of every page
import { chromium } from 'playwright-core';
import { Site } from './site.mjs';
import { accessTests } from './access.test.mjs';
import { signTests } from './sign.test.mjs';

const wanted = process.argv.slice(2);
const site = await Site.start();
let passed = 0;
let failed = 0;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});
try {
  for (const [name, test] of Object.entries({ ...signTests, ...accessTests })) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    try {
      await test({ site, browser });
      passed++;
      console.log(`ok    ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${name}\n${error.stack}`);
    }
  }
} finally {
  await browser.close();
  site.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
