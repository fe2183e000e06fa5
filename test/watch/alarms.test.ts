import { describe, expect, it } from 'vitest';
import { faults, simulateCurve, simulateFamily } from '../../scripts/simulatedCurves.ts';
import { findAlarms, type Alarm } from '../../src/watch/alarms.ts';
import { bandOf, bandShares, type BandPoint } from '../../src/watch/band.ts';
import { curveOf, curveUpTo, type CurveRow } from '../../src/watch/curve.ts';
import { fitOf } from './fitOf.ts';

const run = { params: 1.5e9, plannedTokens: 3e10 };
const kinds = (alarms: readonly Alarm[]): string[] => alarms.map(({ kind }) => kind);
const plan = { name: 'made', params: 1e6, plannedTokens: 100 };
const made = (of: (k: number) => Partial<CurveRow>, rows = 100) =>
  curveOf(
    Array.from({ length: rows }, (_, k): CurveRow => ({
      tokens: k + 1,
      step: 10 * (k + 1),
      loss: 4 - 0.01 * k,
      ...of(k),
    })),
    plan,
  );
/** A band of the same width everywhere. */
const flat = (lower: number, upper: number): BandPoint[] =>
  bandShares.map((share) => ({
    share,
    tokens: 100 * share,
    loss: (lower + upper) / 2,
    lower,
    upper,
    from: 'law',
    reason: null,
  }));

describe('alarms', () => {
  it('find each simulated fault, and nothing in the same run without it', async () => {
    const family = simulateFamily(2);
    const band = bandOf(await fitOf(family), run, { confidence: 0.9, family }).points;
    const found = [undefined, ...faults].map((fault) =>
      kinds(findAlarms(simulateCurve({ ...run, seed: 2999, ...(fault === undefined ? {} : { fault }) }), band)),
    );
    expect(found[0]).toEqual([]);
    expect(found[1]).toEqual(['loss-above-band', 'gradient-norm', 'loss-spike']);
    expect(found[2]).toEqual(['diverged', 'loss-above-band', 'gradient-norm', 'loss-spike']);
    expect(found[3]).toEqual(['loss-above-band']);
    expect(found[4]).toEqual(['diverged']);
  });

  it('say where, how often, and whether it still holds', () => {
    const spikes = findAlarms(
      made((k) => (k === 50 || k === 70 ? { loss: 5 } : {})),
      null,
    );
    expect(spikes).toMatchObject([
      { kind: 'loss-spike', tokens: 51, step: 510, value: 5, count: 2, lastTokens: 71, isOngoing: false },
    ]);
    expect(spikes[0].message).toMatch(/^The loss jumps to 5 at 51 tokens/);
    const lost = findAlarms(
      made((k) => (k >= 60 ? { loss: Infinity } : {})),
      null,
    );
    expect(lost).toMatchObject([
      { kind: 'diverged', tokens: 61, value: null, threshold: null, count: 40, isOngoing: true },
    ]);
    expect(lost[0].message).toMatch(/no number at 61 tokens/);
    const stopped = findAlarms({ ...made(() => ({})), givenUp: 'it lies above its start' }, null);
    expect(stopped[0].message).toBe('What trains the run gave it up at 100 tokens: it lies above its start.');
  });

  it('tell a spike that is gone from a loss that stays high', () => {
    expect(
      kinds(
        findAlarms(
          made((k) => (k >= 50 && k < 53 ? { loss: 5 } : {})),
          null,
        ),
      ),
    ).toEqual(['loss-spike']);
    expect(
      kinds(
        findAlarms(
          made((k) => (k >= 50 ? { loss: 5 } : {})),
          null,
        ),
      ),
    ).toEqual(['diverged', 'loss-spike']);
  });

  it('hold the loss against the band with its margin, and below it when it stays there', () => {
    const healthy = made(() => ({ loss: 3 }));
    expect(findAlarms(healthy, flat(2.9, 3.1))).toEqual([]);
    expect(findAlarms(healthy, flat(2.9, 2.99))).toMatchObject([
      { kind: 'loss-outside-band', tokens: 10, threshold: 2.99 },
    ]);
    expect(findAlarms(healthy, flat(2.9, 2.97))).toMatchObject([
      { kind: 'loss-above-band', tokens: 10, threshold: expect.closeTo(2.99, 12) as number },
    ]);
    expect(kinds(findAlarms(healthy, flat(3.1, 3.2)))).toEqual(['loss-outside-band']);
    expect(
      findAlarms(
        made((k) => ({ loss: k === 50 ? 2 : 3 })),
        flat(2.9, 3.1),
      ),
    ).toEqual([]);
  });

  it('compare the norm of the gradient with its running median after a tenth of the run', () => {
    const norms = (peak: number, at: number) => made((k) => ({ gradientNorm: k === at ? peak : 1 + 0.1 * (k % 3) }));
    expect(findAlarms(norms(5, 50), null)).toMatchObject([
      { kind: 'gradient-norm', tokens: 51, value: 5, threshold: 4.4 },
    ]);
    expect(findAlarms(norms(4, 50), null)).toEqual([]);
    expect(findAlarms(norms(5, 6), null)).toEqual([]);
    expect(
      findAlarms(
        made((k) => ({ gradientNorm: k < 5 ? 1 : NaN })),
        null,
      ),
    ).toEqual([]);
    expect(kinds(findAlarms(norms(Infinity, 50), null))).toEqual(['diverged']);
  });

  it('find a loss that rises late, which a curve that flattens does not', () => {
    const rising = made((k) => ({ loss: k < 60 ? 4 - 0.02 * k : 2.8 + 0.003 * (k - 60) }));
    expect(findAlarms(rising, null)).toMatchObject([{ kind: 'late-rise', isOngoing: true }]);
    expect(
      findAlarms(
        made((k) => ({ loss: 2 + 2 / (k + 1) })),
        null,
      ),
    ).toEqual([]);
    expect(findAlarms(curveUpTo(rising, 0), null)).toEqual([]);
  });
});
