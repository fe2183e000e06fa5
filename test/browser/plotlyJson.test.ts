import { expect, it } from 'vitest';
import { readPlotly } from '../../src/node/plotly.ts';
import { paperFigure } from '../../src/plots/index.ts';
import { everyFigure } from '../plots/everyFigure.ts';
import { launchChromium } from './chromium.ts';

it('every figure is one that plotly.js finds no fault with, on the screen and in print', async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: await readPlotly() });
    const figures = (await everyFigure()).flatMap(({ id, figure }) => [
      { id, figure },
      { id: `${id}, paper`, figure: paperFigure(figure) },
    ]);
    const faults = await page.evaluate((all) => {
      const { Plotly } = globalThis as unknown as {
        Plotly: { validate: (data: unknown, layout: unknown) => { msg: string }[] | undefined };
      };
      return all.flatMap(({ id, figure }) => {
        // Plotly 4.1 throws on any layout that has a legend.
        const { legend, ...layout } = figure.layout;
        // What has no effect in a figure, such as the colour of ticks that are not drawn, is no fault.
        const found = (Plotly.validate(figure.data, layout) ?? []).filter(
          ({ msg }) => !msg.includes('did not get coerced'),
        );
        return [...(typeof legend === 'object' ? [] : ['no legend']), ...found.map(({ msg }) => `${id}: ${msg}`)];
      });
    }, figures);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
}, 180_000);
