import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../server/server.ts';
import { madeLadder, writeRun, writeSweep, type MadeRun } from '../helpers/sweeps.ts';
import { screenshot } from './pictures.ts';
import { drawn, eventually, traceOf, useStage, words } from './stage.ts';

const stage = useStage();
const runs = (name = ''): string => join(stage.folder, 'runs', name);
const next: MadeRun = { width: 48, tokens: 400_000, seed: 0, share: 1, ended: 'done' };

beforeAll(async () => {
  await writeSweep(runs('ladder'), 'ladder', madeLadder(14), process.pid);
  await writeSweep(runs('first-runs'), 'first-runs', madeLadder(3));
  await mkdir(runs('torn'));
  await writeFile(runs('torn/sweep.json'), '{');
});

describe('a sweep on the page', () => {
  it('is in the list, with a mark while it runs, and opens from there', async () => {
    const page = await stage.open('#fit=chinchilla');
    const tab = page.locator('.rail').getByRole('button', { name: /^Sweeps/ });
    await tab.click();
    expect(await tab.locator('.dot.running').count()).toBe(1);
    const items = page.locator('.rail .item');
    expect(await items.locator('.name').allTextContents()).toEqual(['ladder', 'first-runs', 'torn']);
    expect(await items.nth(0).locator('.item-about').textContent()).toMatch(/^14 of 24 runs · 12% of the compute$/);
    expect(await items.nth(1).locator('.item-about').textContent()).toMatch(/^stopped · 3 of 24 runs · /);
    await page.locator('.rail').getByRole('link', { name: 'first-runs' }).click();
    await page.getByRole('heading', { level: 1, name: 'first-runs' }).waitFor();
    expect(await words(page, '.sweep-law')).toContain('so far there are 3 runs, 1 size and 2 budgets');
    expect(new URL(page.url()).hash).toBe('#sweep=first-runs');
    expect(await page.title()).toBe('first-runs - isoflop');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'chinchilla' }).waitFor();
  });

  it('says how far it is, what its ended runs follow and what that predicts, and draws both', async () => {
    const page = await stage.open('#sweep=ladder', { viewport: { width: 1340, height: 1000 } });
    expect(await words(page, '.fit-head .status')).toBe('running 24 runs: 14 done, 2 in training, 8 waiting');
    expect(await words(page, '.sweep-progress')).toMatch(/^11\.6% of 6\.11T FLOP · about \d+ h left$/);
    expect(await page.title()).toBe('11% ladder - isoflop');
    const coefficients = page.locator('.sweep-law .params');
    expect(await coefficients.locator('thead th').allTextContents()).toEqual(['E', 'A', 'B', 'α', 'β', 'runs']);
    expect(await coefficients.locator('tbody td').first().textContent()).toMatch(/^1\.\d+ ± 0\.\d+$/);
    const predicted = page.getByRole('region', { name: 'Predictions' }).locator('tbody tr');
    expect(await predicted.count()).toBe(3);
    expect(await predicted.first().textContent()).toMatch(/^228K1M2\.\d{3}2\.\d{3} – 2\.\d{3}15× compute, 3\.9× size$/);
    expect((await drawn(page, 'sweep-curves')).traces).toBe(4);
    expect((await drawn(page, 'sweep-ladder')).points).toBe(17);
    expect(await page.locator('.sweep-runs tbody tr').count()).toBe(24);
    expect(await page.locator('.sweep-runs tr.at-work').count()).toBe(2);
    await page
      .locator('.rail')
      .getByRole('button', { name: /^Sweeps/ })
      .click();
    await page.evaluate(() => {
      scrollTo(0, 0);
    });
    await screenshot(page, 'sweep');
  });

  it('follows what is trained, in place: zoomed figures stay as they are', async () => {
    await writeSweep(runs('live'), 'live', madeLadder(14), process.pid);
    const page = await stage.open('#sweep=live');
    await drawn(page, 'sweep-ladder');
    const before = await drawn(page, 'sweep-curves');
    await page.locator('#figure-sweep-curves .plot').evaluate((plot) => (plot.dataset.mark = 'same'));
    const box = await page.locator('#figure-sweep-curves .nsewdrag').first().boundingBox();
    if (box === null) throw new Error('nothing is drawn');
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.3 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.8 * box.width, box.y + 0.8 * box.height, { steps: 5 });
    await page.mouse.up();
    await eventually(async () => (await drawn(page, 'sweep-curves')).x).not.toEqual(before.x);
    const zoomed = await drawn(page, 'sweep-curves');
    await writeRun(runs('live'), next);
    await writeRun(runs('live'), { width: 48, tokens: 1_000_000, seed: 0, share: 0.16 });
    await eventually(() => words(page, '.fit-head .status')).toBe('running 24 runs: 15 done, 2 in training, 7 waiting');
    await eventually(() => words(page, '#spoken')).toBe('live: running, 15 of 24 runs have ended');
    await eventually(() => page.locator('.sweep-law .params tbody td').last().textContent()).toBe('15');
    await eventually(async () => (await drawn(page, 'sweep-ladder')).points).toBe(18);
    const after = await drawn(page, 'sweep-curves');
    expect([after.x, after.y]).toEqual([zoomed.x, zoomed.y]);
    await page.locator('#figure-sweep-curves .nsewdrag').first().dblclick();
    await eventually(async () => (await drawn(page, 'sweep-curves')).x).toEqual(before.x);
    expect(await page.locator('#figure-sweep-curves .plot').getAttribute('data-mark')).toBe('same');
    expect((await traceOf(page, 'sweep-curves', '58.6K')).x.length).toBeGreaterThan(8);
    // The process ends without having trained the rest.
    await rm(runs('live/sweep.lock'));
    await eventually(() => words(page, '.fit-head .status')).toBe('stopped 24 runs: 15 done, 7 waiting, 2 interrupted');
    expect(await words(page, '.sweep-progress')).not.toContain('left');
    // And goes on.
    await writeSweep(runs('live'), 'live', madeLadder(24), process.pid);
    await eventually(() => words(page, '.fit-head .status')).toBe('ended 24 runs: 24 done');
    expect(await words(page, '.sweep-law')).toContain('Beyond the sweep');
  });

  it('holds a run against what the others let one expect of it, and tells the chance of a target', async () => {
    const page = await stage.open('#sweep=ladder');
    const run = page.getByRole('region', { name: 'Watched run' });
    expect(await run.getByLabel('Run', { exact: true }).inputValue()).toBe('w48-d400K-s0');
    const rows = run.getByRole('group', { name: 'Loss at the end' }).locator('tbody tr');
    await eventually(() => rows.count()).toBe(4);
    expect(await rows.last().textContent()).toMatch(
      /^together\d\.\d{4}\d\.\d{4} – \d\.\d{4}how runs of the family fell/,
    );
    await run.getByLabel('Target loss').fill('4');
    await run.getByText('Chance of 4 or less: more than 99%.').waitFor();
    expect((await drawn(page, 'sweep-watch')).traces).toBeGreaterThan(3);
    await run.getByLabel('Run', { exact: true }).selectOption({ index: 0 });
    await run.getByText(/The run has ended (at|above) the target of 4\.000/).waitFor();
  });

  it('says when the server is gone, keeps what it shows, and goes on by itself when it is back', async () => {
    const options = { fits: join(stage.folder, 'fits'), data: join(stage.folder, 'data'), runs: runs() };
    const first = await startServer({ ...options, port: 0 });
    const page = await stage.open('', { failing: true, ready: false });
    await page.goto(`${first.address}/#sweep=ladder`);
    await drawn(page, 'sweep-curves');
    await first.close();
    await page.getByText('The connection to the server is lost.').waitFor();
    expect(await words(page, '.problem-box')).toMatch(/What you see is .* old; the page keeps trying/);
    expect((await drawn(page, 'sweep-curves')).traces).toBe(4);
    const second = await startServer({ ...options, port: Number(new URL(first.address).port) });
    try {
      await page.locator('.problem-box').waitFor({ state: 'detached' });
      expect(await words(page, '.fit-head .status')).toContain('running 24 runs');
    } finally {
      await page.goto('about:blank');
      await second.close();
    }
  });

  it('that is none, or cannot be read, says so, and is looked for again when asked', async () => {
    const page = await stage.open('#sweep=nobody', { failing: true });
    expect(await words(page, '.state')).toContain('There is no sweep "nobody".');
    await writeSweep(runs('nobody'), 'nobody', madeLadder(2));
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1, name: 'nobody' }).waitFor();
    await page.evaluate(() => (location.hash = '#sweep=torn'));
    await page.locator('.state').getByText('it is no JSON').waitFor();
  });

  it('fits into 400 px, and can be read without a mouse', async () => {
    const page = await stage.open('#sweep=ladder', {
      viewport: { width: 400, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    await drawn(page, 'sweep-ladder');
    const overhang = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overhang).toBe(0);
    // Tables that are wider than the window are scrolled by themselves, with the keys too.
    const inert = await page
      .locator('main .scroll')
      .evaluateAll((all) => all.filter((element) => element.getAttribute('tabindex') !== '0').length);
    expect(inert).toBe(0);
  });
});

describe('a server without sweeps', () => {
  const bare = useStage();

  it('has no list of them', async () => {
    const page = await bare.open('#fit=chinchilla');
    await eventually(() =>
      page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/api/sweeps'))),
    ).toBe(true);
    expect(await page.locator('.rail .tabs button').allTextContents()).toEqual([
      expect.stringMatching(/^Fits/),
      expect.stringMatching(/^Data/),
      'Jobs',
    ]);
  });
});
