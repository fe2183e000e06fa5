import { quantileSorted } from '../../core/quantile.ts';
import { linearAxis } from '../axis.ts';
import type { Figure } from '../figure.ts';
import { coursesFigure, nameRuns, sizePlaces } from './courses.ts';
import { spreadByRun } from './ranks.ts';

/** The output of a branch over the checkpoints of a run. */
export interface AlignmentLine {
  readonly run: string;
  readonly params: number;
  readonly tokens: readonly number[];
  readonly alignments: readonly number[];
}

/** Alignment from which a layer counts as what it will be. */
export const settled = 0.9;

/** Linear CKA of the branches with their final state over the share of training: the median over layers, and a band. */
export function alignmentFigure(lines: readonly AlignmentLine[]): Figure {
  const runs = spreadByRun(lines, ({ alignments }) => alignments);
  const place = sizePlaces(runs.map(({ params }) => params));
  const { hasBands, groupOf } = nameRuns(runs.length);
  return coursesFigure(
    runs.map(({ run, params, tokens, at }) => ({
      name: run,
      group: groupOf(run, params),
      x: tokens.map((count) => count / tokens[tokens.length - 1]),
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
      title: 'When layers become what they will be',
      subtitle: `linear CKA of attention and MLP outputs with the last checkpoint · median over layers${hasBands ? ' · band: 10th to 90th percentile' : ''}`,
      xaxis: () => linearAxis({ quantity: 'share', range: [0, 1.01], title: 'Share of the training tokens' }),
      yaxis: ([low]) =>
        linearAxis({
          quantity: 'alignment',
          range: [Math.min(0.85, Math.max(0, low - 0.03)), 1.02],
          title: 'Linear CKA',
        }),
      threshold: { y: settled, text: `converged from ${String(settled)}` },
      hover: { x: 'share', y: 'CKA' },
    },
  );
}
