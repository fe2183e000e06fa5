import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { annealing } from '../../src/laws/annealing.ts';
import { parseSchedule } from '../../src/laws/curve/parseSchedule.ts';
import { curveRuns } from '../helpers/curves.ts';
import { folderWith, isoflop, jsonOf, publishedFit } from './run.ts';

const fits = join(import.meta.dirname, '../../fits');

/** Curves of a small model under some schedules, as a file. */
function curvesCsv(kinds: readonly string[]): string {
  const schedules = kinds.map((kind) => parseSchedule(`${kind}:steps=1500,peak=1e-3,warmup=100,decay=400`));
  const runs = curveRuns(annealing, { L0: 3, A: 0.5, alpha: 0.5, C: 0.6, memory: 150 }, schedules);
  const { step, learningRate, loss } = runs.quantities as Record<string, Float64Array>;
  const names = Array.from(runs.categories.run?.codes ?? [], (code) => runs.categories.run?.labels[code] ?? '');
  const rows = names.map(
    (name, i) => `${name.split(':')[0]},${step[i]},${learningRate[i]},${loss[i] * (1 + 1e-3 * Math.sin(97 * i))}`,
  );
  return `run,step,lr,loss\n${rows.join('\n')}\n`;
}

describe('curves on the command line', () => {
  it('are fitted, predicted under other schedules, and give the best one', async () => {
    const cwd = await folderWith({
      'curves.csv': curvesCsv(['cosine', 'constant', 'wsdcon']),
      'others.csv': curvesCsv(['wsdld', 'linear']),
    });
    const at = { cwd };
    const fitted = await isoflop(
      ['fit', 'curves.csv', '--law', 'annealing', '--warmup', '100', '--out', 'fit.json'],
      at,
    );
    expect(fitted).toMatchObject({ status: 0 });
    expect(fitted.stdout).not.toContain('BEFORE_DECAY');

    const compared = await isoflop(
      ['predict', 'fit.json', '--schedule', 'others.csv', '--warmup', '100', '--figure', 'curves.svg'],
      at,
    );
    expect(compared).toMatchObject({ status: 0 });
    expect(compared.stdout).toMatch(/schedule +steps +final loss +mean error/);
    expect(compared.stdout).toMatch(/Mean error over the 2 curves: 0\.\d+%/);
    expect((await stat(join(cwd, 'curves.svg'))).size).toBeGreaterThan(5000);

    const named = 'cosine:steps=1500,peak=1e-3,warmup=100';
    const { curves, warnings } = await jsonOf<{
      curves: { final: { loss: number; interval: number[] }; error: null }[];
      warnings: unknown[];
    }>(['predict', 'fit.json', '--schedule', named, '--json'], at);
    expect(curves[0].final.interval[0]).toBeLessThan(curves[0].final.loss);
    expect(warnings).toEqual([]);

    const best = await isoflop(
      ['schedule', 'fit.json', '--steps', '1500', '--out', 'best.csv', '--figure', 'best.svg'],
      at,
    );
    expect(best).toMatchObject({ status: 0 });
    expect(best.stdout).toContain('best found');
    expect(best.stdout).toMatch(/cosine +\d\.\d{4} \[.+\] +\+0\.\d{5} \[/);
    expect(best.stderr).toContain('saved best.csv');
    const lines = (await readFile(join(cwd, 'best.csv'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(1502);
    expect(lines[0]).toBe('step,lr');
    expect(lines[100]).toBe('99,0.001');
    // What is written is read again: the same schedule, the same loss.
    const json = await jsonOf<{ loss: number; lr: number[] }>(
      ['schedule', 'fit.json', '--steps', '1500', '--json'],
      at,
    );
    const again = await jsonOf<{ curves: { final: { loss: number } }[] }>(
      ['predict', 'fit.json', '--schedule', 'best.csv', '--json'],
      at,
    );
    expect(json.lr).toHaveLength(1501);
    expect(again.curves[0].final.loss).toBeCloseTo(json.loss, 7);
  });

  it('tell what is missing, and what does not go together', async () => {
    const cwd = await folderWith({ 'constant.csv': curvesCsv(['constant']) });
    const curve = join(fits, 'luo-25m.json');
    const ask = async (...args: string[]) => {
      const { status, stderr } = await isoflop(args, { cwd });
      return { status, stderr };
    };
    const fit = await ask('fit', 'constant.csv', '--law', 'annealing', '--warmup', '100');
    expect(fit.status).toBe(2);
    expect(fit.stderr).toContain('nothing is said about annealing');
    const cosine = 'cosine:steps=900,peak=3e-4';
    for (const [args, message] of [
      [['predict', curve], 'needs a learning-rate schedule'],
      [['predict', curve, '--schedule', 'cosin:steps=9'], 'did you mean "cosine"?'],
      [['predict', curve, '--schedule', cosine, '--params', '70B'], 'do not go together'],
      [['predict', publishedFit, '--schedule', cosine], 'does not take a learning-rate schedule'],
      [['schedule', publishedFit, '--steps', '100'], 'Fit a law of curves: multi-power or annealing'],
      [['schedule', curve, '--steps', '100'], '--peak'],
      [['fit', 'constant.csv', '--warmup', '100', '--columns', 'params=loss,tokens=step'], 'learning-rate schedules'],
    ] as const) {
      const { status, stderr } = await ask(...args);
      expect(stderr, args.join(' ')).toContain(message);
      expect(status, args.join(' ')).toBe(2);
    }
  });
});
