import type { LiveRun } from './liveRuns.ts';
import type { LiveInput } from './liveInput.ts';

/** How an evaluation of as many tokens compares with training on them: a forward pass alone. */
const evaluationShare = 1 / 3;
/**
 * Power of the size with which the seconds of a token are taken to grow where only one size is known: 1 where arithmetic
 * takes the time, 0 where starting each operation does, as in small models.
 */
const usualPower = 0.75;

/** Seconds that a token takes, by the size of the model: of runs that have ended, else of those that go on. */
function paces(runs: readonly LiveRun[], { recorded }: LiveInput): ReadonlyMap<number, number> {
  const ended = new Map<number, { seconds: number; tokens: number }>();
  for (const { result } of recorded.runs) {
    if (result === undefined || !(result.tokens > 0)) continue;
    const sum = ended.get(result.params) ?? { seconds: 0, tokens: 0 };
    ended.set(result.params, { seconds: sum.seconds + result.seconds, tokens: sum.tokens + result.tokens });
  }
  const found = new Map([...ended].map(([params, { seconds, tokens }]) => [params, seconds / tokens]));
  const planned = new Map(runs.map((run) => [run.name, run]));
  const addTraining = (leastRows: number): void => {
    for (const { name, config, rows } of recorded.runs) {
      const { params, plannedTokens, tokensPerSecond } = planned.get(name) ?? { tokensPerSecond: null };
      if (rows.length < leastRows || tokensPerSecond === null || !(tokensPerSecond > 0) || found.has(params)) continue;
      // The speed in the rows is that of the steps alone.
      const evaluated = config.evaluations * config.evaluationRows * config.model.context;
      found.set(params, (1 + (evaluationShare * evaluated) / plannedTokens) / tokensPerSecond);
    }
  };
  // The first speed that a run records is that of an engine which still warms up.
  addTraining(2);
  if (found.size === 0) addTraining(1);
  return found;
}

/** Seconds of a token by size: as measured, else along the power law through the two sizes next to it. */
function paceBySize(known: readonly (readonly [params: number, seconds: number])[]): (size: number) => number {
  return (size) => {
    const away = (params: number): number => Math.abs(Math.log(params / size));
    const [nearest, second] = known.toSorted(([a], [b]) => away(a) - away(b)) as [
      readonly [number, number],
      (readonly [number, number])?,
    ];
    const [params, seconds] = nearest;
    if (params === size) return seconds;
    const power = second === undefined ? usualPower : Math.log(second[1] / seconds) / Math.log(second[0] / params);
    // Noise in the speeds of two sizes that are near each other would be blown up.
    return seconds * (size / params) ** Math.min(1, Math.max(0, power));
  };
}

/**
 * Seconds until all runs will have ended, as many at once as now, each at the pace of its size.
 *
 * @returns null where no pace is known
 */
export function secondsLeft(runs: readonly LiveRun[], input: LiveInput): number | null {
  const known = [...paces(runs, input)].filter(([, seconds]) => seconds > 0);
  if (known.length === 0) return null;
  const paceOf = paceBySize(known);
  const training = runs.filter(({ status }) => status === 'training');
  const loads = training.map(({ name, params, tokens, plannedTokens }) => {
    const since = Math.max(0, input.now - (input.times.get(name)?.rows ?? input.now)) / 1000;
    return Math.max(0, (plannedTokens - tokens) * paceOf(params) - since);
  });
  if (loads.length === 0) loads.push(0);
  for (const { status, params, tokens, plannedTokens } of runs)
    if (status === 'waiting')
      // Runs begin in order, each in the process that is free first.
      loads[loads.indexOf(Math.min(...loads))] += (plannedTokens - tokens) * paceOf(params);
  return Math.max(...loads);
}
