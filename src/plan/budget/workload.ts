import type { HyperParameters } from './hyperParameters.ts';
import { priceOf, type PlanRequest } from './request.ts';
import type { Surface } from './surface.ts';

/** Tokens in a sequence unless said. */
export const usualContext = 4096;

/** FLOP, accelerator hours and money that a run takes, in training and over its life. */
export interface Cost {
  readonly trainingFlops: number;
  readonly inferenceFlops: number;
  readonly flops: number;
  /** Hours of one accelerator; `null` without one. */
  readonly acceleratorHours: number | null;
  readonly money: number | null;
}

/** What may be spent. */
export type CostName = 'flops' | 'acceleratorHours' | 'money';

/** What a FLOP costs. */
export interface UnitCost {
  readonly training: number;
  readonly inference: number;
}

/** What a run is for its hardware: what it costs, how long it takes, and with which batch. */
export interface Workload {
  readonly k: number;
  /** Tokens that will be served. */
  readonly served: number;
  /** What a FLOP costs in each currency; `null` where nothing says it. */
  readonly unitCosts: Readonly<Record<CostName, UnitCost | null>>;
  /** Cost of training on `tokens` and of serving. */
  readonly costOf: (params: number, tokens: number) => Cost;
  /** Shortest training in seconds, at the critical batch; `null` without an accelerator. */
  readonly shortest: ((params: number, tokens: number) => number) | null;
  /** Batch in tokens: the best one, larger where the time asks for it, up to the critical one. */
  readonly batchOf: (params: number, tokens: number) => Batch;
  /** Seconds that training takes at a batch, on as many accelerators as are at hand and have something to do. */
  readonly secondsAt: ((params: number, tokens: number, batch: number) => { seconds: number; count: number }) | null;
  /**
   * ln loss of models trained in the time there is: where that asks for a batch beyond the best one, tokens are worth less.
   */
  readonly logLossAt: (theta: Float64Array, logN: number, logD: number) => number;
  /** {@link logLossAt} for several, each of length n. */
  readonly logLoss: (theta: Float64Array, logN: Float64Array, logD: Float64Array) => Float64Array;
  /** Tokens of `seconds` on all accelerators at hand, were they always busy; Infinity without a limit of them. */
  readonly tokensIn: (params: number, seconds: number) => number;
}

/** The best batch and the largest that is of use. */
interface Bounds {
  readonly best: number;
  readonly critical: number;
}

/** A batch, in tokens. */
export interface Batch {
  readonly tokens: number;
  /** What the law of the best batch says. */
  readonly best: number;
  readonly critical: number;
  /** What a token is worth beside one at the best batch, at most 1. */
  readonly worth: number;
}

/**
 * Prepares costs and times of a request. Training at batch B takes 1 + B / B_crit times the tokens of very small batches, so
 * beyond the best batch B_0 a token is worth (1 + B_0 / B_crit) / (1 + B / B_crit).
 *
 * @param theta - coordinates of the law of the loss, for the critical batch
 * @see arXiv 2001.08361, equations 5.1 to 5.5
 */
export function createWorkload(
  request: PlanRequest,
  surface: Surface,
  theta: Float64Array,
  hyper: HyperParameters,
  k: number,
): Workload {
  const { machine, wallClock } = request;
  const served = request.inferenceTokens ?? 0;
  const accelerator = machine?.accelerator;
  const trainingRate = accelerator && accelerator.peakFlops * (machine.trainingMfu ?? accelerator.trainingMfu);
  const inferenceRate = accelerator && accelerator.peakFlops * (machine.inferenceMfu ?? accelerator.inferenceMfu);
  const price = priceOf(machine);
  const perAccelerator = machine?.tokensPerAccelerator ?? request.context ?? usualContext;
  const atHand = machine?.count ?? Infinity;

  const hours =
    trainingRate === undefined || inferenceRate === undefined
      ? null
      : { training: 1 / (3600 * trainingRate), inference: 1 / (3600 * inferenceRate) };
  const unitCosts: Workload['unitCosts'] = {
    flops: { training: 1, inference: 1 },
    acceleratorHours: hours,
    money: hours && price !== null ? { training: hours.training * price, inference: hours.inference * price } : null,
  };

  const costOf: Workload['costOf'] = (params, tokens) => {
    const trainingFlops = k * params * tokens;
    const inferenceFlops = (k / 3) * params * served;
    const total = (unit: UnitCost | null): number | null =>
      unit && unit.training * trainingFlops + unit.inference * inferenceFlops;
    return {
      trainingFlops,
      inferenceFlops,
      flops: trainingFlops + inferenceFlops,
      acceleratorHours: total(unitCosts.acceleratorHours),
      money: total(unitCosts.money),
    };
  };

  const limitsAt = (params: number, tokens: number): Bounds => {
    const [logN, logD] = [Math.log(params), Math.log(tokens)];
    return limitsOf(logN, logD, surface.logLossAt(theta, logN, logD));
  };
  const limitsOf = (logN: number, logD: number, logLoss: number): Bounds => {
    const critical = Math.exp(hyper.logCriticalBatch(logLoss));
    // A step takes a token at least, and no more than there are.
    const best = Math.min(Math.max(1, Math.exp(Math.min(hyper.logBatch(logN, logD), logD))), critical);
    return { best, critical };
  };

  /** The smallest batch whose accelerators are enough for the time there is. */
  const neededFor = (params: number, tokens: number): number =>
    wallClock === undefined || trainingRate === undefined
      ? 0
      : (k * params * tokens * perAccelerator) / (trainingRate * wallClock);

  const batchFor = (params: number, tokens: number, { best, critical }: Bounds): Batch => {
    const batch = Math.min(Math.max(best, neededFor(params, tokens)), Math.max(best, critical));
    return { tokens: batch, best, critical, worth: (1 + best / critical) / (1 + batch / critical) };
  };

  const secondsAt: Workload['secondsAt'] =
    trainingRate === undefined
      ? null
      : (params, tokens, batch) => {
          const count = Math.max(1, Math.min(atHand, batch / perAccelerator));
          return { seconds: (k * params * tokens) / (count * trainingRate), count };
        };

  const isPressing = wallClock !== undefined && trainingRate !== undefined;
  const logLossAt: Workload['logLossAt'] = (at, logN, logD) => {
    const logLoss = surface.logLossAt(at, logN, logD);
    if (!isPressing) return logLoss;
    const { worth } = batchFor(Math.exp(logN), Math.exp(logD), limitsOf(logN, logD, logLoss));
    return worth < 1 ? surface.logLossAt(at, logN, logD, Math.log(worth)) : logLoss;
  };

  return {
    k,
    served,
    unitCosts,
    costOf,
    tokensIn: (params, seconds) =>
      trainingRate === undefined ? Infinity : (seconds * atHand * trainingRate) / (k * params),
    secondsAt,
    shortest:
      secondsAt &&
      ((params, tokens) => {
        const { best, critical } = limitsAt(params, tokens);
        return secondsAt(params, tokens, Math.max(best, critical)).seconds;
      }),
    batchOf: (params, tokens) => batchFor(params, tokens, limitsAt(params, tokens)),
    logLossAt,
    logLoss: (at, logN, logD) =>
      isPressing ? logN.map((size, i) => logLossAt(at, size, logD[i])) : surface.logLoss(at, logN, logD),
  };
}
