import { formatQuantity } from '../../core/quantity.ts';
import { formatTime } from './units.ts';
import type { PlanRequest } from './request.ts';
import type { CostName, Workload } from './workload.ts';

/** Something that a plan may not exceed. */
export interface Limit {
  readonly name: LimitName;
  readonly value: number;
  /** How much of it a model and its tokens take. */
  readonly usage: (params: number, tokens: number) => number;
  /** The most tokens that a model may be trained on; 0 where it may not be trained at all. */
  readonly mostTokens: (params: number) => number;
  /** A value of it with its unit. */
  readonly show: (value: number) => string;
  /** What it limits, in words. */
  readonly title: string;
}

export type LimitName =
  'flops' | 'acceleratorHours' | 'money' | 'wallClock' | 'maxParams' | 'servingMemory' | 'maxTokens' | 'maxEpochs';

/** A limit of which so much is taken binds. */
export const binding = 1 - 1e-6;

/** Tokens and parameters outside of which nothing is planned. */
export const range = { low: 1e3, high: 1e20 } as const;

const count = (unit: string) => (value: number) => `${formatQuantity(value)} ${unit}`;

const currencies: Readonly<Record<CostName, { readonly title: string; readonly show: (value: number) => string }>> = {
  flops: { title: 'the compute', show: count('FLOP') },
  acceleratorHours: { title: 'the accelerator hours', show: count('accelerator hours') },
  money: { title: 'the money', show: (value) => formatQuantity(value) },
};
const costNames = Object.keys(currencies) as CostName[];

/** A limit of what training and serving cost together. */
export function costLimit({ unitCosts, k, served }: Workload, name: CostName, value: number): Limit {
  const unit = unitCosts[name] ?? { training: NaN, inference: NaN };
  const serving = (params: number): number => (unit.inference * k * params * served) / 3;
  return {
    name,
    value,
    ...currencies[name],
    usage: (params, tokens) => unit.training * k * params * tokens + serving(params),
    mostTokens: (params) => Math.max(0, value - serving(params)) / (unit.training * k * params),
  };
}

/** Steps of ln tokens in which the most of a time are looked for, and halvings of one, which leave 1e-12 of it. */
const stride = 0.5;
const halvings = 40;

/** The limits of a request. */
export function limitsOf(request: PlanRequest, workload: Workload): Limit[] {
  const limits: Limit[] = [];
  const { shortest } = workload;
  const add = (limit: Omit<Limit, 'value'>, value: number | undefined): void => {
    if (value !== undefined) limits.push({ ...limit, value });
  };
  for (const name of costNames) {
    const value = request[name];
    if (value !== undefined) limits.push(costLimit(workload, name, value));
  }
  if (shortest !== null && request.wallClock !== undefined)
    add(
      {
        name: 'wallClock',
        title: 'the wall-clock time',
        show: formatTime,
        usage: shortest,
        mostTokens: (params) => mostInTime(workload, shortest, params, request.wallClock ?? Infinity),
      },
      request.wallClock,
    );
  const ofSize = (name: LimitName, title: string, most: number | undefined): void => {
    add(
      {
        name,
        title,
        show: count('parameters'),
        usage: (params) => params,
        mostTokens: (params) => (params <= (most ?? Infinity) * (1 + 1e-12) ? Infinity : 0),
      },
      most,
    );
  };
  ofSize('maxParams', 'the largest size', request.maxParams);
  const { serving } = request;
  ofSize(
    'servingMemory',
    'the memory where it is served',
    serving === undefined ? undefined : serving.memory / (serving.bytesPerParam ?? 2),
  );
  const ofTokens = (name: LimitName, title: string, most: number | undefined): void => {
    add({ name, title, show: count('tokens'), usage: (_, tokens) => tokens, mostTokens: () => most ?? Infinity }, most);
  };
  ofTokens('maxTokens', 'the most tokens', request.maxTokens);
  if (request.maxEpochs !== undefined && request.uniqueTokens !== undefined)
    ofTokens('maxEpochs', 'the most epochs', request.maxEpochs * request.uniqueTokens);
  return limits;
}

/**
 * The most tokens that can be trained on in a time. The critical batch grows as the loss falls, so the time need not rise
 * with the tokens everywhere: the largest number that fits is looked for from above.
 */
function mostInTime(workload: Workload, shortest: Limit['usage'], params: number, seconds: number): number {
  const fits = (logD: number): boolean => shortest(params, Math.exp(logD)) <= seconds * (1 + 1e-12);
  const most = Math.min(range.high, workload.tokensIn(params, seconds));
  const [low, high] = [Math.log(range.low), Math.log(most)];
  if (fits(high)) return most;
  let top = high;
  while (top > low && !fits(top - stride)) top -= stride;
  if (top <= low) return 0;
  let bottom = top - stride;
  for (let step = 0; step < halvings; step++) {
    const middle = 0.5 * (bottom + top);
    if (fits(middle)) bottom = middle;
    else top = middle;
  }
  return Math.exp(bottom);
}
