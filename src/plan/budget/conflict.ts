import { IsoflopError } from '../../core/errors.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { range, type Limit } from './limits.ts';
import { edgeOf, solve, type Problem } from './solve.ts';

/** What a plan has to be or reach at least. */
interface Demand {
  readonly title: string;
  readonly part: Partial<Problem>;
}

/** A demand and a limit that cannot both hold. */
interface Collision {
  readonly demand: string;
  readonly limit: Limit;
  readonly need: number;
  /** What else had to hold for this need. */
  readonly others: readonly string[];
}

const costNames: readonly string[] = ['flops', 'acceleratorHours', 'money'];

/** Below this factor a limit is met: what is asked for to the last digit passes through logarithms. */
const tolerance = 1 + 1e-9;

/**
 * Why no plan meets a request: the demand and the limit that collide, and how much more the limit would have to allow. Where
 * a pair collides by itself it is the one that does so most; else the limit is the one that would have to give way least
 * while all the others hold.
 *
 * @param served - tokens to be served, 0 for none
 */
export function contradiction(problem: Problem, theta: Float64Array, served: number): IsoflopError {
  const demands = demandsOf(problem, served);
  const all = Object.assign({}, ...demands.map(({ part }) => part)) as Partial<Problem>;
  const pairs = demands.flatMap(({ title, part }) =>
    problem.limits.map((limit): Collision => {
      const need = leastUsage(problem, theta, limit, part, []);
      // Whatever is asked for has to be served as well.
      const also = served > 0 && costNames.includes(limit.name) && title !== demands.at(-1)?.title;
      return { demand: title, limit, need, others: also ? [demands.at(-1)?.title ?? ''] : [] };
    }),
  );
  const factor = ({ need, limit }: Collision): number => need / limit.value;
  /** What a limit would have to allow with all demands and the other limits. */
  const offerOf = (demand: string, limit: Limit, kept: readonly Limit[]): Collision => {
    const others = kept.filter((other) => other !== limit);
    const held = [...demands.filter(({ title }) => title !== demand).map(({ title }) => title), ...others.map(titleOf)];
    return { demand, limit, need: leastUsage(problem, theta, limit, all, others), others: held };
  };
  /** The same pair with all else in force, where giving way is then enough. */
  const allOf = ({ demand, limit }: Collision): Collision | undefined => {
    const offer = offerOf(demand, limit, problem.limits);
    return offer.need < Infinity ? offer : undefined;
  };
  const worst = pairs.filter((pair) => factor(pair) > tolerance).sort((a, b) => factor(b) - factor(a));
  // A need that nothing meets says nothing of how much; any other pair says more.
  const finite = worst.find(({ need }) => need < Infinity);
  if (finite !== undefined) return errorOf(allOf(finite) ?? finite);
  const data = dataNeeded(problem, theta);
  if (data !== null) return data;
  // Limits give way one after another until something is possible; each is asked what it would have to allow.
  for (let kept = [...problem.limits]; kept.length > 0; kept = kept.slice(1)) {
    const offers = kept
      .map((limit) => offerOf(demands[0]?.title ?? 'the request', limit, kept))
      .filter(({ need }) => need < Infinity)
      .sort((a, b) => factor(a) - factor(b));
    if (offers.length > 0) return errorOf(offers[0]);
  }
  throw new RangeError('a request without limits contradicts itself');
}

/** The error of a loss that the distinct tokens do not allow, whatever the other limits. */
function dataNeeded(problem: Problem, theta: Float64Array): IsoflopError | null {
  const { uniqueTokens, withUnique } = problem.data;
  const { logTarget } = problem;
  if (logTarget === null || !(uniqueTokens < Infinity)) return null;
  const far = Math.log(range.high);
  const reaches = (logUnique: number): boolean =>
    withUnique(Math.exp(logUnique)).logLossAt(theta, far, far) <= logTarget;
  const given = Math.log(uniqueTokens);
  if (reaches(given)) return null;
  const needed = Math.exp(edgeOf(reaches, far, given));
  return new IsoflopError('PLAN_CONTRADICTORY', {
    first: `A loss of ${show(logTarget)}`,
    second: `the ${formatQuantity(uniqueTokens)} distinct tokens`,
    need: `even with all the compute there is, the first takes at least ${formatQuantity(needed)} distinct tokens`,
    factor: needed / uniqueTokens,
    remedy: 'Find more data, or ask for a higher loss.',
  });
}

const show = (logTarget: number): string => String(Number(Math.exp(logTarget).toPrecision(6)));

function demandsOf(problem: Problem, served: number): Demand[] {
  const { minParams, minTokens, logTarget } = problem;
  const demands: Demand[] = [];
  if (logTarget !== null) demands.push({ title: `a loss of ${show(logTarget)}`, part: { logTarget } });
  if (minParams > 0) demands.push({ title: `at least ${formatQuantity(minParams)} parameters`, part: { minParams } });
  if (minTokens > 0) demands.push({ title: `at least ${formatQuantity(minTokens)} tokens`, part: { minTokens } });
  if (served > 0) demands.push({ title: `serving ${formatQuantity(served)} tokens`, part: {} });
  return demands;
}

/** How much of a limit the demands take at least while other limits hold; Infinity where nothing is possible. */
function leastUsage(
  problem: Problem,
  theta: Float64Array,
  limit: Limit,
  demands: Partial<Problem>,
  others: readonly Limit[],
): number {
  const found = solve(
    {
      workload: problem.workload,
      data: problem.data,
      limits: others,
      minParams: 0,
      minTokens: 0,
      // Any loss will do where none is asked for: the fewest tokens are then enough.
      logTarget: Infinity,
      ...demands,
      currency: problem.currency,
      cost: limit.usage,
    },
    theta,
    60,
  );
  return found === null ? Infinity : Math.exp(found.value);
}

function errorOf({ demand, limit, need, others }: Collision): IsoflopError {
  const held = others.length === 0 ? '' : ` (with ${others.join(' and ')})`;
  return new IsoflopError('PLAN_CONTRADICTORY', {
    first: capital(demand),
    second: titleOf(limit),
    need: `the first takes at least ${limit.show(need)}${held}`,
    factor: need / limit.value,
    remedy: `Allow more, or ask for less; ${limit.title} would have to be ${limit.show(need)}.`,
  });
}

const titleOf = (limit: Limit): string => `${limit.title} of at most ${limit.show(limit.value)}`;
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
