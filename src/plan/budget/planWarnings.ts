import { formatQuantity } from '../../core/quantity.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import type { Fit } from '../../fit/result.ts';
import type { HyperParameters } from './hyperParameters.ts';
import type { PlanRequest } from './request.ts';

/** What a plan chose, as far as the warnings look at it. */
interface Chosen {
  readonly params: number;
  readonly tokens: number;
  readonly hyper: HyperParameters;
  /** Whether the law itself knows what repeated tokens are worth. */
  readonly hasOwnRepetition: boolean;
}

/** Epochs up to which repeated data are nearly as good as new, and up to which they are worth anything. @see arXiv 2305.16264 */
const epochs = { good: 4, worthless: 40 };
/** Beyond the ratios among the runs by more than this, a ratio is a warning. */
const outsideBy = 1.05;

/** Why to be careful with a plan, beside what its prediction says. */
export function planWarnings(fit: Fit, request: PlanRequest, chosen: Chosen): Warning[] {
  const { params, tokens, hyper, hasOwnRepetition } = chosen;
  const warnings = ratioWarning(fit, tokens / params);
  const borrowed = [
    ...(hyper.batch.borrowed ? ['the batch'] : []),
    ...(hyper.learningRate.borrowed ? ['the learning rate'] : []),
  ];
  if (borrowed.length > 0)
    warnings.push(
      createWarning(
        'PLAN_BORROWED',
        `${capital(borrowed.join(' and '))} ${borrowed.length > 1 ? 'are those' : 'is that'} of the published Step Law (arXiv 2503.04715), fitted to other runs.`,
      ),
    );
  if (request.wallClock !== undefined && hyper.criticalBatch.borrowed)
    warnings.push(
      createWarning('PLAN_BORROWED', 'The critical batch is that of Kaplan et al. (arXiv 2001.08361), of WebText2.'),
    );
  const { uniqueTokens } = request;
  if (uniqueTokens !== undefined && tokens > uniqueTokens * 1.001) {
    const seen = tokens / uniqueTokens;
    if (!hasOwnRepetition && request.repetition === undefined)
      warnings.push(
        createWarning(
          'PLAN_BORROWED',
          'What repeated tokens are worth is that of Muennighoff et al. (arXiv 2305.16264).',
        ),
      );
    if (seen > epochs.good)
      warnings.push(
        createWarning(
          'PLAN_REPEATS',
          `The data are seen ${formatQuantity(seen)} times: beyond ${String(epochs.good)} epochs repeated tokens are worth less and less, beyond ${String(epochs.worthless)} nothing, and the law knows no overfitting.`,
          { numbers: { epochs: seen }, level: seen > epochs.worthless ? 'error' : 'warning' },
        ),
      );
  }
  return warnings;
}

/** A ratio of tokens to parameters that no run has: what serving asks for is often far beyond those of a ladder. */
function ratioWarning(fit: Fit, ratio: number): Warning[] {
  const { params, tokens } = fit.fitted.columns;
  if (params === undefined || tokens === undefined || fit.fitted.rows === 0) return [];
  let [low, high] = [Infinity, 0];
  for (let i = 0; i < fit.fitted.rows; i++) {
    const one = tokens[i] / params[i];
    if (one < low) low = one;
    if (one > high) high = one;
  }
  if (ratio <= high * outsideBy && ratio >= low / outsideBy) return [];
  const times = ratio > high ? ratio / high : low / ratio;
  return [
    createWarning(
      'PLAN_RATIO',
      `The plan has ${formatQuantity(ratio)} tokens per parameter, the runs ${formatQuantity(low)} to ${formatQuantity(high)}: ${formatQuantity(times)} times ${ratio > high ? 'above' : 'below'}.`,
      { numbers: { ratio, low, high } },
    ),
  ];
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
