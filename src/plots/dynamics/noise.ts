import { formatQuantity } from '../../core/quantity.ts';
import { logAxis, padRange } from '../axis.ts';
import type { Figure } from '../figure.ts';
import { coursesFigure, nameRuns, sizePlaces } from './courses.ts';

/** Noise of the gradient over the checkpoints of a run. */
export interface NoiseLine {
  readonly run: string;
  readonly params: number;
  readonly losses: readonly number[];
  /** Tokens; NaN where the noise hides the signal. */
  readonly noise: readonly number[];
}

/** Critical batch sizes of one model at a ladder of losses. */
export interface CriticalLine {
  readonly family: string;
  readonly params: number;
  readonly rungs: readonly { readonly loss: number; readonly criticalBatch: number }[];
}

/** The batch size beyond which more tokens a step hardly help, over the loss: from gradients, and from runs of several batch sizes. */
export function noiseFigure(noise: readonly NoiseLine[], critical: readonly CriticalLine[]): Figure {
  const place = sizePlaces([...noise, ...critical].map(({ params }) => params));
  const { groupOf } = nameRuns(noise.length);
  return coursesFigure(
    [
      ...noise.map(({ run, params, losses, noise: values }) => ({
        name: run,
        group: `noise scale, ${groupOf(run, params)}`,
        x: losses,
        y: values,
        place: place(params),
      })),
      ...critical.map(({ params, family, rungs }) => ({
        name: `critical batch of ${formatQuantity(params)}, ${family}`,
        x: rungs.map(({ loss }) => loss),
        y: rungs.map(({ criticalBatch }) => criticalBatch),
        place: place(params),
        isLaw: true,
      })),
    ],
    {
      title: 'Batch size beyond which more tokens a step hardly help',
      subtitle:
        'points: simple noise scale of the gradient at a checkpoint · dashed: critical batch from runs of several batch sizes',
      // Training goes from left to right, as the loss falls.
      xaxis: (range) => {
        const axis = logAxis({ quantity: 'loss', range: padRange(range) });
        return { ...axis, range: [...(axis.range as number[])].reverse() };
      },
      yaxis: (range) => logAxis({ quantity: 'tokens', range: padRange(range), title: 'Batch size (tokens)' }),
      hover: { x: 'loss', y: 'tokens' },
    },
  );
}
