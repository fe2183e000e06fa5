import { expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { diagnose } from '../../src/uncertainty/diagnostics/index.ts';
import {
  checkpointGrid,
  coupledLoss,
  isoflopGrid,
  plannedRuns,
  sixSizes,
  sizeGrid,
  sumLoss,
  type Planned,
} from '../helpers/designs.ts';

const sets = 120;

/** How many of the sets raise each code. */
function count(plan: readonly Planned[], loss: (row: Planned, index: number) => number, noise: number) {
  const codes = new Map<string, number>();
  for (let seed = 0; seed < sets; seed++) {
    const fit = fitLaw(chinchilla, plannedRuns(plan, loss, { noise, seed }));
    for (const code of new Set([...fit.warnings, ...diagnose(fit)].map((warning) => warning.code)))
      codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return codes;
}

it.each([
  ['isoFLOP sets', isoflopGrid(), 0.005],
  ['a small grid', sizeGrid(sixSizes.slice(1), [5, 20, 80, 320]), 0.005],
  ['three seeds', sizeGrid(sixSizes, [5, 20, 80, 320], 3), 0.005],
  ['checkpoints', checkpointGrid(sixSizes, 20), 0.002],
] as const)('the right law on clean data raises each warning at most once in forty times: %s', (_name, plan, noise) => {
  for (const [code, raised] of count(plan, sumLoss(), noise)) expect(raised, code).toBeLessThanOrEqual(0.025 * sets);
});

it('the wrong form is told nearly always', () => {
  expect(count(isoflopGrid(), coupledLoss(0.5), 0.005).get('SADDLE_RESIDUALS')).toBeGreaterThanOrEqual(0.9 * sets);
});

it('a run that is 5% off is told nearly always', () => {
  const loss = (row: Planned, i: number): number => sumLoss()(row) * (i === 20 ? 1.05 : 1);
  expect(count(isoflopGrid(), loss, 0.005).get('OUTLIERS')).toBeGreaterThanOrEqual(0.95 * sets);
});
