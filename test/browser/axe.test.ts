import { join } from 'node:path';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { madeLadder, writeSweep } from '../helpers/sweeps.ts';
import { chinchillaId } from '../server/testServer.ts';
import { drop, useStage } from './stage.ts';

/**
 * What axe finds, the serious and the critical: rule, element and what is wrong with it. Inside of a figure, which is an image
 * with a description, it would look at thousands of points.
 */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: (...options: object[]) => Promise<AxeResults> } }).axe.run(
      { exclude: ['.plot .svg-container'] },
      { resultTypes: ['violations'] },
    ),
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
}

const looks = [
  { name: 'light', theme: 'light', width: 1280 },
  { name: 'dark', theme: 'dark', width: 1280 },
  { name: 'light, 400 px', theme: 'light', width: 400 },
] as const;

/** Views whose parts are those of all the others. */
const inTheDark = new Set(['a fit with a query and a run', 'wrong settings', 'a study', 'a sweep', 'an error']);

describe('axe finds nothing serious', () => {
  const stage = useStage();
  let study = '';
  beforeAll(async () => {
    await writeSweep(join(stage.folder, 'runs/ladder'), 'ladder', madeLadder(14), process.pid);
    const answer = await fetch(`${stage.address}/api/backtests`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ datasets: [chinchillaId], where: 'loss < 3.44', cuts: [1e20], wait: 0 }),
    });
    study = ((await answer.json()) as { job: { id: string } }).job.id;
  });

  /** Views by name: their addresses, and what is there once they are. */
  const views = (): Readonly<Record<string, readonly [string, string]>> => ({
    'a fit with a query and a run': ['#fit=chinchilla&q=70B,1.4T&row=3', '#figure-frontier .main-svg'],
    'a fit without data': ['#fit=hoffmann-2022', '#figure-frontier .main-svg'],
    'a fit of a data set': [`#data=${chinchillaId}`, '.coefficients'],
    'wrong settings': ['#fit=chinchilla&where=loss+%3C&q=seventy', '.setting .problem, .side-fold:not([open])'],
    'fits compared': ['#compare=chinchilla,besiroglu-2024&q=70B,1.4T', '#figure-overlay .main-svg'],
    'a study': [`#job=${study}`, '#figure-backtest-1 .main-svg'],
    'a sweep': ['#sweep=ladder', '#figure-sweep-ladder .main-svg'],
    'an error': ['#fit=nobody', '.state h1'],
  });

  for (const { name, theme, width } of looks)
    it(`in ${name}`, async () => {
      const page = await stage.open('', { viewport: { width, height: 900 }, colorScheme: theme });
      const found: Record<string, string[]> = {};
      // In the dark only the colours are others, and these views have all of them.
      const seen = Object.entries(views()).filter(([view]) => theme !== 'dark' || inTheDark.has(view));
      for (const [view, [hash, sign]] of seen) {
        await page.evaluate((text) => (location.hash = text), hash);
        await page.locator(sign).first().waitFor();
        found[view] = await violations(page);
      }
      if (width === 400) {
        await page.getByRole('button', { name: 'Fits, data sets and jobs' }).click();
        found.drawer = await violations(page);
        await page.keyboard.press('Escape');
      }
      await drop(page, { 'odd.csv': 'a,b,c\n1e7,2e8,3\n2e7,4e8,2.9\n4e7,8e8,2.8\n' });
      await page.getByRole('heading', { name: 'Which column is what?' }).waitFor();
      found.mapping = await violations(page);
      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((view) => [view, []])));
    });

  it('and would, if there were something', async () => {
    const page = await stage.open('#fit=nobody', { failing: true });
    await page.evaluate(() => {
      document
        .querySelector('.state')
        ?.insertAdjacentHTML('beforeend', '<img src="icon.svg"><p style="color:#aaa">pale</p>');
    });
    const found = await violations(page);
    expect(found.map((text) => text.split(':')[0])).toEqual(expect.arrayContaining(['image-alt', 'color-contrast']));
  });
});

describe('axe finds nothing serious on a server', () => {
  const empty = useStage('none');
  const guarded = useStage('none', { token: 'correct-horse-battery-staple' });

  it('without fits, or with a token', async () => {
    const page = await empty.open();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect(await violations(page)).toEqual([]);
    const form = await guarded.open('', { ready: false, failing: true });
    await form.getByRole('dialog').waitFor();
    expect(await violations(form)).toEqual([]);
  });
});
