import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { screenshot } from './pictures.ts';
import { drawn, drop, eventually, hashOf, useStage, words } from './stage.ts';

const stage = useStage();

/** What has the focus, by its name as a screen reader says it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
  });

/** Presses Tab until something of that name has the focus. */
async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const isIt = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text));
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key);
    if (isIt(await focused(page))) return;
  }
  throw new Error(`no way to ${String(name)} with ${key}`);
}

/** Whether the focus can be seen: an outline, or what stands in for it. */
const showsFocus = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    const holder = element?.closest('.switches label') ?? element;
    if (holder == null) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(holder);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
  });

describe('without a mouse', () => {
  it('everything is reached, seen and done', async () => {
    const page = await stage.open('#fit=hoffmann-2022');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: expect.any(Number) as number });
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    // Another fit from the list.
    await tabTo(page, 'Search the fits', 'Shift+Tab');
    await page.keyboard.type('chin');
    await tabTo(page, 'Compare chinchilla');
    expect(await showsFocus(page)).toBe(true);
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'chinchilla' }).waitFor();
    // A query, from anywhere.
    await page.keyboard.press('/');
    await page.keyboard.type('5.76e23 FLOP');
    await page.locator('#answer').waitFor();
    await drawn(page, 'frontier');
    // The menu of a figure opens with Enter, and Escape closes it and leaves the focus there.
    await tabTo(page, 'Save Loss against compute');
    expect(await showsFocus(page)).toBe(true);
    await page.keyboard.press('Enter');
    await tabTo(page, 'SVG');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Save Loss against compute');
    expect(await page.locator('#figure-frontier .menu[open]').count()).toBe(0);
    // A figure itself, a warning with its remedy, a switch.
    await tabTo(page, /^Compute-optimal loss: 2\.126/);
    expect(await showsFocus(page)).toBe(true);
    await page.keyboard.press('ArrowRight');
    await eventually(() => words(page, '#spoken')).toMatch(/N .*law/);
    await tabTo(page, /^Be careful/);
    await page.keyboard.press('Enter');
    expect(await page.locator('.warnings details[open] p').isVisible()).toBe(true);
    await tabTo(page, 'IsoFLOP curves');
    expect(await showsFocus(page)).toBe(true);
    await page.keyboard.press('Space');
    await page.locator('#figure-isoflop').waitFor({ state: 'detached' });
    expect((await hashOf(page)).get('hide')).toBe('isoflop');
    // The fit follows a slider that is moved with the keys.
    await tabTo(page, 'Loss below');
    for (let k = 0; k < 40; k++) await page.keyboard.press('ArrowLeft');
    await eventually(() => words(page, '.took')).toMatch(/^Fitted 2[0-3]\d runs/);
    expect(await words(page, 'h1')).toContain('changed, not saved');
    // Whatever has the focus says what it is.
    for (let k = 0; k < 12; k++) {
      await page.keyboard.press('Tab');
      expect(await focused(page)).not.toBe('');
    }
  });
});

