import type { LiveRun } from './liveRuns.ts';
import type { LiveInput } from './liveInput.ts';

/** How an evaluation of as many tokens compares with training on them: a forward pass alone. */
const evaluationShare = 1 / 3;

/** Seconds that a token takes, by the size of the model: of runs that have ended, else of those that go on. */
function paces(runs: readonly LiveRun[], { recorded }: LiveInput): ReadonlyMap<number, number> {
  const ended = new Map<number, { seconds: number; tokens: number }>();
  for (const { result } of recorded.runs) {
    if (result === undefined || !(result.tokens > 0)) continue;
    const sum = ended.get(result.params) ?? { seconds: 0, tokens: 0 };
    ended.set(result.params, { seconds: sum.seconds + result.seconds, tokens: sum.tokens + result.tokens });
  }
  const found = new Map([...ended].map(([params, { seconds, tokens }]) => [params, seconds / tokens]));
  const configs = new Map(recorded.plan.map((config) => [config.name, config]));
  for (const { name, params, plannedTokens, tokensPerSecond } of runs) {
    const config = configs.get(name);
    if (found.has(params) || config === undefined || tokensPerSecond === null || !(tokensPerSecond > 0)) continue;
    // The speed in the rows is that of the steps alone.
    const evaluated = config.evaluations * config.evaluationRows * config.model.context;
    found.set(params, (1 + (evaluationShare * evaluated) / plannedTokens) / tokensPerSecond);
  }
  return found;
}

/**
 * Seconds until all runs will have ended, as many at once as now: each at the pace of its size, or in proportion to the
 * nearest size of which it is known.
 *
 * @returns null where no pace is known
 */
export function secondsLeft(runs: readonly LiveRun[], input: LiveInput): number | null {
  const known = [...paces(runs, input)].filter(([, seconds]) => seconds > 0);
  if (known.length === 0) return null;
  const paceOf = (size: number): number => {
    const away = ([params]: readonly [number, number]): number => Math.abs(Math.log(params / size));
    const [params, seconds] = known.reduce((one, other) => (away(other) < away(one) ? other : one));
    return (seconds * size) / params;
  };
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
