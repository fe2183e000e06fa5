import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/backtest/calibrate.ts';
import type { IsoflopError } from '../../src/core/errors.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import type { FitOptions } from '../../src/fit/options.ts';
import type { Fit } from '../../src/fit/result.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { describeFormula, formulaLaw } from '../../src/laws/formula/formulaLaw.ts';
import type { Law } from '../../src/laws/law.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { decodeFit, encodeFit } from '../../src/report/savedFit.ts';
import type { Runs } from '../../src/runs/index.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { summarizeFit } from '../../src/uncertainty/summarize.ts';
import { checkpointGrid, plannedRuns, sizeGrid, sixSizes, sumLoss } from '../helpers/designs.ts';
import { errorOf } from '../helpers/errors.ts';

function calibrated(law: Law, runs: Runs, options: FitOptions = {}): Fit {
  const fit = fitLaw(law, runs, options);
  const covariance = estimateCovariance(fit, groupRows(fit), 'sandwich');
  return summarizeFit(fit, { covariance, calibration: calibrate(fit, { fit: options }).calibration });
}

const runs = plannedRuns(sizeGrid(sixSizes, [5, 20, 80, 320]), sumLoss());
const fit = calibrated(chinchilla, runs);
const text = encodeFit(fit, { command: null });
const points = [
  { params: 1e9, tokens: 2e10 },
  { params: 1e11, tokens: 2e12 },
];

describe('a saved calibration', () => {
  it.each<[string, () => Fit]>([
    ['of runs', () => fit],
    ['of checkpoints', () => calibrated(chinchilla, plannedRuns(checkpointGrid(sixSizes, 6), sumLoss()))],
    [
      'with a term that is off and a fixed exponent',
      () => calibrated(chinchilla, runs, { fixed: { A: 0, alpha: 0.3 } }),
    ],
    [
      'of a formula',
      () => calibrated(formulaLaw(describeFormula('loss ~ E + A/params^a', { columns: ['params', 'loss'] })), runs),
    ],
  ])('%s predicts the same, bit for bit', (_, make) => {
    const made = make();
    expect(made.calibration?.splits.length).toBeGreaterThan(0);
    const read = decodeFit(encodeFit(made, { command: null }), 'x.json');
    expect(read.calibration).toStrictEqual(made.calibration);
    const [before, after] = [made, read].map((one) => predictPoints(one, points).points.map((p) => p.calibrated));
    expect(before.every((point) => point !== null && Number.isFinite(point.newRun[0]))).toBe(true);
    expect(after).toStrictEqual(before);
  });

  it('keeps scores that are not finite', () => {
    const { calibration } = fit;
    if (calibration === null) throw new Error('no calibration');
    const [first, ...others] = calibration.splits;
    const scores = first.scores.map(() => Infinity);
    const odd = { ...fit, calibration: { ...calibration, splits: [{ ...first, scores }, ...others] } };
    expect(decodeFit(encodeFit(odd, { command: null }), 'x.json').calibration).toStrictEqual(odd.calibration);
  });

  it('need not be there', () => {
    const { calibration, ...rest } = JSON.parse(text) as Record<string, unknown>;
    expect(calibration).toBeDefined();
    const read = decodeFit(JSON.stringify(rest), 'x.json');
    expect(read.calibration).toBeNull();
    expect(predictPoints(read, points).points[0].calibrated).toBeNull();
  });
});

type Json = Record<string, unknown>;

/** The error that reading the document raises after a change of its calibration. */
function damaged(change: (calibration: Json, document: Json) => void): IsoflopError {
  const document = JSON.parse(text) as Json;
  change(document.calibration as Json, document);
  return errorOf(() => decodeFit(JSON.stringify(document), 'bad.json'));
}

const form = (calibration: Json): Json => (calibration.forms as Json[])[0];
const list = (holder: Json, name: string): unknown[] => holder[name] as unknown[];

describe('a damaged calibration', () => {
  it.each<[string, string, (calibration: Json, document: Json) => void]>([
    ['without a law', 'calibration.forms holds no law', (c) => list(c, 'forms').splice(0)],
    ['rows beyond those of the fit', 'calibration.rows is not all below 24', (c) => list(c, 'rows').push(24)],
    ['rows below zero', 'calibration.rows[0]', (c) => (list(c, 'rows')[0] = -1)],
    ['runs of other rows', 'calibration.runs has 1 items, not 24', (c) => (c.runs = [0])],
    ['too few coordinates', 'calibration.forms[0].theta has 4 items, not the 5', (c) => list(form(c), 'theta').pop()],
    ['too many means', 'calibration.forms[0].means has 3 items', (c) => list(form(c), 'means').push(1)],
    [
      'too few lengths',
      'calibration.forms[0].scales.lengths has 1 items, not the 2',
      (c) => list(form(c).scales as Json, 'lengths').pop(),
    ],
    ['no noise', 'calibration.forms[0].scales.noise', (c) => ((form(c).scales as Json).noise = 0)],
    ['a law that is not known', 'calibration.forms[0].law is "chinchila"', (c) => (form(c).law = 'chinchila')],
    ['a parameter that the law lacks', 'holds or ties gamma', (c) => (form(c).tied = { gamma: 'alpha' })],
    ['a held parameter that the law lacks', 'holds or ties k', (c) => (form(c).held = ['k'])],
    [
      'an input that the rows lack',
      'takes x, which the fitted rows lack',
      (c) => {
        const formula = { text: 'loss ~ E + A/x^a', inputs: ['x'], positive: [] };
        list(c, 'forms').push({
          ...form(c),
          law: formula.text,
          formula,
          theta: [1, 1, 1],
          means: [0],
          held: [],
          tied: {},
          scales: { ...(form(c).scales as Json), lengths: [1] },
        });
      },
    ],
    [
      'scores of another length',
      'calibration.splits[0].scores is not',
      (c) => ((list(c, 'splits')[0] as Json).scores = 'AAAAAAAA8D8='),
    ],
  ])('with %s is refused with the place', (_, message, change) => {
    const error = damaged(change);
    expect(error.code).toBe('FIT_INVALID');
    expect(error.message).toContain(message);
  });
});
