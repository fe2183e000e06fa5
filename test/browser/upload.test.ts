import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FitJson } from '../../src/report/json.ts';
import { simulatedCsv } from '../server/testServer.ts';
import { screenshot } from './pictures.ts';
import { coefficient, drawn, drop, eventually, hashOf, traceOf, useStage, words } from './stage.ts';

const stage = useStage('none');

const savedFit = async (id: string): Promise<FitJson> =>
  JSON.parse(await readFile(join(stage.folder, `fits/${id}.json`), 'utf8')) as FitJson;

const uploaded = (): Promise<string[]> => readdir(join(stage.folder, 'data/uploads')).catch(() => []);

/** A CSV whose columns nobody can guess. */
const nameless = simulatedCsv(2).replace('params,tokens,loss', 'a,b,c');

describe('a CSV of runs', () => {
  it('is dropped on the empty page, fitted at once, and the fit is saved', async () => {
    const page = await stage.open();
    expect(await words(page, '.welcome h1')).toBe('Fit a scaling law');
    expect(await words(page, '.rail .empty')).toContain('No fits yet');
    await drop(page, { 'sweep.csv': simulatedCsv(1) });
    await page.getByRole('heading', { level: 1, name: /sweep\.csv/ }).waitFor();
    const { points, x } = await drawn(page, 'frontier');
    // 30 runs and the three marks of the frontier; from the smallest run to a hundred times the largest.
    expect(points).toBe(33);
    expect(x[0]).toBeLessThan(Math.log10(6 * 1e7 * 2e8));
    const { x: beyond, y } = await traceOf(page, 'frontier', 'Extrapolated');
    expect(beyond.at(-1)).toBeCloseTo(100 * beyond[0], -20);
    expect(y.at(-1)).toBeLessThan(y[0]);
    expect(await words(page, '.fit-head')).toContain('30 points of sweep.csv');
    expect(await words(page, '.fit-head')).toContain('not saved');
    expect(await words(page, '.took')).toMatch(/^Fitted 30 runs in [\d.]+ ms$/);
    expect(Number((await coefficient(page, 'E')).split(' ')[0])).toBeCloseTo(1.8, 1);
    const name = page.getByLabel('Save this fit as');
    expect(await name.inputValue()).toBe('sweep');
    await name.fill('../escape');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.save').getByRole('alert').waitFor();
    await name.fill('mine');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'mine' }).waitFor();
    const saved = await savedFit('mine');
    expect(saved.points).toBe(30);
    expect(saved.bootstrap?.resamples).toBe(1000);
    expect(await words(page, '.rail .item.shown')).toContain('chinchilla · 30 of sweep.csv');
    await page.locator('.coefficients').getByText('1,000 bootstrap resamples').waitFor();
    expect(await coefficient(page, 'E')).toContain(saved.params.E.value?.toFixed(2));
    expect((await hashOf(page)).get('fit')).toBe('mine');
  });

  it('is chosen with the button; columns that nobody can guess are mapped by the user', async () => {
    const page = await stage.open();
    const before = await uploaded();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.locator('.rail').getByRole('button', { name: 'Add a CSV of runs' }).click(),
    ]);
    await chooser.setFiles({ name: 'odd.csv', mimeType: 'text/csv', buffer: Buffer.from(nameless) });
    await page.getByRole('heading', { name: 'Which column is what?' }).waitFor();
    expect(await uploaded()).toHaveLength(before.length + 1);
    expect(await words(page, '.mapping .problem-box')).toMatch(/loss|params|tokens/);
    // Each column with its range, so that one sees which is which.
    expect(await words(page, '.mapping .data-table')).toMatch(/anumber3010M … 320M/);
    await screenshot(page, 'columns');
    await page.getByLabel('Loss', { exact: true }).selectOption('c');
    await page.getByLabel('Parameters N').selectOption('a');
    await page.getByLabel('Tokens D').selectOption('b');
    await page.getByRole('button', { name: 'Fit with these columns' }).click();
    expect((await drawn(page, 'frontier')).points).toBe(33);
    expect(await page.locator('.mapping').count()).toBe(0);
    expect((await hashOf(page)).get('columns')).toBe('loss=c, params=a, tokens=b');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'odd', exact: true }).waitFor();
    expect((await savedFit('odd')).data.conventions.columns).toMatchObject({ loss: 'c', params: 'a', tokens: 'b' });
  });

  it('is fitted together with another, and kept once however often it comes', async () => {
    const page = await stage.open();
    const before = await uploaded();
    await drop(page, { 'one.csv': simulatedCsv(3), 'two.csv': simulatedCsv(4, 24) });
    await page.getByText('54 points of').first().waitFor();
    expect((await drawn(page, 'frontier')).points).toBe(57);
    expect((await hashOf(page)).get('data')).toMatch(/^[0-9a-f]{64},[0-9a-f]{64}$/);
    await drop(page, { 'one.csv': simulatedCsv(3) });
    await page.getByText('30 points of one.csv').first().waitFor();
    expect(await uploaded()).toHaveLength(before.length + 2);
    await page.locator('.rail').getByRole('button', { name: /^Data/ }).click();
    await page.locator('.rail').getByText('two.csv').waitFor();
    expect(await page.locator('.rail .name', { hasText: 'one.csv' }).count()).toBe(1);
    // What was uploaded can be taken back, and downloaded as it came.
    await page.getByLabel('More').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the CSV' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toBe(simulatedCsv(3));
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByLabel('More').click();
    await page.getByRole('button', { name: 'Delete the data set' }).click();
    await page.getByRole('status').getByText('one.csv deleted').waitFor();
    await eventually(() => page.locator('.rail .name', { hasText: 'one.csv' }).count()).toBe(0);
    expect(await uploaded()).toHaveLength(before.length + 1);
  });

  it('that is no CSV of runs is refused with what is wrong with it, and the page stays', async () => {
    const page = await stage.open('#fit=mine');
    await drop(page, { 'broken.csv': 'params,tokens,loss\n1e6,"2e7,3\n' });
    await page.locator('.message.error').getByText('broken.csv:').waitFor();
    expect(await words(page, '.message.error')).toMatch(/quote/i);
    expect(await words(page, 'h1')).toBe('mine');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator('.message').count()).toBe(0);
    // A good CSV with too few rows: its columns are understood, the fit is not possible.
    await drop(page, { 'short.csv': 'params,tokens,loss\n1e6,2e7,3\n2e6,4e7,2.8\n' });
    await page.locator('.problem-box').waitFor();
    expect(await words(page, '.problem-box')).toContain('2');
    expect(await page.locator('.js-plotly-plot').count()).toBe(0);
  });

  it('with formulas for names gives no formulas to a spreadsheet', async () => {
    const rows = simulatedCsv(5).trimEnd().split('\n');
    // Six sizes, each a run of its own.
    const csv = rows.map((row, k) => `${k === 0 ? 'run' : `=1+${String(k % 6)}`},${row}`).join('\n');
    const page = await stage.open();
    await drop(page, { 'names.csv': csv });
    await drawn(page, 'curves');
    await page.locator('#figure-curves summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#figure-curves').getByRole('button', { name: 'CSV' }).click(),
    ]);
    const cells = (await readFile(await download.path(), 'utf8')).split('\n').map((line) => line.split(',')[0]);
    expect(cells).toContain("'=1+0 (320M)");
    expect(cells.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
  });
});
