import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startServer } from '../../server/server.ts';
import type { RunningServer, ServerOptions } from '../../server/server.ts';
import { launchChromium } from './chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a test of the page works with. */
export interface Stage {
  readonly address: string;
  /** The folder that holds copies of `data` and `fits`, and `runs` where a test puts sweeps there. */
  readonly folder: string;
  /** Opens the page at an address after `#`, and waits until what is in view is drawn unless told. */
  readonly open: (hash?: string, options?: OpenOptions) => Promise<Page>;
}

interface OpenOptions extends BrowserContextOptions {
  readonly ready?: boolean;
  readonly before?: (page: Page) => Promise<void>;
  /** Whether the test looks at failures itself: complaints of the console are part of it. */
  readonly failing?: boolean;
}

/**
 * One server and one browser for a file of tests; every test gets pages of its own. Those that ask for nothing special share
 * what the browser caches, so that Plotly is loaded and compiled once.
 */
export function useStage(files: 'bundled' | 'none' = 'bundled', options: Partial<ServerOptions> = {}): Stage {
  let folder = '';
  let server: RunningServer | undefined;
  let browser: Browser | undefined;
  let shared: Promise<BrowserContext> | undefined;
  const pages: { page: Page; complaints: string[]; failing: boolean }[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoflop-page-'));
    if (files === 'bundled')
      await Promise.all(
        ['fits', 'data'].map((name) =>
          cp(join(root, name), join(folder, name), { recursive: true, filter: (path) => !path.endsWith('local') }),
        ),
      );
    [server, browser] = await Promise.all([
      startServer({
        ...{ fits: join(folder, 'fits'), data: join(folder, 'data'), runs: join(folder, 'runs'), port: 0 },
        ...options,
      }),
      launchChromium(),
    ]);
  });
  afterEach(async () => {
    for (const { page, complaints, failing } of pages.splice(0)) {
      await page.close();
      if (page.context() !== (await shared)) await page.context().close();
      if (!failing) expect(complaints).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true });
  });
  return {
    get address() {
      return server?.address ?? '';
    },
    get folder() {
      return folder;
    },
    open: async (hash = '', { ready = true, before, failing = false, ...context } = {}) => {
      if (browser === undefined || server === undefined) throw new Error('the stage is not set');
      const asked = { viewport: { width: 1280, height: 900 }, ...context };
      const isPlain = Object.keys(context).length === 0;
      const made = isPlain ? (shared ??= browser.newContext(asked)) : browser.newContext(asked);
      const page = await (await made).newPage();
      page.setDefaultTimeout(20_000);
      const complaints: string[] = [];
      page.on('console', (message) => {
        // A figure that a law does not have is answered with 422: the browser complains, the page says why.
        const isAnswer = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
        if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      pages.push({ page, complaints, failing });
      await before?.(page);
      await page.goto(`${server.address}/${hash}`);
      if (ready) await isReady(page);
      return page;
    },
  };
}

/** Waits until what is in view is drawn. */
async function isReady(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
}

/** What Plotly holds of one figure. */
export interface Drawn {
  readonly traces: number;
  readonly title: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly points: number;
}

/** Scrolls to a figure, waits until it is drawn, and tells what is there. */
export async function drawn(page: Page, id: string): Promise<Drawn> {
  const card = page.locator(`#figure-${id}`);
  await card.scrollIntoViewIfNeeded();
  await card.locator('.plot .main-svg').first().waitFor();
  return card.locator('.plot').evaluate((plot, figure) => {
    const { data, layout } = plot as unknown as {
      data: { x?: unknown[] }[];
      layout: { xaxis: { range: number[] }; yaxis: { range: number[] } };
    };
    return {
      traces: data.length,
      title: document.querySelector(`#figure-${figure} h3`)?.textContent ?? '',
      x: [...layout.xaxis.range],
      y: [...layout.yaxis.range],
      points: plot.querySelectorAll('.scatterlayer .point').length,
    };
  }, id);
}

/** The text of the first element, without runs of white space. */
export async function words(page: Page, selector: string): Promise<string> {
  return ((await page.locator(selector).first().textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** The address after `#`, once it is written. */
export async function hashOf(page: Page): Promise<URLSearchParams> {
  // The page writes it a quarter of a second after the last change: its timers run out in order.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 260)));
  return new URLSearchParams(new URL(page.url()).hash.slice(1));
}

/** Drags files over the page and lets them fall. */
export async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  const carried = await page.evaluateHandle((contents) => {
    const transfer = new DataTransfer();
    for (const [name, text] of Object.entries(contents))
      transfer.items.add(new File([text], name, { type: 'text/csv' }));
    return transfer;
  }, files);
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: carried });
  await page.locator('.drop').getByText('Drop the CSV to fit it').waitFor();
  await page.dispatchEvent('main', 'drop', { dataTransfer: carried });
  expect(await page.locator('.drop').count()).toBe(0);
}

/** The horizontal and vertical coordinates of a trace as Plotly holds them. */
export function traceOf(page: Page, id: string, name: string): Promise<{ x: number[]; y: number[] }> {
  return page.locator(`#figure-${id} .plot`).evaluate((plot, wanted) => {
    const { data } = plot as unknown as { data: { name?: string; x: ArrayLike<number>; y: ArrayLike<number> }[] };
    const found = data.find((trace) => trace.name === wanted);
    if (found === undefined) throw new Error(`no ${wanted} among ${data.map((trace) => trace.name).join(', ')}`);
    return { x: Array.from(found.x), y: Array.from(found.y) };
  }, name);
}

/** The value of a coefficient in the page's table, with its standard error and interval as they are printed. */
export async function coefficient(page: Page, symbol: string): Promise<string> {
  const row = page
    .locator('.coefficients tr')
    .filter({ has: page.locator('th', { hasText: new RegExp(`^${symbol}$`) }) });
  return (await row.locator('td').allTextContents()).join(' ');
}

/** What comes to be true in a while: the page draws and the server answers when they have time. */
export const eventually = <T>(look: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(look, { timeout: 15_000 });
