import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../../server/server.ts';
import type { RunningServer } from '../../server/server.ts';
import { saveFit } from '../../src/node/savedFits.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { buildFigure, figures } from '../../src/plots/index.ts';
import { exampleFit } from '../report/savedFitExample.ts';
import { launchChromium } from './chromium.ts';

const fit = exampleFit();
let folder: string;
let server: RunningServer;
let browser: Browser;
let page: Page;
/** What the console said at the levels of warning and error, and what failed without being caught. */
let complaints: string[];
/** Addresses that the page asked for. */
let requested: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-page-'));
  await saveFit(join(folder, 'example.json'), fit, { command: 'isoflop fit example.csv' });
  server = await startServer({ fits: folder, port: 0 });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  complaints = [];
  requested = [];
  page = await browser.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requested.push(request.url()));
});
afterEach(async () => {
  await page.close();
});

/** Opens the page and waits until the figures are drawn. */
async function open(hash = ''): Promise<void> {
  await page.goto(`${server.address}/${hash}`);
  await page.waitForFunction(
    (count) =>
      [...document.querySelectorAll('.js-plotly-plot')].filter((plot) => plot.querySelector('.main-svg') !== null)
        .length === count,
    figures.length,
  );
}

const text = async (selector: string): Promise<string> => (await page.locator(selector).textContent()) ?? '';

/** The number of traces that Plotly holds, and the number of points it has drawn, for each figure. */
const drawn = (): Promise<{ traces: number; points: number }[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.js-plotly-plot')].map((plot) => ({
      traces: (plot as unknown as { data: unknown[] }).data.length,
      points: plot.querySelectorAll('.scatterlayer .point').length,
    })),
  );

describe('the page', () => {
  it('draws every figure, and asks no other host for anything', async () => {
    await open();
    const plots = await drawn();
    expect(plots.map(({ traces }) => traces)).toEqual(figures.map(({ id }) => buildFigure(fit, id).data.length));
    // Each of the figures shows the runs; those of budgets show them where they are near one.
    const ofBudgets = ['isoflop-minima', 'approaches'];
    for (const [k, { points }] of plots.entries())
      expect(points).toBeGreaterThanOrEqual(ofBudgets.includes(figures[k].id) ? 1 : fit.points);
    expect(await text('#status')).toContain('Converged');
    expect(await text('#coefficients')).toContain('478 ± 124');
    expect(await text('#warnings')).toContain('condition number 1.2e6');
    expect(await text('#report-text')).toContain('$ isoflop fit example.csv');
    expect(complaints).toEqual([]);
    expect(requested.length).toBeGreaterThan(8);
    expect(requested.filter((url) => !url.startsWith(`${server.address}/`) && !/^(data|blob):/.test(url))).toEqual([]);
  });

  it('answers a query with the number that the library gives', async () => {
    await open();
    await page.getByLabel('Parameters N').fill('70B');
    await page.getByLabel('Tokens D').fill('1.4T');
    await page.getByRole('button', { name: 'Predict' }).click();
    const [point] = predictPoints(fit, [{ params: 70e9, tokens: 1.4e12 }]).points;
    const answer = page.locator('#answer');
    await answer.waitFor();
    expect(await page.locator('#answer output').getAttribute('data-loss')).toBe(String(point.loss));
    const words = await text('#answer');
    expect(words).toContain(point.loss.toFixed(3));
    expect(words).toContain(`95% interval ${(point.interval?.[0] ?? 0).toFixed(3)}`);
    expect(words).toContain('5.88e23 FLOP');
    expect(words).toContain('45.2 times the largest compute');
    expect(new URL(page.url()).hash).toBe('#fit=example&params=70B&tokens=1.4T');
    expect(complaints).toEqual([]);
  });

  it('answers while one types, and compute alone with the optimum', async () => {
    await open();
    await page.getByLabel('Compute C').pressSequentially('5.76e23');
    await page.locator('#answer').waitFor();
    const [point] = predictPoints(fit, [{ flops: 5.76e23 }]).points;
    expect(await page.locator('#answer output').getAttribute('data-loss')).toBe(String(point.loss));
    expect(await text('#answer')).toContain('Optimal parameters');
    // Half a query is not called wrong while the other half may still come.
    await page.getByLabel('Compute C').fill('');
    await page.getByLabel('Parameters N').fill('70B');
    await page.waitForTimeout(800);
    expect(await text('#query-error')).toBe('');
  });

  it('brings the query back from its address', async () => {
    await open('#fit=example&params=70B&tokens=1.4T');
    await page.locator('#answer').waitFor();
    expect(await page.getByLabel('Parameters N').inputValue()).toBe('70B');
    expect(await page.getByLabel('Tokens D').inputValue()).toBe('1.4T');
  });

  it('says what is wrong with a query, beside the box or under the form', async () => {
    await open();
    await page.getByLabel('Parameters N').fill('seventy');
    await page.getByLabel('Tokens D').fill('-1');
    await page.getByRole('button', { name: 'Predict' }).click();
    expect(await text('#params-error')).toContain('Not a number');
    expect(await text('#tokens-error')).toContain('above zero');
    expect(await page.getByLabel('Parameters N').getAttribute('aria-invalid')).not.toBeNull();
    expect(await page.locator('#answer').isHidden()).toBe(true);
    expect(complaints).toEqual([]);

    await page.getByLabel('Parameters N').fill('70B');
    await page.getByLabel('Tokens D').fill('');
    await page.getByRole('button', { name: 'Predict' }).click();
    await page.locator('#query-error:not(:empty)').waitFor();
    expect(await text('#query-error')).toContain('needs params and tokens');
    expect(await text('#params-error')).toBe('');
  });

  it('fits into 400 pixels', async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    await open('#fit=example&params=70B&tokens=1.4T');
    await page.locator('#answer').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    expect((await drawn()).length).toBe(figures.length);
  });

  it('shows the documentation of the API from this server alone', async () => {
    await page.goto(`${server.address}/documentation/`);
    await page.getByText('/api/fits/{id}/allocate').waitFor();
    expect(complaints).toEqual([]);
    expect(requested.filter((url) => !url.startsWith(`${server.address}/`) && !url.startsWith('data:'))).toEqual([]);
  });
});

