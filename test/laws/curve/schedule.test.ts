import { beforeAll, describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../src/laws/curve/parseSchedule.ts';
import { lastStep, scheduleFault, type Schedule } from '../../../src/laws/curve/schedule.ts';
import { scheduleRates } from '../../../src/laws/curve/scheduleRates.ts';
import type { Runs } from '../../../src/runs/index.ts';
import { multiPowerRuns } from '../../helpers/curves.ts';
import { errorOf } from '../../helpers/errors.ts';

const rows = (step: number[], learningRate: number[], more: Partial<Schedule> = {}): Schedule =>
  ({ kind: 'rows', name: 'rows', step, learningRate, warmup: null, between: 'smooth', ...more }) as Schedule;

describe('learning rates between rows', () => {
  let runs: Runs;
  beforeAll(async () => {
    runs = await multiPowerRuns('25M');
  });

  /** The schedules of data/multi-power.csv as data/README.md gives them. */
  function rateOf(name: string, s: number): number {
    const last = name.endsWith('72000') ? 72_000 : 24_000;
    if (s < 2160) return (3e-4 * s) / 2159;
    if (name.startsWith('cosine')) return 3e-5 + 1.35e-4 * (1 + Math.cos((Math.PI * (s - 2160)) / (last - 2160)));
    if (name.startsWith('wsdcon')) return s < 8000 ? 3e-4 : Number(name.split('_')[1]) * 1e-5;
    if (s <= 20_000 || name.startsWith('constant')) return 3e-4;
    const share = (s - 20_000) / 4000;
    return name.startsWith('wsdld') ? 3e-4 - 2.7e-4 * share : 3e-4 * 10 ** -share;
  }

  it('are those of every published schedule, from a row every 128 steps', () => {
    for (const { name, step, learningRate } of runs.recordedRates ?? []) {
      const rates = scheduleRates(rows([...step], [...learningRate], { warmup: 2160 }));
      const worst = Math.max(...rates.map((rate, s) => Math.abs(rate - rateOf(name.slice(4), s)))) / 3e-4;
      expect(worst, name).toBeLessThan(1e-8);
    }
    expect(runs.recordedRates).toHaveLength(9);
  });

  it('fall at once at the row that shows it, and bend where the two sides meet', () => {
    const stepped = scheduleRates(rows([0, 10, 20, 30, 40, 50], [4, 4, 4, 1, 1, 1]));
    expect([...stepped.slice(20, 32)]).toEqual([...Array<number>(10).fill(4), 1, 1]);
    const bent = scheduleRates(rows([0, 10, 20, 30, 40, 50], [4, 4, 4, 3.5, 2.5, 1.5]));
    expect([...bent.slice(20, 32)].map((rate) => Number(rate.toFixed(9)))).toEqual([
      ...[4, 4, 4, 4, 4, 4],
      ...[3.9, 3.8, 3.7, 3.6, 3.5, 3.4],
    ]);
  });

  it('stay between their rows where these are few or rough', () => {
    const step = [0, 7, 9, 30, 31, 80];
    const learningRate = [1, 9, 2, 8, 0, 5];
    for (const between of ['smooth', 'linear'] as const) {
      const rates = scheduleRates(rows(step, learningRate, { between }));
      step.slice(1).forEach((to, i) => {
        const [low, high] = [learningRate[i], learningRate[i + 1]].sort((a, b) => a - b);
        for (let s = step[i]; s <= to; s++) expect(rates[s] >= low && rates[s] <= high, `${between} ${s}`).toBe(true);
        expect(rates[to]).toBe(learningRate[i + 1]);
      });
    }
  });

  it('rise from 0 to the first row, or over the warm-up that is given', () => {
    expect([...scheduleRates(rows([4, 5], [8, 8]))]).toEqual([0, 2, 4, 6, 8, 8]);
    expect([...scheduleRates(rows([4, 5], [8, 8], { warmup: 3 }))]).toEqual([0, 4, 8, 8, 8, 8]);
  });
});

describe('named schedules', () => {
  it('are read with what is usual where nothing is said', () => {
    expect(parseSchedule('wsd:steps=24K,peak=3e-4')).toMatchObject({ steps: 24_000, warmup: 0, decay: 4800 });
    expect(parseSchedule('wsd:steps=24K,peak=3e-4').end).toBeCloseTo(3e-5, 15);
    expect(lastStep(parseSchedule('constant:steps=9,peak=1'))).toBe(9);
    expect([...scheduleRates(parseSchedule('wsdld:steps=6,peak=4,end=0,decay=4,warmup=2'))]).toEqual([
      0, 4, 4, 3, 2, 1, 0,
    ]);
    expect([...scheduleRates(parseSchedule('wsdcon:steps=4,peak=4,end=1,decay=2'))]).toEqual([4, 4, 1, 1, 1]);
  });

  it.each([
    ['cosin:steps=9,peak=1', 'did you mean "cosine"?'],
    ['cosine:steps=9', 'does not say its peak'],
    ['cosine:steps=9,peak=1,foo=2', '"foo" is none of'],
    ['cosine:steps=9,peak', 'is not like peak=3e-4'],
    ['cosine:steps=9.5,peak=1', 'not a whole number'],
    ['cosine:steps=9,peak=1,end=2', 'above its peak'],
    ['wsd:steps=9,peak=1,end=0', 'cannot end at 0'],
    ['cosine:steps=9,peak=1,warmup=9', 'no whole number below'],
    ['wsd:steps=9,peak=1,decay=20', 'fits between'],
    ['cosine:steps=9,peak=-1', 'no learning rate'],
  ])('%s is refused', (text, reason) => {
    const error = errorOf(() => parseSchedule(text));
    expect(error).toMatchObject({ code: 'SCHEDULE_INVALID', exit: 2 });
    expect(String(error)).toContain(reason);
  });

  it('tells what is wrong with rows', () => {
    expect(scheduleFault(rows([0, 2, 1], [1, 1, 1]))).toContain('do not rise');
    expect(scheduleFault(rows([0, 1], [1]))).toContain('one learning rate for each');
    expect(scheduleFault(rows([0, 1], [1, NaN]))).toContain('NaN is no learning rate');
    expect(scheduleFault(rows([0, 1], [1, 0]))).toBeUndefined();
  });
});
