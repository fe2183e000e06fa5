import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../server/server.ts';
import { chinchillaId, simulatedCsv } from '../server/testServer.ts';
import { drawn, eventually, hashOf, useStage, words } from './stage.ts';

const stage = useStage();

/** Whether an element is in the window and nothing covers its middle. */
const isSeen = (page: Page, selector: string): Promise<boolean> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return hit !== null && (element.contains(hit) || hit.contains(element));
    });

describe('the page while it waits', () => {
  it('shows where things will be, and nothing jumps when they come', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const page = await stage.open('#fit=chinchilla', {
      ready: false,
      before: async (opened) => {
        await opened.route(/\/api\/fits/, async (route) => {
          await held;
          await route.continue();
        });
      },
    });
    await page.locator('#figure-frontier .skeleton').waitFor();
    expect(await page.locator('.rail .skeleton').count()).toBeGreaterThan(2);
    expect(await page.locator('.summary').getAttribute('aria-busy')).toBe('true');
    expect(await page.evaluate(() => document.documentElement.dataset.ready)).toBeUndefined();
    const top = (await page.locator('#query').boundingBox())?.y ?? 0;
    release();
    await drawn(page, 'frontier');
    expect(await page.locator('.rail .skeleton, .summary .skeleton').count()).toBe(0);
    // The lines above the box come with the fit; they had their place.
    expect(Math.abs(((await page.locator('#query').boundingBox())?.y ?? 0) - top)).toBeLessThan(60);
  });
});

describe('the page when something is wrong', () => {
  it('tells of a fit that cannot be read, and of one that is not there', async () => {
    await writeFile(join(stage.folder, 'fits/torn.json'), '{"format": "isoflop-fit", "ver');
    const page = await stage.open('#fit=torn', { failing: true });
    expect(await words(page, '.state h1')).toBe('This fit cannot be shown');
    expect(await words(page, '.state')).toMatch(/torn\.json/);
    const item = page.locator('.rail .item.broken');
    expect(await item.textContent()).toContain('tornca');
    expect(await item.textContent()).toContain('cannot be read');
    await page.locator('.rail').getByRole('link', { name: 'chinchilla 2 warnings' }).click();
    await drawn(page, 'frontier');
    const gone = await stage.open('#fit=nobody', { failing: true });
    expect(await words(gone, '.state')).toContain('nobody');
    expect(await gone.locator('.plot').count()).toBe(0);
  });

  it('keeps what it shows when the server is gone, and goes on when it is back', async () => {
    const options = { fits: join(stage.folder, 'fits'), data: join(stage.folder, 'data') };
    const first = await startServer({ ...options, port: 0 });
    const page = await stage.open('', { failing: true, ready: false });
    await page.goto(`${first.address}/#fit=chinchilla`);
    await drawn(page, 'frontier');
    await first.close();
    await page.getByLabel('What loss would it reach?').fill('70B, 1.4T');
    await page.locator('#query-note').getByText('does not answer').waitFor();
    expect((await drawn(page, 'frontier')).traces).toBeGreaterThan(4);
    await page.locator('.rail').getByRole('link', { name: 'besiroglu-2024' }).click();
    await page.getByRole('heading', { name: 'This fit cannot be shown' }).waitFor();
    const second = await startServer({ ...options, port: Number(new URL(first.address).port) });
    try {
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { level: 1, name: 'besiroglu-2024' }).waitFor();
      await page.locator('#answer').waitFor();
      await drawn(page, 'frontier');
    } finally {
      await page.goto('about:blank');
      await second.close();
    }
  });

  it('says in the place of a figure why it is not drawn', async () => {
    const page = await stage.open('#fit=hoffmann-2022', {
      failing: true,
      before: async (opened) => {
        await opened.route(/figures\/contour/, (route) =>
          route.fulfill({
            status: 500,
            json: { error: { code: 'INTERNAL', message: 'It broke.', remedy: 'Try again.' } },
          }),
        );
      },
    });
    const residuals = page.locator('#figure-residuals');
    await residuals.scrollIntoViewIfNeeded();
    await residuals.locator('.absence').waitFor();
    expect(await residuals.locator('.absence').textContent()).toMatch(/data|rows|points/);
    expect(await residuals.locator('.plot').count()).toBe(0);
    await page.locator('#figure-contour .absence.bad').getByText('It broke.').waitFor();
    // Without data the frontier is drawn, without a band and without runs.
    const { traces, points } = await drawn(page, 'frontier');
    expect([traces, points]).toEqual([1, 0]);
    expect(await words(page, '.side')).toContain('These coefficients come from a paper');
  });
});

