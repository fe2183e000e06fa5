import type { Warning } from '../../core/warnings.ts';
import { predictPlanned, type LivePrediction } from './predictPlanned.ts';
import { fitEnded } from './fitEnded.ts';
import type { LiveInput } from './liveInput.ts';
import { liveRuns, type LiveRun } from './liveRuns.ts';
import { secondsLeft } from './secondsLeft.ts';

/** What a law fitted to the runs that have ended says, as far as they allow one. */
export interface LiveFamily {
  readonly family: string;
  /** Null where there is no fit yet; `missing` says why. */
  readonly fit: {
    readonly law: string;
    readonly points: number;
    readonly params: Readonly<Record<string, { readonly value: number; readonly stderr: number | null }>>;
    readonly warnings: readonly Warning[];
  } | null;
  readonly missing: string | null;
  readonly predictions: readonly LivePrediction[];
}

/** A sweep as it stands. */
export interface LiveState {
  readonly name: string;
  /** `ended` when every run has a result; else `running` while a process works on it, or `stopped`. */
  readonly state: 'running' | 'ended' | 'stopped';
  /** When it stood so, ISO 8601. */
  readonly at: string;
  readonly runs: readonly LiveRun[];
  readonly done: {
    /** Share of the planned FLOP, 0 to 1. */
    readonly share: number;
    readonly tokens: number;
    readonly plannedTokens: number;
    readonly plannedFlops: number;
    /** Estimate; null where nothing runs, or nothing is known of its speed. */
    readonly secondsLeft: number | null;
  };
  readonly confidence: number;
  readonly families: readonly LiveFamily[];
}

/** Confidence of the intervals of predictions. */
const confidence = 0.9;

/** How far the runs of a folder are, the law of those that have ended, and what it says of those to come. */
export function liveState(input: LiveInput): LiveState {
  const { recorded, isWorking, now } = input;
  const runs = liveRuns(input);
  const hasEnded = runs.every(({ status }) => status === 'done' || status === 'diverged');
  const state = hasEnded ? 'ended' : isWorking ? 'running' : 'stopped';
  const sum = (of: (run: LiveRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const plannedFlops = sum(({ plannedFlops }) => plannedFlops);
  return {
    name: recorded.name,
    state,
    at: new Date(now).toISOString(),
    runs,
    done: {
      share: plannedFlops > 0 ? sum((run) => run.share * run.plannedFlops) / plannedFlops : 0,
      tokens: sum(({ tokens }) => tokens),
      plannedTokens: sum(({ plannedTokens }) => plannedTokens),
      plannedFlops,
      secondsLeft: state === 'running' ? secondsLeft(runs, input) : null,
    },
    confidence,
    families: [...new Set(runs.map(({ family }) => family))].map((family) =>
      familyOf(
        family,
        runs.filter((run) => run.family === family),
      ),
    ),
  };
}

function familyOf(family: string, runs: readonly LiveRun[]): LiveFamily {
  const found = fitEnded(runs, confidence);
  if ('missing' in found) return { family, fit: null, missing: found.missing, predictions: [] };
  const { fit } = found;
  const params = Object.entries(fit.params).map(([name, { value, stderr }]) => [name, { value, stderr }] as const);
  return {
    family,
    fit: { law: fit.law, points: fit.points, params: Object.fromEntries(params), warnings: fit.warnings },
    missing: null,
    predictions: predictPlanned(fit, runs, confidence),
  };
}
