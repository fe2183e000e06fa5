import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fit } from '../../src/fit/result.ts';
import { loadFit } from '../../src/node/savedFits.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { curveRuns } from '../../src/plots/curveRuns.ts';
import { formatQuantity } from '../../src/core/quantity.ts';
import { nextRuns } from '../../src/plan/next/nextRuns.ts';
import { nextRunsFigure } from '../../src/plots/nextRuns.ts';
import { buildFigure, figures } from '../../src/plots/index.ts';
import { screenshot } from './pictures.ts';
import { drawn, eventually, hashOf, useStage, words } from './stage.ts';

const stage = useStage();
let fit: Fit;
beforeAll(async () => {
  fit = await loadFit('fits/chinchilla.json');
});

/** Clicks something that saves a file. */
async function saved(page: Page, click: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return download;
}

describe('a fit', () => {
  it('shows every figure as the library builds it, from this server alone', async () => {
    const requested: string[] = [];
    const page = await stage.open('#fit=chinchilla', {
      before: async (opened) => {
        opened.on('request', (request) => requested.push(request.url()));
        await Promise.resolve();
      },
    });
    for (const { id } of figures) {
      const { data, layout } = buildFigure(fit, id);
      const found = await drawn(page, id);
      expect(found.traces, id).toBe(data.length);
      const { range } = layout.xaxis as { range: number[] };
      expect(found.x[0], id).toBeCloseTo(range[0], 6);
    }
    expect(await words(page, '.fit-head')).toContain('240 points of chinchilla.csv, 5 left out');
    expect(await words(page, '.coefficients')).toContain('A478121283 – 737');
    expect(await words(page, '.coefficients .hint')).toContain('C0.514');
    expect(await page.locator('.summary .warnings > li').count()).toBe(fit.warnings.length);
    expect(requested.filter((url) => !url.startsWith(stage.address) && !/^(data|blob):/.test(url))).toEqual([]);
  });

  it('answers a query with the number of the library, both intervals, their support and the distance', async () => {
    const page = await stage.open('#fit=chinchilla');
    await page.keyboard.press('/');
    await page.keyboard.type('70B, 1.4T');
    await page.locator('#answer').waitFor();
    const [point] = predictPoints(fit, [{ params: 7e10, tokens: 1.4e12 }]).points;
    // While one types, what is there is answered.
    const value = async (): Promise<number> => Number(await page.locator('#answer output').getAttribute('data-value'));
    await eventually(value).toBeCloseTo(point.loss, 10);
    const text = await words(page, '#answer');
    expect(text).toContain("95% for the law's coefficients1.951 – 2.001");
    expect(text).toContain(`calibrated${(point.calibrated?.newRun ?? [NaN])[0].toFixed(3)}`);
    expect(text).toContain(`${String(point.calibrated?.backtests)} backtests`);
    expect(text).toContain('45.4× the largest');
    expect(await words(page, '#spoken')).toContain('loss 1.973');
    await screenshot(page, 'fit');
    await screenshot(page, 'query', '.ask');
    // It is drawn on the frontier with its interval, and among sizes and tokens.
    const frontier = await drawn(page, 'frontier');
    expect(frontier.traces).toBe(buildFigure(fit, 'frontier').data.length + 1);
    expect((await hashOf(page)).get('q')).toBe('70B, 1.4T');
  });

  it('plans a run, and the plan follows sliders and boxes', async () => {
    const page = await stage.open('#fit=chinchilla');
    await page.getByText('Plan the next run').click();
    await page.locator('.plan-answer table').waitFor();
    expect(await words(page, '.plan-answer table')).toContain('parameters73.2B');
    await page.getByLabel('Largest model, as a number').fill('30B');
    await eventually(() => words(page, '.plan-answer table')).toContain('parameters30B');
    expect(await words(page, '.plan-answer')).toContain('what binds: compute, largest size');
    const started = await page.getByLabel('Tokens to be served', { exact: true }).getAttribute('aria-valuetext');
    expect(started).toBe('none');
    await page.getByLabel('Tokens to be served', { exact: true }).fill('300');
    await eventually(() => words(page, '.plan-answer table')).toContain('of it to serve');
    await page.getByLabel('Compute, FLOP, as a number').fill('1e15');
    await eventually(() => words(page, '.plan')).toContain('contradict each other');
    expect((await drawn(page, 'plan')).traces).toBeGreaterThan(3);
  });

  it('answers compute alone with the best model, and says what is missing or wrong in a query', async () => {
    const page = await stage.open('#fit=chinchilla');
    const box = page.getByLabel('What loss would it reach?');
    await box.fill('5.76e23 FLOP');
    await page.getByText('best parameters').waitFor();
    const plan = allocate(fit, 5.76e23);
    expect(Number(await page.locator('#answer output').getAttribute('data-value'))).toBeCloseTo(plan.loss, 8);
    await box.fill('70B');
    await page.getByText('On how many tokens?').waitFor();
    expect(await page.locator('#answer').count()).toBe(0);
    await box.fill('seventy, 1.4T');
    await page.getByRole('alert').getByText('“seventy” is not a number').waitFor();
    expect(await box.getAttribute('aria-invalid')).toBe('true');
    await box.fill('70B, 1.4T, 1e20');
    await page.getByRole('alert').getByText('6 x params x tokens').waitFor();
    // The budget of its own section, with intervals.
    expect(await words(page, '.allocate table')).toContain('parameters73.2B');
  });

  it('chooses the next runs as the library does, and follows target and budget', async () => {
    const page = await stage.open('#fit=chinchilla');
    await page.locator('.next summary').click();
    const box = page.locator('.next .slider-box');
    await box.nth(0).fill('1e24');
    await box.nth(1).fill('1e23');
    const plan = nextRuns(fit, { target: { flops: 1e24 }, budget: 1e23 });
    const sizes = async (): Promise<string[]> => page.locator('.next tbody td:nth-child(2)').allTextContents();
    await eventually(sizes).toEqual(plan.runs.map(({ params }) => formatQuantity(params)));
    expect((await drawn(page, 'next')).traces).toBe(nextRunsFigure(fit, plan).data.length);
    await page.locator('.next input[type=range]').nth(1).fill('0');
    await eventually(async () => words(page, '.next > p')).not.toContain(formatQuantity(plan.flops));
    await box.nth(1).fill('1e9');
    await page.locator('.next').getByRole('alert').getByText('buys no run').waitFor();
  });

  it('marks a run in every figure that shows it, and keeps the one that is clicked', async () => {
    const page = await stage.open('#fit=chinchilla&row=100');
    await drawn(page, 'residuals');
    await page.locator('#figure-residuals .rings .chosen').first().waitFor({ state: 'attached' });
    expect(await page.locator('#figure-residuals .rings .chosen').count()).toBe(3);
    expect(await words(page, '.run')).toMatch(/N .* loss/);
    await page.getByRole('button', { name: 'Let go of the run' }).click();
    // With the mouse: over a point of one figure, rings appear in the others.
    await drawn(page, 'residuals');
    const point = page.locator('#figure-residuals .scatterlayer .point').nth(60);
    await point.hover({ force: true });
    await page.locator('#figure-residuals .rings .pointed').first().waitFor({ state: 'attached' });
    expect(await page.locator('.rings .pointed').count()).toBeGreaterThanOrEqual(3);
    await point.click({ force: true });
    const hash = await hashOf(page);
    expect(hash.get('row')).toMatch(/^\d+$/);
    expect(hash.get('run')).not.toBeNull();
  });

  it('shows the learning curve of the run that is chosen, with its extrapolation', async () => {
    const [, second] = curveRuns(fit);
    const page = await stage.open(`#fit=chinchilla&run=${second.name}`);
    const found = await drawn(page, 'curves');
    const { data, layout } = buildFigure(fit, 'curves', { run: second.name });
    expect(found.traces).toBe(data.length);
    expect(layout.title).toMatchObject({ text: found.title });
  });

  it('goes from run to run with the keys, and says them', async () => {
    const page = await stage.open('#fit=chinchilla');
    const plot = page.locator('#figure-frontier .plot');
    await drawn(page, 'frontier');
    await plot.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector('#spoken')?.textContent.includes('law'));
    expect(await page.locator('#figure-frontier .rings .pointed').count()).toBe(1);
    await page.keyboard.press('Enter');
    expect((await hashOf(page)).get('row')).toBe('1');
    await page.keyboard.press('Escape');
    expect((await hashOf(page)).get('row')).toBeNull();
    // A figure as a table, for those who do not see it.
    await page.locator('#figure-frontier').getByRole('button', { name: 'Table' }).click();
    const table = page.locator('#figure-frontier .data-table');
    expect(await words(page, '#figure-frontier thead')).toContain('Training compute C (FLOP)');
    expect(await table.locator('tbody tr').count()).toBeGreaterThan(240);
  });

  it('saves figures as PNG, SVG, CSV and JSON, and the fit itself', async () => {
    const page = await stage.open('#fit=chinchilla');
    await drawn(page, 'isoflop');
    const card = page.locator('#figure-isoflop');
    const save = async (format: string): Promise<Buffer> => {
      await card.locator('summary', { hasText: 'Save' }).click();
      const download = await saved(page, () => card.getByRole('button', { name: format }).click());
      expect(download.suggestedFilename()).toBe(`isoflop.${format.toLowerCase()}`);
      return readFile(await download.path());
    };
    const png = await save('PNG');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(2000);
    expect((await save('SVG')).toString()).toContain('<svg');
    const csv = (await save('CSV')).toString().split('\n');
    expect(csv[0]).toBe('series,row,Model size N (parameters),Loss (nats per token)');
    expect(csv.some((line) => /^runs at .*,\d+,\d/.test(line))).toBe(true);
    expect(JSON.parse((await save('JSON')).toString())).toEqual(buildFigure(fit, 'isoflop'));
    await page.getByLabel('More').click();
    const file = await saved(page, () => page.getByRole('button', { name: 'Download the fit' }).click());
    expect((await stat(await file.path())).size).toBe((await stat('fits/chinchilla.json')).size);
  });

  it('brings the whole view back from its address, and earlier views with the back button', async () => {
    const page = await stage.open('#fit=chinchilla&q=70B,1.4T&ci=0.8&hide=residuals,profile&row=3&theme=dark');
    await page.locator('#answer').waitFor();
    expect(await words(page, '#answer')).toContain('80% for the law');
    expect(await page.getByLabel('Confidence', { exact: true }).getAttribute('aria-valuetext')).toBe('80%');
    expect(await page.locator('#figure-residuals').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    await page.locator('.rail').getByRole('link', { name: 'besiroglu-2024' }).click();
    await page.getByRole('heading', { level: 1, name: 'besiroglu-2024' }).waitFor();
    // The query goes along; the run stays behind.
    const hash = await hashOf(page);
    expect(hash.get('q')).toBe('70B,1.4T');
    expect(hash.get('row')).toBeNull();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'chinchilla' }).waitFor();
    expect((await hashOf(page)).get('row')).toBe('3');
    // Links of earlier versions.
    const old = await stage.open('#fit=chinchilla&params=70B&tokens=1.4T');
    await old.locator('#answer').waitFor();
    expect(await old.locator('#query').inputValue()).toBe('70B params, 1.4T tokens');
  });

  it('is renamed and deleted, which can be undone', async () => {
    const page = await stage.open('#fit=hoffmann-2022');
    await page.getByLabel('More').click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('New name').fill('chinchilla');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('alert').getByText('chinchilla').waitFor();
    await page.getByLabel('New name').fill('approach-3');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { level: 1, name: 'approach-3' }).waitFor();
    expect(await stat(join(stage.folder, 'fits/approach-3.json')).then((file) => file.isFile())).toBe(true);
    await page.getByLabel('More').click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('status').getByText('approach-3 deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { level: 1, name: 'approach-3' }).waitFor();
    await page.locator('.rail').getByRole('link', { name: 'approach-3' }).waitFor();
    await page.getByLabel('More').click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.waitForResponse((response) => response.request().method() === 'DELETE' && response.ok());
    await expect(stat(join(stage.folder, 'fits/approach-3.json'))).rejects.toThrow();
  }, 30_000);
});

