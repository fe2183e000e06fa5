import { beforeAll, describe, expect, it } from 'vitest';
import { studentQuantile } from '../../src/core/special.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { laws } from '../../src/laws/index.ts';
import { toCoordinates, type Law } from '../../src/laws/law.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { lawCases, type LawCase } from './lawCases.ts';
import { drawRuns } from './lawChecks.ts';

const draws = 200;

/** What the fits of all draws say about one parameter. */
interface Tally {
  /** Draws whose 99% interval does not hold the truth. */
  missed: number;
  /** Sum of the squared distances from the truth, in standard errors. */
  squares: number;
}

/** Fits every draw and counts; draws whose status says that something is not determined count as unsure. */
function simulate(law: Law, entry: LawCase): { tallies: Map<string, Tally>; unsure: string[] } {
  const truth = toCoordinates(law, entry.params);
  const p = law.params.length;
  const tallies = new Map(law.params.map(({ name }) => [name, { missed: 0, squares: 0 }]));
  const unsure: string[] = [];
  for (let seed = 0; seed < draws; seed++) {
    const runs = drawRuns(law, entry, { rows: entry.rows ?? 200, seed: 1000 + seed, noise: 0.01 });
    const fit = fitLaw(law, runs, { objective: 'log-mse' });
    if (fit.status !== 'converged') {
      unsure.push(fit.reasons.join(' '));
      continue;
    }
    const { matrix, degreesOfFreedom } = estimateCovariance(fit, groupRows(fit), 'classical');
    const t = studentQuantile(0.995, degreesOfFreedom);
    for (const [k, { name }] of law.params.entries()) {
      const distance = Math.abs(fit.theta[k] - truth[k]) / Math.sqrt(matrix?.[k * p + k] ?? NaN);
      const tally = tallies.get(name);
      if (tally === undefined) continue;
      if (!(distance <= t)) tally.missed++;
      tally.squares += distance ** 2;
    }
  }
  return { tallies, unsure };
}

/**
 * Simulates every `of`-th law from number `part` on: from data with 1% noise its 99% intervals hold the truth in about 99% of
 * the draws and are no wider than they have to be, or its status says what it cannot tell.
 */
export function testCoverage(part: number, of: number): void {
  const some = laws.filter((_, k) => k % of === part);
  describe.each(some.map((law) => [law.id, law] as const))(`%s, ${String(draws)} draws with 1%% noise`, (id, law) => {
    const { unidentified = [] } = lawCases[id];
    let tallies: Map<string, Tally>;
    let unsure: string[];
    beforeAll(() => {
      ({ tallies, unsure } = simulate(law, lawCases[id]));
    }, 120_000);

    it(unidentified.length === 0 ? 'determine every parameter' : `do not determine ${unidentified.join(', ')}`, () => {
      if (unidentified.length === 0) expect(unsure.length, unsure[0]).toBeLessThanOrEqual(draws / 50);
      for (const reasons of unsure)
        expect(unidentified.length === 0 || unidentified.some((name) => reasons.includes(name)), reasons).toBe(true);
      if (unidentified.length > 0) expect(unsure.length).toBeGreaterThan(0);
    });

    it('have 99% intervals that hold the truth as often as they say', () => {
      // Where most draws leave a parameter undetermined there are too few intervals to count.
      if (unsure.length > draws / 2) return;
      for (const [name, { missed, squares }] of tallies) {
        // With 200 draws, 8 or more misses have a probability of 0.1% where 1% is the truth.
        expect(missed, `misses of ${name}`).toBeLessThanOrEqual(7);
        // Were the errors far too large, nothing would ever be missed; the mean square then falls below 1.
        expect(squares / (draws - unsure.length), `mean square of ${name}`).toBeGreaterThan(0.65);
      }
    });
  });
}
