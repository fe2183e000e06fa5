import { describe, expect, it } from 'vitest';
import type { ScheduleConfig } from '../../src/proxy/runConfig.ts';
import { rateShare } from '../../src/proxy/schedule.ts';

const base: ScheduleConfig = { kind: 'cosine', rate: 1, warmup: 0.1, final: 0.1, decay: 0.2, cycle: 1 };
const at = (share: number, more: Partial<ScheduleConfig> = {}): number =>
  rateShare({ ...base, ...more }, 1000 * share, 1000, 1);

describe('the learning rate', () => {
  it('rises in a straight line, over a share or over tokens', () => {
    expect(at(0)).toBeCloseTo(0.01, 12);
    expect(at(0.05)).toBeCloseTo(0.51, 12);
    expect(at(0.1)).toBe(1);
    expect(at(0.1, { warmup: 200 })).toBeCloseTo(101 / 200, 12);
  });
  it('falls along a cosine to its end, whose cycle is the run', () => {
    expect(at(0.55)).toBeCloseTo(0.55, 12);
    expect(at(1)).toBeCloseTo(0.1, 12);
    expect(at(1, { cycle: 2 })).toBeGreaterThan(0.4);
  });
  it('stays and then falls in a straight line', () => {
    expect([0.5, 0.8, 0.9, 1].map((share) => at(share, { kind: 'wsd' }))).toEqual([
      1,
      1,
      expect.closeTo(0.55, 12),
      expect.closeTo(0.1, 12),
    ]);
  });
  it('or just stays', () => {
    expect(at(1, { kind: 'constant' })).toBe(1);
  });
});
