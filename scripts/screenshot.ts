/**
 * `npm run screenshot`: renders the page with the bundled fit in a real browser and writes docs/page.png, the picture of
 * the README.
 */
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../test/browser/chromium.ts';
import { startServer } from '../server/server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { address, close } = await startServer({ port: 0, fits: `${root}/fits`, data: `${root}/data` });
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1500 } });
  await page.goto(`${address}/#fit=chinchilla&params=70B&tokens=1.4T`);
  await page.waitForFunction(() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= 4);
  await page.screenshot({ path: `${root}/docs/page.png` });
  console.log('wrote docs/page.png');
} finally {
  await browser.close();
  await close();
}
