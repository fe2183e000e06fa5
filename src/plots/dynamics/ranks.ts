import { quantileSorted } from '../../core/quantile.ts';
import { linearAxis, logAxis, padRange } from '../axis.ts';
import type { Figure } from '../figure.ts';
import { coursesFigure, nameRuns, sizePlaces } from './courses.ts';

/** A matrix over the checkpoints of a run. */
export interface RankLine {
  readonly run: string;
  readonly params: number;
  readonly tokens: readonly number[];
  readonly ranks: readonly number[];
}

/** Runs side by side: the values of all their lines at each checkpoint, sorted. */
export function spreadByRun<
  T extends { readonly run: string; readonly params: number; readonly tokens: readonly number[] },
>(
  lines: readonly T[],
  values: (line: T) => readonly number[],
): { readonly run: string; readonly params: number; readonly tokens: readonly number[]; readonly at: number[][] }[] {
  const runs = [...new Set(lines.map(({ run }) => run))];
  return runs.map((run) => {
    const own = lines.filter((line) => line.run === run);
    const [{ params, tokens }] = own;
    const at = tokens.map((_, k) =>
      own
        .map((line) => values(line)[k])
        .filter(Number.isFinite)
        .sort((a, b) => a - b),
    );
    return { run, params, tokens, at };
  });
}

/** Effective rank of the matrices of each run over its training: the median, and a band from the tenth to the ninetieth percentile. */
export function ranksFigure(lines: readonly RankLine[]): Figure {
  const runs = spreadByRun(lines, ({ ranks }) => ranks);
  const place = sizePlaces(runs.map(({ params }) => params));
  const { hasBands, groupOf } = nameRuns(runs.length);
  const [first] = runs;
  const one = first.at.at(-1) ?? [];
  return coursesFigure(
    runs.map(({ run, params, tokens, at }) => ({
      name: run,
      group: groupOf(run, params),
      x: tokens,
      y: at.map((values) => quantileSorted(values, 0.5)),
      ...(hasBands
        ? {
            lower: at.map((values) => quantileSorted(values, 0.1)),
            upper: at.map((values) => quantileSorted(values, 0.9)),
          }
        : {}),
      place: place(params),
    })),
    {
      title: 'Effective rank of the matrices over training',
      subtitle: `median over ${String(one.length)} matrices${hasBands ? ' · band: 10th to 90th percentile' : ''} · 1 is full rank with equal singular values`,
      xaxis: (range) => logAxis({ quantity: 'tokens', range: padRange(range) }),
      yaxis: ([low]) =>
        linearAxis({ quantity: 'rank', range: [Math.max(0, low - 0.05), 1.02], title: 'Proportional effective rank' }),
      hover: { x: 'tokens', y: 'rank' },
    },
  );
}
