import { fixedPercent } from '../core/percent.ts';
import type { Fit } from '../fit/result.ts';
import type { CalibratedPoint } from '../plan/predictPoints.ts';
import { formatQuantity } from '../core/quantity.ts';
import { formatNumber } from './formula.ts';
import { countOf } from './keptText.ts';
import { formatWhole } from './layout.ts';

/** What backtests on the runs of a fit say, as labels and sentences; none where there were no backtests. */
export function calibrationFacts({ calibration }: Pick<Fit, 'calibration'>): (readonly [string, string])[] {
  if (calibration === null || calibration.splits.length === 0) return [];
  const { measured, splits, forms, holdout, scale } = calibration;
  const cuts = splits.map(({ cut }) => formatQuantity(cut));
  const ends = cuts.length === 1 ? cuts[0] : `${cuts[0]} to ${cuts[cuts.length - 1]}`;
  const error = (size: number | null): string => {
    if (size === null) return '?';
    return scale === 'log' ? `${formatNumber(100 * size, 2)}%` : formatNumber(size, 2);
  };
  const plain =
    measured.plainCoverage === null
      ? ''
      : `; the interval of the coefficients alone, which papers print, would have held ${fixedPercent(measured.plainCoverage, 0, 'unknown')}`;
  return [
    [
      'asked',
      `${countOf(splits.length, 'backtest')}: fitted below ${holdout} of ${ends}, asked about ${countOf(measured.runs, 'run')} above`,
    ],
    [
      'coverage',
      `${fixedPercent(measured.nominal, 0, 'unknown')} intervals for a new run held ${fixedPercent(measured.coverage, 0, 'unknown')}${plain}`,
    ],
    [
      'error',
      `${forms.map((form) => `${form.law} ${error(form.backtestError)}`).join(', ')} (root mean square); calibrated predictions span these laws`,
    ],
  ];
}

/** The calibrated loss with its interval for a new run, and the backtests that support it. */
export function calibratedCells(point: CalibratedPoint | null, format: (value: number) => string): [string, string] {
  if (point === null) return ['-', '-'];
  const { newRun, backtests, runs } = point;
  const support = backtests === 0 ? 'none' : `${formatWhole(backtests)} (${countOf(runs, 'run')})`;
  return [`${format(point.loss)} [${newRun.map(format).join(', ')}]`, support];
}
