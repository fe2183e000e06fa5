import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fit } from '../../src/fit/result.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { readRuns } from '../../src/runs/files.ts';
import { buildFigure } from '../../src/plots/index.ts';
import { chinchillaId } from '../server/testServer.ts';
import { screenshot } from './pictures.ts';
import { coefficient, drawn, eventually, hashOf, traceOf, useStage, words } from './stage.ts';

const stage = useStage();
const columns = 'params=Model Size,flops=Training FLOP';
let losses: number[];
beforeAll(async () => {
  const [, ...lines] = (await readFile('data/chinchilla.csv', 'utf8')).trimEnd().split('\n');
  losses = lines.map((line) => Number(line.split(',').at(-1)));
});

/** The fit of the library, for what the page shall show. */
const expected = async (options: { where?: string; law?: string; objective?: string }): Promise<Fit> => {
  const { where, ...others } = options;
  return fitRuns(await readRuns('data/chinchilla.csv', { columns, ...(where === undefined ? {} : { where }) }), others);
};

/** Waits until the coefficient is that of the library's fit. */
async function shows(page: Page, fit: Fit, name: string): Promise<void> {
  const value = fit.params[name].value;
  await eventually(async () =>
    Math.abs(Number((await coefficient(page, name)).split(' ')[0]) / value - 1),
  ).toBeLessThan(0.01);
}

/** The curve of the frontier is that of a fit, over its whole length. */
async function curveIs(page: Page, fit: Fit): Promise<void> {
  const { data } = buildFigure(fit, 'frontier');
  const curve = data.find(({ name }) => name === 'Compute-optimal frontier');
  const { x, y } = await traceOf(page, 'frontier', 'Compute-optimal frontier');
  expect(x[0]).toBeCloseTo((curve?.x as number[])[0], -10);
  expect(y).toHaveLength((curve?.y as number[]).length);
  (curve?.y as number[]).forEach((value, k) => {
    expect(y[k]).toBeCloseTo(value, 5);
  });
}

