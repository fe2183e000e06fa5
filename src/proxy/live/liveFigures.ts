import type { Figure } from '../../plots/figure.ts';
import { learningCurves, type LearningCurve } from '../../plots/live/learningCurves.ts';
import { sizeLadder } from '../../plots/live/sizeLadder.ts';
import type { LiveInput } from './liveInput.ts';
import type { LiveState } from './liveState.ts';

/** The figures of a sweep: learning curves of all its runs, and loss over size with the current law. */
export interface LiveFigures {
  readonly curves: Figure;
  readonly ladder: Figure;
}

/** Draws a sweep as it stands. */
export function liveFigures({ recorded }: LiveInput, { runs, families, confidence }: LiveState): LiveFigures {
  const known = new Map(runs.map((run) => [run.name, run]));
  const curves = recorded.runs.map(({ name, rows }): LearningCurve => {
    const run = known.get(name);
    const status = run?.status === 'training' || run?.status === 'diverged' ? run.status : 'other';
    return {
      name,
      params: run?.params ?? NaN,
      tokens: rows.map(({ tokens }) => tokens),
      loss: rows.map(({ loss }) => loss),
      status,
    };
  });
  const ladder = families.map(({ family, fit, predictions }) => ({
    family,
    ended: runs.flatMap(({ status, family: own, name, params, tokens, loss }) =>
      own === family && status === 'done' && loss !== null ? [{ name, params, tokens, loss }] : [],
    ),
    law: fit && Object.fromEntries(Object.entries(fit.params).map(([name, { value }]) => [name, value])),
    predictions,
  }));
  const planned = runs.map(({ params, plannedTokens: tokens }) => ({ params, tokens }));
  return { curves: learningCurves(curves, planned), ladder: sizeLadder(ladder, planned, confidence) };
}