describe('several fits', () => {
  it('are found by words and by law', async () => {
    const page = await stage.open('#fit=chinchilla');
    const items = page.locator('.rail .item');
    await page.getByLabel('Search the fits').fill('gadre');
    expect(await items.count()).toBe(2);
    await page.getByLabel('Search the fits').fill('');
    await page.getByLabel('Law', { exact: true }).first().selectOption('skaling');
    expect(await items.count()).toBe(1);
    expect(await words(page, '.rail .item')).toContain('busbridge-2025');
  });

  it('are compared in one figure, with the answers of each to a query', async () => {
    const page = await stage.open('#fit=chinchilla&q=70B,1.4T');
    await page.getByLabel('Compare chinchilla').check();
    await page.getByLabel('Compare besiroglu-2024').check();
    await page.getByRole('button', { name: 'Compare 2 fits' }).click();
    const found = await drawn(page, 'overlay');
    expect(found.traces).toBeGreaterThanOrEqual(4);
    const table = await words(page, '.side-by-side');
    expect(table).toContain('478 ± 121');
    expect(await words(page, '.side-by-side .asked')).toMatch(/1\.973 1\.855 – 2\.020 \(calibrated\)/);
    expect((await hashOf(page)).get('compare')).toBe('chinchilla,besiroglu-2024');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'chinchilla' }).waitFor();
  });
});