describe('a fit that is made again', () => {
  it('follows law, objective and filter, in numbers and in the curve, and goes back', async () => {
    const page = await stage.open('#fit=chinchilla');
    const saved = await traceOf(page, 'frontier', 'Compute-optimal frontier');
    await page.getByLabel('Objective').selectOption('log-mse');
    await shows(page, await expected({ where: 'loss < 3.44', objective: 'log-mse' }), 'E');
    await curveIs(page, await expected({ where: 'loss < 3.44', objective: 'log-mse' }));
    expect(await words(page, 'h1')).toContain('changed, not saved');
    // The threshold of Huber's loss means nothing to squares.
    expect(await page.getByLabel('Huber delta', { exact: true }).count()).toBe(0);
    await page.getByLabel('Where', { exact: true }).fill('loss < 3');
    await page.getByLabel('Loss below', { exact: true }).press('End');
    const below3 = losses.filter((loss) => loss < 3).length;
    await eventually(() => words(page, '.took')).toContain(`Fitted ${String(below3)} runs in`);
    await shows(page, await expected({ where: 'loss < 3', objective: 'log-mse' }), 'E');
    await page.locator('.side').getByLabel('Law', { exact: true }).selectOption('kaplan');
    await page
      .locator('.coefficients th')
      .filter({ hasText: /^alphaN$/ })
      .waitFor();
    expect(await words(page, '.fit-head .meta')).toMatch(/Kaplan/);
    expect(Object.fromEntries(await hashOf(page))).toMatchObject({
      law: 'kaplan',
      objective: 'log-mse',
      where: 'loss < 3',
      maxLoss: '',
    });
    await page.getByRole('button', { name: 'Undo all changes' }).click();
    await page.locator('.tag.live').waitFor({ state: 'detached' });
    expect(await coefficient(page, 'A')).toContain('478');
    await eventually(async () => (await traceOf(page, 'frontier', 'Compute-optimal frontier')).y).toEqual(saved.y);
  });

  it('follows a slider while it is dragged, and ends where the slider ends', async () => {
    const page = await stage.open('#fit=chinchilla');
    const counts: number[] = [];
    page.on('response', (response) => {
      if (!response.url().endsWith('/api/preview') || !response.ok()) return;
      const count = ({ fit }: { fit: { points: number } }): unknown => counts.push(fit.points);
      // The answer to the last key may come when the test is over and the page closed.
      void response.json().then(count, () => undefined);
    });
    const slider = page.getByLabel('Loss below', { exact: true });
    const box = (await slider.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 0.565 * box.width, y);
    await page.mouse.down();
    for (let k = 1; k <= 20; k++) {
      await page.mouse.move(box.x + (0.565 - 0.015 * k) * box.width, y);
      await page.waitForTimeout(15);
    }
    await page.mouse.up();
    const limit = Number(await page.getByLabel('Loss below, as a number').inputValue());
    expect(limit).toBeLessThan(3);
    const kept = losses.filter((loss) => loss < limit).length;
    await eventually(() => words(page, '.took')).toContain(`Fitted ${String(kept)} runs in`);
    // It did not wait for the end: fits of rows between were drawn.
    expect(new Set(counts).size).toBeGreaterThanOrEqual(3);
    expect(Math.max(...counts)).toBeGreaterThan(kept);
    const fit = await expected({ where: `loss < ${String(limit)}` });
    await eventually(async () => (await drawn(page, 'frontier')).points).toBe(kept + 3);
    await curveIs(page, fit);
    // What the link brings back is the same fit.
    await hashOf(page);
    const again = await stage.open(new URL(page.url()).hash);
    await again
      .locator('.took')
      .getByText(`${String(kept)} runs`)
      .waitFor();
    await curveIs(again, fit);
    // With the keys, step by step.
    await slider.press('ArrowRight');
    expect(Number(await page.getByLabel('Loss below, as a number').inputValue())).toBeGreaterThan(limit);
  });

  it('has intervals of the confidence that is chosen', async () => {
    const page = await stage.open('#fit=chinchilla&q=70B,1.4T');
    /** How far the band is open where the curve ends. */
    const opening = async (band: string): Promise<number> => {
      const { x, y } = await traceOf(page, 'frontier', band);
      const last = y.filter((_, k) => x[k] === Math.max(...x));
      return Math.max(...last) - Math.min(...last);
    };
    const ends = async (): Promise<number> => {
      const [low, high] = (await words(page, '#answer .span-ends')).split(' – ').map(Number);
      return high - low;
    };
    const [wide, wideBand] = [await ends(), await opening('95% confidence band')];
    expect(wideBand).toBeGreaterThan(0.02);
    await page.getByLabel('Confidence, as a number').fill('50%');
    await page.locator('#answer').getByText("50% for the law's coefficients").waitFor();
    await eventually(async () => (await ends()) / wide).toBeCloseTo(0.674 / 1.96, 1);
    await eventually(() => page.locator('#figure-frontier').textContent()).toContain('50% confidence band');
    expect(await page.locator('.allocate thead').textContent()).toContain('50% interval');
    expect((await opening('50% confidence band')) / wideBand).toBeCloseTo(0.674 / 1.96, 1);
    expect((await hashOf(page)).get('ci')).toBe('0.5');
  });

  it('takes fixed and tied parameters and a formula of its own', async () => {
    const page = await stage.open('#fit=chinchilla');
    await page.getByLabel('Fixed').fill('alpha=0.3');
    await eventually(() => coefficient(page, 'α')).toBe('0.3 fixed –');
    await page.getByLabel('Fixed').fill('');
    await page.getByLabel('Tied').fill('beta=alpha');
    // One exponent, one error.
    await eventually(async () => (await coefficient(page, 'β')) === (await coefficient(page, 'α'))).toBe(true);
    await page.getByLabel('Tied').fill('');
    await page.locator('.side').getByLabel('Law', { exact: true }).selectOption('formula');
    await page.getByLabel('Formula').fill('loss ~ E0 + A/params^alpha + B/tokens^beta');
    await page.getByLabel('Positive parameters').fill('E0,A,B');
    await shows(
      page,
      await expected({ where: 'loss < 3.44', law: 'loss ~ E0 + A/params^alpha + B/tokens^beta' }),
      'E0',
    );
  });

  it('says at the box what is wrong, keeps the last figure, and is saved under a name of its own', async () => {
    const page = await stage.open('#fit=chinchilla');
    const before = await drawn(page, 'frontier');
    const where = page.getByLabel('Where', { exact: true });
    await where.fill('loss <');
    const setting = page.locator('.setting', { has: where });
    await setting.getByRole('alert').waitFor();
    expect(await where.getAttribute('aria-invalid')).toBe('true');
    await where.fill('process.exit() > 1');
    await setting.getByRole('alert').waitFor();
    await where.fill('loss < 0');
    await setting.getByRole('alert').getByText(/row/).waitFor();
    expect(await drawn(page, 'frontier')).toEqual(before);
    await where.fill('loss < 3.2');
    await setting.getByRole('alert').waitFor({ state: 'detached' });
    const rows = losses.filter((loss) => loss < 3.2).length;
    await page
      .locator('.took')
      .getByText(`${String(rows)} runs`)
      .waitFor();
    expect(await page.getByLabel('Save this fit as').inputValue()).toBe('chinchilla-2');
    await page.evaluate(() => {
      scrollTo(0, 0);
    });
    await screenshot(page, 'refit');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'chinchilla-2', exact: true }).waitFor();
    const saved = JSON.parse(await readFile(join(stage.folder, 'fits/chinchilla-2.json'), 'utf8')) as {
      points: number;
    };
    expect(saved.points).toBe(rows);
    // The newest fit of data is what the page shows without being told.
    const home = await stage.open('');
    expect(await words(home, 'h1')).toBe('chinchilla-2');
    expect((await drawn(home, 'frontier')).points).toBe(rows + 3);
  });

  it('of a data set in the folder starts from all of its rows', async () => {
    const page = await stage.open(`#data=${chinchillaId}`);
    expect(await words(page, '.fit-head')).toContain(`${String(losses.length)} points of chinchilla.csv`);
    await curveIs(page, await expected({}));
  });
});
