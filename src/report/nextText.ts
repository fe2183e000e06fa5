import { fixedPercent, roundPercent } from '../core/percent.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { NextRuns, TargetInterval } from '../plan/next/types.ts';
import { formatNumber } from './formula.ts';
import { alignColumns, createPaint } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

/**
 * Which runs to train next as a person reads it: the runs in their order with what each is worth, and the interval at the
 * target today, with them, at best, and with usual designs of the same cost.
 *
 * @example
 * ```ts
 * formatNextRuns(nextRuns(fit, { target: { flops: 1e24 }, budget: 1e21 })).includes('isoFLOP grid'); // true
 * ```
 */
export function formatNextRuns(plan: NextRuns, options: TextOptions = {}): string {
  const { color = false, width = 100 } = options;
  const paint = createPaint(color);
  const { target, runs, rivals, before, after, limit } = plan;
  const what = plan.criterion === 'params' ? 'best size' : 'loss';
  const half = halfOf(plan);
  const show =
    plan.criterion === 'params' ? (x: number): string => formatQuantity(x) : (x: number): string => x.toPrecision(4);
  const ends = ({ interval: [low, high] }: TargetInterval): string => `[${show(low)}, ${show(high)}]`;
  const table = alignColumns(
    [
      ['  run', 'batch', 'params', 'tokens', 'tokens/param', 'FLOP', 'seed', 'interval then', 'without it', 'saves'],
      ...runs.map((run) => [
        `  ${String(run.run)}`,
        String(run.batch),
        formatQuantity(run.params),
        formatQuantity(run.tokens),
        formatNumber(run.tokensPerParam, 3),
        formatQuantity(run.flops),
        String(run.seed),
        half(run.after),
        half(run.without),
        fixedPercent(run.saves, 1),
      ]),
    ],
    ['right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
  const [head, ...lines] = table;
  const intervals = alignColumns(
    [
      ['  today', half(before.halfWidth), ends(before), ''],
      ['  with these runs', half(after.halfWidth), ends(after), formatQuantity(plan.flops)],
      ...rivals.map(({ name, runs: others, flops, halfWidth }) => [
        `  with ${name.startsWith('iso') ? 'an ' : ''}${name}`,
        half(halfWidth),
        `${String(others.length)} runs, largest ${roundPercent(largestShare(others, plan.budget), 2)}`,
        formatQuantity(flops),
      ]),
      ['  every allowed run, no noise', half(limit.halfWidth), '', ''],
    ],
    ['left', 'right', 'left', 'right'],
  );
  const count = `${String(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}`;
  const place = `${formatQuantity(target.params)} params, ${formatQuantity(target.tokens)} tokens, ${formatQuantity(target.flops)} FLOP`;
  return [
    paint.bold(
      `Which runs next: ${count} of ${String(plan.candidates)} shapes, ${formatQuantity(plan.flops)} of ${formatQuantity(plan.budget)} FLOP`,
    ),
    `for the ${what} at ${place}`,
    ...(runs.length === 0 ? [] : ['', paint.bold(head), ...lines]),
    '',
    paint.bold(`Expected ${formatPercent(plan.confidence)} interval of the ${what} there`),
    ...intervals,
    '',
    paint.bold('Warnings'),
    ...warningLines(plan.warnings, { paint, width }),
  ].join('\n');
}

/** The share of the budget that the costliest run takes. */
const largestShare = (runs: readonly { readonly flops: number }[], budget: number): number =>
  runs.reduce((most, { flops }) => Math.max(most, flops), 0) / budget;

/** How half widths are shown: as per cent of the loss, as a factor of a size, or as they are. */
function halfOf({ criterion, scale }: NextRuns): (halfWidth: number) => string {
  if (criterion === 'params') return (halfWidth) => `x/÷ ${formatNumber(Math.exp(halfWidth), 3)}`;
  return scale === 'log'
    ? (halfWidth) => `±${fixedPercent(halfWidth, 2)}`
    : (halfWidth) => `±${formatNumber(halfWidth, 3)}`;
}

/** The runs as the lines of a CSV file, of which people and sweeps take sizes, tokens and seeds. */
export function nextRunsCsv({ runs }: Pick<NextRuns, 'runs'>): string {
  const lines = runs.map(({ run, params, tokens, flops, seed, batch }) =>
    [run, params, tokens, flops, seed, batch].map((value) => String(Number(value.toPrecision(12)))).join(','),
  );
  return `${['run,params,tokens,flops,seed,batch', ...lines].join('\n')}\n`;
}
