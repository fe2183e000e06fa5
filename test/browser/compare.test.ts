import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFit } from '../../src/node/savedFits.ts';
import { overlayFigure } from '../../src/plots/index.ts';
import { simulatedCsv } from '../server/testServer.ts';
import { screenshot } from './pictures.ts';
import { drawn, eventually, hashOf, traceOf, useStage, words } from './stage.ts';

const stage = useStage();

describe('fits side by side', () => {
  it('are drawn in one figure as the library draws it, with a line of each and a table', async () => {
    const ids = ['chinchilla', 'hoffmann-2022', 'busbridge-2025'];
    const page = await stage.open(`#compare=${ids.join(',')}`);
    const { traces, x } = await drawn(page, 'overlay');
    const fits = await Promise.all(ids.map(async (name) => ({ name, fit: await loadFit(`fits/${name}.json`) })));
    const { data, layout } = overlayFigure(fits);
    expect(traces).toBe(data.length);
    expect(x[0]).toBeCloseTo((layout.xaxis as { range: number[] }).range[0], 6);
    // Each with a line of its own, told by colour and dash.
    const lines = await page
      .locator('#figure-overlay .scatterlayer .js-line')
      .evaluateAll((paths) =>
        paths.map((path) => `${getComputedStyle(path).stroke} ${getComputedStyle(path).strokeDasharray}`),
      );
    expect(new Set(lines).size).toBeGreaterThanOrEqual(3);
    for (const id of ids) await page.locator('#figure-overlay .legend').getByText(id).waitFor();
    // The curve falls with compute, and the published one ends lower or higher, not at the same place.
    const [ours, theirs] = [await traceOf(page, 'overlay', ids[0]), await traceOf(page, 'overlay', ids[1])];
    expect(ours.y.at(-1)).toBeLessThan(ours.y[0]);
    expect(theirs.y.at(-1)).not.toBeCloseTo(ours.y.at(-1) ?? 0, 2);
    expect(await words(page, '.side-by-side thead')).toBe(`Quantity${ids.join('')}`);
    expect(await words(page, '.side-by-side tr:has(th:text-is("points"))')).toBe(
      'points240 of chinchilla.csvpublishedpublished',
    );
    expect(await words(page, '#figure-overlay .subtitle')).not.toContain('<br>');
    // A query is answered by each.
    await page.getByLabel('What loss would it reach?').fill('70B, 1.4T');
    await eventually(() => words(page, '.side-by-side .asked')).toMatch(/1\.973.*calibrated.*1\.9\d\d/);
    expect((await hashOf(page)).get('q')).toBe('70B, 1.4T');
    await page.evaluate(() => {
      scrollTo(0, 0);
    });
    await screenshot(page, 'comparison');
    await page.locator('.side-by-side').getByRole('link', { name: 'hoffmann-2022' }).click();
    await page.getByRole('heading', { level: 1, name: 'hoffmann-2022' }).waitFor();
    await page.locator('#answer').waitFor();
  });

  it('that cannot be compared say why', async () => {
    const page = await stage.open('#compare=chinchilla,nobody', { ready: false });
    const state = page.locator('.state');
    await state.getByRole('heading', { name: 'These fits cannot be compared' }).waitFor();
    expect(await state.textContent()).toContain('nobody');
  });
});

describe('data sets side by side', () => {
  it('are compared as a job: how much compute one saves over the other', async () => {
    await writeFile(join(stage.folder, 'data/a-sweep.csv'), simulatedCsv(1));
    await writeFile(
      join(stage.folder, 'data/b-sweep.csv'),
      simulatedCsv(2).replaceAll(/,([\d.]+)$/gm, (_, loss: string) => `,${String(Number(loss) * 0.97)}`),
    );
    const page = await stage.open('#fit=hoffmann-2022');
    await page.locator('.rail').getByRole('button', { name: /^Data/ }).click();
    await page.getByLabel('Choose a-sweep.csv').check();
    await page.getByLabel('Choose b-sweep.csv').check();
    await page.locator('.rail').getByRole('button', { name: 'Compare', exact: true }).click();
    await page.locator('.status .done').waitFor({ timeout: 50_000 });
    expect(await words(page, 'h1')).toContain('a-sweep.csv');
    const { traces } = await drawn(page, 'multiplier-1');
    expect(traces).toBeGreaterThanOrEqual(2);
    expect(await words(page, '#figure-multiplier-1 h3')).toMatch(/b-sweep/);
    expect(await words(page, '.report pre')).toMatch(/b-sweep/);
  });
});