describe('the page of several fits', () => {
  beforeAll(async () => {
    await saveFit(join(folder, 'second.json'), {
      ...fit,
      law: 'flops-irreducible',
      params: Object.fromEntries(
        Object.entries({ E: 1.8, A: 400, gamma: 0.15 }).map(([name, value]) => [
          name,
          { value, stderr: null, interval: null, state: 'free' as const },
        ]),
      ),
      optimum: null,
      covariance: { ...fit.covariance, matrix: null },
      bootstrap: null,
    });
    await writeFile(join(folder, 'torn.json'), '{"kind":');
  });
  afterAll(async () => {
    await rm(join(folder, 'second.json'));
    await rm(join(folder, 'torn.json'));
  });

  it('changes between them, and says why one cannot be shown', async () => {
    await open('#fit=example');
    await page.getByLabel('Fit', { exact: true }).selectOption('second');
    await page.getByRole('heading', { name: 'second' }).waitFor();
    expect(await text('#hint')).toBe('This law needs compute alone.');
    // A law of compute has no contour over parameters and tokens: its place says so.
    await page.locator('#figure-contour .state', { hasText: 'cannot be drawn' }).waitFor();
    expect(complaints).toEqual([]);
    await page.getByLabel('Fit', { exact: true }).selectOption('torn');
    await page.locator('#state', { hasText: 'torn.json is not a whole saved fit' }).waitFor();
    await page.getByLabel('Fit', { exact: true }).selectOption('example');
    await page.getByRole('heading', { name: 'example' }).waitFor();
    expect(await text('#status')).toContain('Converged');
  });
});

it('tells how to make the first fit', async () => {
  const empty = await startServer({ fits: join(folder, 'none'), port: 0 });
  await page.goto(empty.address);
  await page.locator('#state', { hasText: 'isoflop fit runs.csv' }).waitFor();
  expect(complaints).toEqual([]);
  await empty.close();
});
