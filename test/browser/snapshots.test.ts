import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { figures } from '../../src/plots/index.ts';
import { compare, snapshotProblem, tolerance } from './pictures.ts';
import { drawn, useStage } from './stage.ts';

// Other versions of the browser draw text and edges in other ways.
describe.skipIf(process.env.CHROME_PATH !== undefined)('figures look as they did', () => {
  const stage = useStage();
  // Small pictures, in which a curve is still more than what may differ.
  const small = { deviceScaleFactor: 0.75 };

  /** A picture of a figure alone, in the corner of the window: elsewhere it would begin between two pixels. */
  const pictureOf = async (page: Page, id: string): Promise<Buffer> => {
    await drawn(page, id);
    const frame = page.locator(`#figure-${id} .plot-frame`);
    const size = await frame.evaluate((element) => {
      const { clientWidth: width, clientHeight: height } = element;
      const place = { position: 'fixed', zIndex: '99', top: '0', left: '0', background: 'var(--sheet)' };
      Object.assign(element.style, { ...place, width: `${String(width)}px`, height: `${String(height)}px` });
      return { width, height };
    });
    const picture = await page.screenshot({ animations: 'disabled', clip: { x: 0, y: 0, ...size } });
    await frame.evaluate((element) => {
      element.removeAttribute('style');
    });
    return picture;
  };

  it('of a fit, with a query', async () => {
    const page = await stage.open('#fit=chinchilla&q=70B,1.4T', small);
    const problems: (string | null)[] = [];
    for (const { id } of figures) problems.push(await snapshotProblem(id, await pictureOf(page, id)));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });

  it('in dark, and in a narrow window', async () => {
    const dark = await stage.open('#fit=chinchilla&q=70B,1.4T&theme=dark', small);
    const problems = [await snapshotProblem('frontier-dark', await pictureOf(dark, 'frontier'))];
    const narrow = await stage.open('#fit=chinchilla', { ...small, viewport: { width: 400, height: 1400 } });
    for (const id of ['frontier', 'residuals'])
      problems.push(await snapshotProblem(`${id}-narrow`, await pictureOf(narrow, id)));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });

  it('of fits compared', async () => {
    const page = await stage.open('#compare=chinchilla,hoffmann-2022', small);
    expect(await snapshotProblem('overlay', await pictureOf(page, 'overlay'))).toBeNull();
  });

  it('and a figure that lacks a curve or has other axes is found', async () => {
    const page = await stage.open('#fit=chinchilla', small);
    const whole = await pictureOf(page, 'frontier');
    expect(compare(await pictureOf(page, 'frontier'), whole).share).toBe(0);
    const plot = page.locator('#figure-frontier .plot');
    const relayout = (change: object): Promise<unknown> =>
      plot.evaluate((element, wanted) => {
        const { Plotly } = globalThis as unknown as { Plotly: { relayout: (...args: unknown[]) => Promise<unknown> } };
        return Plotly.relayout(element, wanted).then(() => null);
      }, change);
    const without = async (part: Locator): Promise<number> => {
      await part.evaluate((element) => (element.style.display = 'none'));
      const { share } = compare(await pictureOf(page, 'frontier'), whole);
      await part.evaluate((element) => (element.style.display = ''));
      return share;
    };
    // The curve inside the data and the one beyond, the band, the label of an axis.
    for (const part of [
      plot.locator('.scatterlayer .js-line').nth(-2),
      plot.locator('.scatterlayer .js-line').last(),
      plot.locator('.scatterlayer .js-fill').first(),
      plot.locator('.g-xtitle'),
    ])
      expect(await without(part)).toBeGreaterThan(tolerance);
    const { x } = await drawn(page, 'frontier');
    await relayout({ 'xaxis.range': [x[0] + 0.05, x[1] + 0.05] });
    const { share: shifted, picture } = compare(await pictureOf(page, 'frontier'), whole);
    expect(shifted).toBeGreaterThan(10 * tolerance);
    expect(picture?.subarray(1, 4).toString()).toBe('PNG');
    expect(compare(await pictureOf(page, 'residuals'), whole)).toEqual({ share: 1, picture: null });
  });
});
