import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { parseQuantity } from '../../src/core/quantity.ts';
import type { Fit } from '../../src/fit/result.ts';
import { loadFit } from '../../src/node/savedFits.ts';
import { curveRuns } from '../../src/plots/curveRuns.ts';
import { drawn, eventually, hashOf, traceOf, useStage, words } from './stage.ts';

const stage = useStage();
let fit: Fit;
beforeAll(async () => {
  fit = await loadFit('fits/chinchilla.json');
});

/** The chinchilla law at its fitted coefficients. */
function lossAt(params: number, tokens: number): number {
  const { E, A, B, alpha, beta } = fit.params;
  return E.value + A.value / params ** alpha.value + B.value / tokens ** beta.value;
}

/** Lines that are really in the picture: long enough to be seen. */
const visibleLines = (page: Page, id: string): Promise<number> =>
  page
    .locator(`#figure-${id} .scatterlayer .js-line`)
    .evaluateAll((paths) => paths.filter((path) => (path as SVGPathElement).getTotalLength() > 20).length);

const texts = (page: Page, id: string, selector: string): Promise<string[]> =>
  page.locator(`#figure-${id}`).locator(selector).allTextContents();

describe('what figures show', () => {
  it('of a fit, each in its own way', async () => {
    const page = await stage.open('#fit=chinchilla');
    // The frontier: every run, the curve in two parts, and a band that opens with the distance.
    const { points } = await drawn(page, 'frontier');
    expect(points).toBe(240 + 3);
    const band = await traceOf(page, 'frontier', '95% confidence band');
    const opening = (at: number): number => {
      const near = band.y.filter((_, k) => Math.abs(Math.log(band.x[k] / at)) < 0.01);
      return Math.max(...near) - Math.min(...near);
    };
    const curve = await traceOf(page, 'frontier', 'Extrapolated');
    expect(opening(curve.x[curve.x.length - 1])).toBeGreaterThan(2 * opening(curve.x[0]));
    expect(await page.locator('#figure-frontier .scatterlayer .js-fill').count()).toBeGreaterThan(0);
    expect(await texts(page, 'frontier', '.annotation-text')).toEqual(['data end at 1.3e22', 'irreducible loss 1.817']);
    expect(await texts(page, 'frontier', '.textpoint')).toEqual([' 2.126', '10x: 2.022', '100x: 1.953']);

    // IsoFLOP curves: a valley for each budget, the optimum at its bottom.
    await drawn(page, 'isoflop');
    const budgets = (await texts(page, 'isoflop', '.textpoint, .annotation-text')).filter((text) => /e\d\d/.test(text));
    expect(budgets).toHaveLength(9);
    expect(await visibleLines(page, 'isoflop')).toBeGreaterThanOrEqual(10);
    const optima = await traceOf(page, 'isoflop', 'Optimum of each budget');
    expect(optima.x).toHaveLength(9);
    optima.x.forEach((size, k) => {
      const tokens = (loss: number): number =>
        ((loss - fit.params.E.value - fit.params.A.value / size ** fit.params.alpha.value) / fit.params.B.value) **
        (-1 / fit.params.beta.value);
      expect(lossAt(size, tokens(optima.y[k]))).toBeCloseTo(optima.y[k], 8);
    });

    // Residuals: three panels of 240 runs, the few that are far out at the edge.
    const residuals = await drawn(page, 'residuals');
    expect(await page.locator('#figure-residuals .cartesianlayer > .subplot').count()).toBe(3);
    expect(residuals.points).toBeGreaterThanOrEqual(3 * 240);
    expect(await texts(page, 'residuals', '.g-xtitle, .g-x2title, .g-x3title')).toEqual([
      'N (parameters)',
      'D (tokens)',
      'Predicted loss (nats/token)',
    ]);

    // The plane: contours with their losses, and the line of the best models with its budgets.
    await drawn(page, 'contour');
    expect(await texts(page, 'contour', '.annotation-text')).toContain('1e21: 21 tokens/param');
    expect(await texts(page, 'contour', '.textpoint')).toEqual(expect.arrayContaining([' 2.1', ' 2.5', ' 3']));
    const best = await traceOf(page, 'contour', 'Compute-optimal');
    expect(
      Math.log(best.y[best.y.length - 1] / best.y[0]) / Math.log(best.x[best.x.length - 1] / best.x[0]),
    ).toBeCloseTo((1 - 0.5139) / 0.5139, 2);

    // Observed against predicted: every run, and the diagonal through them.
    const parity = await drawn(page, 'parity');
    expect(parity.points).toBeGreaterThanOrEqual(240);
    const diagonal = await traceOf(page, 'parity', 'Observed as predicted');
    expect(diagonal.x).toEqual(diagonal.y);

    // The profile of each parameter has its lowest point, zero, at the estimate.
    await drawn(page, 'profile');
    expect(await page.locator('#figure-profile .cartesianlayer > .subplot').count()).toBe(6);
    const profiles = await page
      .locator('#figure-profile .plot')
      .evaluate((plot) =>
        (plot as unknown as { data: { name?: string; x: number[]; y: number[] }[] }).data
          .filter(({ name }) => name === 'Profile')
          .map(({ x, y }) => ({ at: x[y.indexOf(Math.min(...y))], least: Math.min(...y), most: Math.max(...y) })),
      );
    const values = ['E', 'A', 'B', 'alpha', 'beta'].map((name) => fit.params[name].value);
    expect(profiles).toHaveLength(6);
    values.forEach((value, k) => {
      expect(profiles[k].at / value).toBeCloseTo(1, 1);
      expect(profiles[k].least).toBeLessThan(0.05);
      // Beyond the 95% level of chi-squared.
      expect(profiles[k].most).toBeGreaterThan(3.84);
    });
    expect(await texts(page, 'profile', '.annotation-text')).toEqual(
      expect.arrayContaining([expect.stringContaining('E = 1.817'), expect.stringContaining('beta = 0.3672')]),
    );
  });

  it('the learning curve of a run that is clicked, and the law beyond its last row', async () => {
    const page = await stage.open('#fit=chinchilla&hide=frontier,isoflop,residuals,contour,isoflop-minima,approaches');
    await drawn(page, 'parity');
    const runs = curveRuns(fit);
    await page.locator('#figure-parity .scatterlayer .point').nth(120).click({ force: true });
    const run = (await hashOf(page)).get('run') ?? '';
    await drawn(page, 'curves');
    // By its size, in three digits: these runs have no names.
    const size = async (): Promise<number> => parseQuantity((await words(page, '#figure-curves h3')).split(':')[0]);
    await eventually(async () => (await size()) / parseQuantity(run)).toBeCloseTo(1, 2);
    const name = (await page.locator('#figure-curves .legendtext').allTextContents())
      .find((text) => text.startsWith('Law for '))
      ?.slice('Law for '.length);
    expect(name).toBeDefined();
    const rows = await traceOf(page, 'curves', name ?? '');
    const law = await traceOf(page, 'curves', `Law for ${name ?? ''}`);
    const last = Math.max(...rows.x);
    expect(Math.max(...law.x) / last).toBeGreaterThanOrEqual(3);
    const { params } = runs.find((one) => Math.abs(one.tokens[1] / last - 1) < 1e-4) ?? {};
    expect(law.y.at(-1)).toBeCloseTo(lossAt(params ?? NaN, law.x[law.x.length - 1]), 3);
    // The mark at its end says how far that is, and the loss there.
    expect((await texts(page, 'curves', '.textpoint')).join()).toContain(
      `: ${String(Number(law.y[law.y.length - 1].toPrecision(4)))}`,
    );
  });

  it('or why they show nothing; and those that nobody wants are put away', async () => {
    const page = await stage.open('#fit=step-law-2025-step-law-batch');
    expect(await words(page, '.fit-head')).toContain('Coefficients as published');
    for (const id of ['residuals', 'parity', 'profile']) {
      await page.locator(`#figure-${id}`).scrollIntoViewIfNeeded();
      const absence = page.locator(`#figure-${id} .absence`);
      expect((await absence.textContent())?.length, id).toBeGreaterThan(20);
      expect(await page.locator(`#figure-${id} .plot`).count()).toBe(0);
    }
    const before = await page.locator('.place').count();
    await page.locator('.switches').getByText('Residuals').click();
    await page.locator('#figure-residuals').waitFor({ state: 'detached' });
    expect(await page.locator('.place').count()).toBe(before - 1);
    await page.locator('.switches').getByText('Residuals').click();
    await page.locator('#figure-residuals').waitFor();
    expect((await hashOf(page)).get('hide')).toBeNull();
    // A law of one quantity is asked for that alone, and answers with what it predicts.
    await page.getByLabel('What loss would it reach?').fill('1T');
    await page.locator('#answer output').waitFor();
    expect(await words(page, '#answer .what')).not.toBe('loss');
  });
});
