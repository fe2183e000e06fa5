import { fixedPercent } from '../../core/percent.ts';
import type { Calibration, Fit } from '../../fit/result.ts';
import { calibrationFacts } from '../calibrationText.ts';
import { formatNumber } from '../formula.ts';
import { formatWhole } from '../layout.ts';
import { showValue } from './data.ts';
import type { CardBlock, CardSection } from './document.ts';

/** How far beyond the runs that a backtest knew the runs lay that it was asked about, at most, as a factor. */
function reachOf(splits: Calibration['splits']): number {
  let farthest = 0;
  for (const { distances } of splits) for (const distance of distances) farthest = Math.max(farthest, distance);
  return Math.exp(farthest);
}

/**
 * What backtests on the runs of a fit measured, in a few words; `null` where there were none.
 *
 * @example
 * ```ts
 * backtestSummary({ calibration: null }); // null
 * ```
 */
export function backtestSummary({ calibration }: Pick<Fit, 'calibration'>): string | null {
  if (calibration === null || calibration.splits.length === 0) return null;
  const { measured, splits, holdout } = calibration;
  const held =
    measured.coverage === null
      ? ''
      : `, ${fixedPercent(measured.nominal, 0)} intervals held ${fixedPercent(measured.coverage, 0)}`;
  return `backtests to ${formatNumber(reachOf(splits), 2)}x the known ${holdout}${held}`;
}

/** The backtests one by one: what they knew and what they were asked. */
function splitsTable({ splits, holdout, measured }: Calibration): CardBlock {
  return {
    kind: 'table',
    caption: `Backtests: fitted to the runs below a cut in ${holdout}, asked about those above (${formatWhole(measured.runs)} in all)`,
    columns: ['Cut', 'Known rows', 'Asked', 'Farthest'].map((name) => ({ name, align: 'right' })),
    rows: splits.map((split) => [
      showValue(holdout, split.cut),
      formatWhole(split.train),
      formatWhole(split.test),
      `${formatNumber(reachOf([split]), 3)}x`,
    ]),
  };
}

/**
 * How well the fit predicted runs that it had not seen.
 *
 * @param note - what was stated about it, or `null`
 */
export function validationSection(fit: Fit, note: string | null): CardSection {
  const facts = calibrationFacts(fit);
  const remedy = fit.points === 0 ? 'That takes runs.' : 'Run isoflop backtest on the same runs.';
  const gap = `Not validated: nothing in this record says how well the fit predicts runs that it has not seen. ${remedy}`;
  const blocks: CardBlock[] = [
    ...(facts.length === 0
      ? []
      : [{ kind: 'facts' as const, caption: 'Backtests on the rows of the fit', rows: facts }]),
    ...(fit.calibration === null || facts.length === 0 ? [] : [splitsTable(fit.calibration)]),
    ...(note === null && facts.length > 0 ? [] : [{ kind: 'text' as const, text: note ?? gap }]),
  ];
  return { id: 'validation', heading: 'Validation', blocks };
}