describe('in a window of 400 px', () => {
  const narrow = { viewport: { width: 400, height: 800 }, hasTouch: true, isMobile: true };

  /** How far the page can be scrolled sideways. */
  const overhang = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it('all is there, one below the other, and nothing has to be scrolled sideways', async () => {
    const page = await stage.open('#fit=chinchilla&q=70B,1.4T', narrow);
    expect(await overhang(page)).toBe(0);
    await screenshot(page, 'narrow');
    const { x } = await drawn(page, 'frontier');
    expect(x[1] - x[0]).toBeGreaterThan(6);
    // Panels of a figure are stacked, and its labels stand apart.
    await drawn(page, 'residuals');
    const tops = await page
      .locator('#figure-residuals .cartesianlayer .subplot .xy, #figure-residuals .cartesianlayer > g')
      .evaluateAll((panels) => panels.map((panel) => Math.round(panel.getBoundingClientRect().top)));
    expect(new Set(tops).size).toBeGreaterThanOrEqual(3);
    await drawn(page, 'contour');
    const labels = await page.locator('#figure-contour .xtick text').evaluateAll((ticks) =>
      ticks
        .filter((tick) => tick.textContent !== '')
        .map((tick) => tick.getBoundingClientRect())
        .map(({ left, right }) => ({ left, right }))
        .sort((a, b) => a.left - b.left),
    );
    expect(labels.length).toBeGreaterThanOrEqual(3);
    labels.slice(1).forEach(({ left }, k) => {
      expect(left).toBeGreaterThan(labels[k].right);
    });
    for (const id of ['isoflop', 'approaches', 'parity', 'curves', 'profile']) {
      await drawn(page, id);
      expect(await overhang(page), id).toBe(0);
    }
    // The list is a drawer, the settings unfold.
    expect(await page.locator('.rail').evaluate((rail) => rail.getBoundingClientRect().right)).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Fits, data sets and jobs' }).tap();
    await page.locator('.rail').getByRole('link', { name: 'besiroglu-2024' }).tap();
    await page.getByRole('heading', { level: 1, name: 'besiroglu-2024' }).waitFor();
    await eventually(() =>
      page.locator('.rail').evaluate((rail) => rail.getBoundingClientRect().right),
    ).toBeLessThanOrEqual(0);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'chinchilla' }).waitFor();
    await page.locator('.side-fold > summary').tap();
    await page.getByLabel('Loss below, as a number').fill('3');
    await page.locator('.took').getByText('206 runs').waitFor();
    expect(await overhang(page)).toBe(0);
    // What can be tapped is large enough for a finger.
    const small = await page
      .locator('main button:visible, .top button:visible, main select:visible')
      .evaluateAll((all) =>
        all
          .filter((element) => !element.matches('.jump') && element.getBoundingClientRect().height < 24)
          .map((element) => element.outerHTML),
      );
    expect(small).toEqual([]);
  });

  it('so are comparisons, data sets and what is wrong', async () => {
    await writeFile(join(stage.folder, `fits/${'a-name-without-end-'.repeat(4)}.json`), '{');
    const page = await stage.open('#compare=chinchilla,besiroglu-2024&q=70B,1.4T', narrow);
    await drawn(page, 'overlay');
    expect(await overhang(page)).toBe(0);
    await page.evaluate(() => (location.hash = `#fit=${'a-name-without-end-'.repeat(4)}`));
    await page.locator('.state').waitFor();
    expect(await overhang(page)).toBe(0);
    await drop(page, { [`${'long-name-'.repeat(8)}.csv`]: 'a,b,c\n1e7,2e8,3\n2e7,4e8,2.9\n' });
    await page.getByRole('heading', { name: 'Which column is what?' }).waitFor();
    expect(await overhang(page)).toBe(0);
  });
});

describe('colours', () => {
  it('are those of the system or those that are chosen, figures included', async () => {
    const page = await stage.open('#fit=chinchilla&row=100', {
      colorScheme: 'dark',
      viewport: { width: 1340, height: 760 },
    });
    const look = (): Promise<{ paper: string; ink: string; axis: string }> =>
      page.evaluate(() => {
        const text = document.querySelector('#figure-frontier .xtick text');
        return {
          paper: getComputedStyle(document.body).backgroundColor,
          ink: getComputedStyle(document.body).color,
          axis: text === null ? '' : getComputedStyle(text).fill,
        };
      });
    const brightness = (color: string): number => {
      const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
      return 0.299 * r + 0.587 * g + 0.114 * b;
    };
    const dark = await look();
    expect(brightness(dark.paper)).toBeLessThan(40);
    expect(brightness(dark.ink)).toBeGreaterThan(200);
    expect(brightness(dark.axis)).toBeGreaterThan(150);
    await drawn(page, 'isoflop');
    await page.locator('#figure-isoflop .rings .chosen').waitFor({ state: 'attached' });
    await screenshot(page, 'dark');
    await page.getByRole('button', { name: 'Dark colours' }).click();
    await eventually(async () => brightness((await look()).axis)).toBeLessThan(80);
    const light = await look();
    expect(brightness(light.paper)).toBeGreaterThan(230);
    expect(brightness(light.ink)).toBeLessThan(60);
    expect((await hashOf(page)).get('theme')).toBe('light');
    // Back at what the system has, nothing is left in the link; and the page follows the system.
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect((await hashOf(page)).get('theme')).toBeNull();
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(look).toEqual(light);
  });
});