describe('a backtest', () => {
  it('fits below cuts, predicts beyond them, and shows how far off that was', async () => {
    const runs = simulatedCsv(3, 60);
    await writeFile(join(stage.folder, 'data/sixty.csv'), runs);
    const page = await stage.open(`#data=${createHash('sha256').update(runs).digest('hex')}`);
    await page.getByLabel('Against', { exact: true }).selectOption('multiplicative');
    await page.locator('.study').getByRole('button', { name: 'Backtest' }).click();
    await page.locator('.status .done').waitFor({ timeout: 50_000 });
    const { traces, points } = await drawn(page, 'backtest-1');
    expect(traces).toBeGreaterThanOrEqual(4);
    expect(points).toBeGreaterThan(20);
    // One figure for each law, the better first.
    expect(await words(page, '#figure-backtest-1 h3')).toMatch(/^chinchilla predicts/);
    await drawn(page, 'backtest-2');
    expect(await words(page, '#figure-backtest-2 h3')).toMatch(/^multiplicative predicts/);
    expect(await words(page, '.report pre')).toContain('multiplicative');
    const job = (await hashOf(page)).get('job');
    await page.locator('.rail').getByRole('button', { name: /^Jobs/ }).click();
    expect(await words(page, '.rail .item.shown')).toContain('done');
    // The link leads to the same, as long as the server runs.
    const again = await stage.open(`#job=${String(job)}`);
    expect((await drawn(again, 'backtest-1')).traces).toBe(traces);
  });

  it('by sizes and shares is a matrix of errors, a number in each cell', async () => {
    const id = createHash('sha256')
      .update(await readFile('data/opt-trajectories.csv'))
      .digest('hex');
    const columns = 'params=model_size,tokens=10^num_token,flops=10^flops,loss=log(ppl),run=model_size';
    const page = await stage.open(`#data=${id}&columns=${encodeURIComponent(columns)}&objective=mse`);
    await page.getByLabel('Hold out the largest by').selectOption('matrix');
    expect(await page.getByLabel('Against', { exact: true }).count()).toBe(0);
    await page.locator('.study').getByRole('button', { name: 'Backtest' }).click();
    await page.locator('.status .done').waitFor({ timeout: 50_000 });
    await drawn(page, 'matrix');
    await screenshot(page, 'matrix', '#figure-matrix');
    const job = (await hashOf(page)).get('job');
    const answer = await fetch(`${stage.address}/api/jobs/${String(job)}/result`);
    const { backtest } = (await answer.json()) as { backtest: { matrix: { cells: { are: number | null }[][] } } };
    const errors = backtest.matrix.cells
      .flat()
      .flatMap(({ are }) => (are === null ? [] : [`${(100 * are).toFixed(1)}%`]));
    expect(errors.length).toBeGreaterThan(30);
    const texts = await page.locator('#figure-matrix .heatmap-label').allTextContents();
    // Cells that nobody should lean on are in brackets.
    const numbers = texts.filter((text) => /^\(?[\d.]+%\)?$/.test(text));
    expect(numbers.map((text) => text.replaceAll(/[()]/g, ''))).toEqual(errors);
    expect(numbers.some((text) => !text.startsWith('('))).toBe(true);
    expect(await words(page, '#figure-matrix h3')).toContain('at 175B parameters');
    expect(await page.locator('#figure-matrix .ytick').allTextContents()).toContain('3, up to 6.7B');
    await page.locator('#figure-matrix').getByRole('button', { name: 'Table' }).click();
    expect(await page.locator('#figure-matrix .data-table tbody tr').count()).toBeGreaterThanOrEqual(errors.length);
  });
});
