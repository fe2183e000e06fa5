import { formatQuantity } from '../../core/quantity.ts';
import { roundPercent } from '../../core/percent.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import type { Fit } from '../../fit/result.ts';
import type { NextRuns } from './types.ts';

/** The plan is near the limit when its interval is within this factor of it. */
const nearLimit = 1.25;
/** Above this share of the budget a single run is a risk of its own. */
const largeShare = 0.5;
/** A limit this close to the interval of today says that no allowed run tells much of the target. */
const hardlyBetter = 0.7;

/** What a reader of a plan has to know beside its numbers. */
export function warningsOfNext(fit: Fit, plan: Omit<NextRuns, 'warnings'>, backtests: number | null): Warning[] {
  const warnings: Warning[] = [];
  const { runs, before, after, limit, budget } = plan;
  const beyond = plan.target.flops / (fit.data.ranges.flops?.[1] ?? NaN);
  const percent = (share: number): string => roundPercent(share, 2);
  if (plan.errors === 'coefficients')
    warnings.push(
      createWarning(
        'DESIGN_WITHOUT_FORM',
        'Only errors of the coefficients count: the plan takes the form of the law for certain.',
      ),
    );
  else if (backtests === 0)
    warnings.push(
      createWarning(
        'NO_BACKTEST_AT_DISTANCE',
        beyond > 1
          ? `The target lies ${formatQuantity(beyond)} times beyond the largest compute of the data, a distance that no backtest supports.`
          : 'No backtest supports the width of the intervals at the target.',
      ),
    );
  if (runs.length === 0)
    warnings.push(
      createWarning('DESIGN_EMPTY', 'No allowed run takes 0.5% off the interval at the target.', {
        numbers: { halfWidth: before.halfWidth, limit: limit.halfWidth },
      }),
    );
  else if (limit.halfWidth > hardlyBetter * before.halfWidth || after.halfWidth < nearLimit * limit.halfWidth)
    warnings.push(
      createWarning(
        'DESIGN_AT_LIMIT',
        `Every allowed run together, without noise, would leave ${percent(limit.halfWidth / before.halfWidth)} of today's interval and the plan leaves ${percent(after.halfWidth / before.halfWidth)}: what remains is the form of the law beyond these runs.`,
        { numbers: { limit: limit.halfWidth, after: after.halfWidth, before: before.halfWidth } },
      ),
    );
  const largest = runs.reduce((most, { flops }) => Math.max(most, flops), 0);
  if (largest > largeShare * budget)
    warnings.push(
      createWarning(
        'DESIGN_RESTS_ON_ONE_RUN',
        `One run takes ${percent(largest / budget)} of the budget; if it fails, so does the plan.`,
        { numbers: { share: largest / budget } },
      ),
    );
  return warnings;
}