describe('long work', () => {
  it('is a job with its progress, can be cancelled, and opens its fit when it ends', async () => {
    const page = await stage.open(`#data=${chinchillaId}`);
    const save = async (name: string, resamples: number): Promise<void> => {
      await page.route('**/api/fits', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        const asked = route.request().postDataJSON() as object;
        return route.continue({ postData: JSON.stringify({ ...asked, bootstrap: resamples, wait: 0 }) });
      });
      await page.getByLabel('Save this fit as').fill(name);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('status').getByText(`${name} is being fitted`).first().waitFor();
      await page.unroute('**/api/fits');
    };
    await save('endless', 100_000);
    await page.locator('.rail').getByRole('button', { name: /^Jobs/ }).click();
    const item = page.locator('.rail .item').first();
    await item.getByText('bootstrap').waitFor();
    const bar = item.getByRole('progressbar');
    const share = async (): Promise<number> => Number(await bar.getAttribute('value'));
    await eventually(share).toBeGreaterThan(0);
    const early = await share();
    await eventually(share).toBeGreaterThan(early);
    expect(early).toBeLessThan(0.9);
    await item.getByRole('button', { name: /^Cancel/ }).click();
    await item.getByText('cancelled').waitFor();
    expect(await item.getByRole('progressbar').count()).toBe(0);
    expect(await words(page, 'h1')).toContain('chinchilla.csv');
    // The same, shorter: the page opens it, since nobody went elsewhere.
    await save('brief', 200);
    await page.getByRole('heading', { level: 1, name: 'brief', exact: true }).waitFor();
    expect((await hashOf(page)).get('fit')).toBe('brief');
    await drawn(page, 'frontier');
    await page.locator('.rail').getByRole('button', { name: /^Fits/ }).click();
    expect(await page.locator('.rail .name', { hasText: 'endless' }).count()).toBe(0);
  });
});

describe('a server with a token', () => {
  const token = 'correct-horse-battery-staple';
  const guarded = useStage('bundled', { token });

  it('has its page ask for it, say when it is wrong, and keep it for the tab', async () => {
    const page = await guarded.open('#fit=chinchilla', { ready: false, failing: true });
    const dialog = page.getByRole('dialog', { name: 'This server asks for a token' });
    await dialog.waitFor();
    expect(await isSeen(page, '.token input')).toBe(true);
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByLabel('Token').fill('something-else-altogether');
    await dialog.getByRole('button', { name: 'Open' }).click();
    await dialog.getByRole('alert').getByText('does not know this token').waitFor();
    await dialog.getByLabel('Token').fill(token);
    await dialog.getByRole('button', { name: 'Open' }).click();
    await drawn(page, 'frontier');
    expect(await dialog.isVisible()).toBe(false);
    await page.reload();
    await drawn(page, 'frontier');
    // What needs the token beyond plain requests: the stream of an upload, and the events of jobs.
    await page
      .locator('#upload')
      .first()
      .setInputFiles({
        name: 'runs.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(simulatedCsv(1)),
      });
    await page.getByRole('heading', { level: 1, name: /runs\.csv/ }).waitFor();
  });

  it('takes it from the address, where it does not stay', async () => {
    const page = await guarded.open(`#fit=chinchilla&token=${token}`);
    await drawn(page, 'frontier');
    expect(page.url()).toContain('fit=chinchilla');
    expect(page.url()).not.toContain('token');
  });
});
