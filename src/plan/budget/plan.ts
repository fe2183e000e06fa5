import { IsoflopError } from '../../core/errors.ts';
import type { Warning } from '../../core/warnings.ts';
import type { Fit } from '../../fit/result.ts';
import { dataConstrained } from '../../laws/dataConstrained.ts';
import { lawOf } from '../../laws/index.ts';
import { checkConfidence, coordinatesOf } from '../../uncertainty/predict.ts';
import { predictPoints, type CalibratedPoint } from '../predictPoints.ts';
import { contradiction } from './conflict.ts';
import { prepareHyperParameters, type HyperParameters } from './hyperParameters.ts';
import { binding, limitsOf, range, type LimitName } from './limits.ts';
import { lossOfOptimal } from './matchLoss.ts';
import { nearOptimalSizes, type NearOptimal } from './nearOptimal.ts';
import { frontierColumns, type FrontierColumns } from './planFrontier.ts';
import { planWarnings } from './planWarnings.ts';
import { checkRequest, type PlanRequest } from './request.ts';
import { shapesNear, type PlannedShape } from './shapes.ts';
import { atSize, mostTokensOf, solve, type Problem, type Solution } from './solve.ts';
import { createSurface, type Repetition, type Surface } from './surface.ts';
import { createWorkload, usualContext, type Batch, type Cost, type CostName, type Workload } from './workload.ts';
import { priceOfBeingWrong, type PriceOfBeingWrong } from './wrong.ts';

type Interval = readonly [number, number] | null;

/** A model of whole layers near the planned size, with its tokens. */
export interface ShapeChoice extends PlannedShape {
  readonly tokens: number;
  readonly loss: number;
}

/** What to train, with what it will reach and cost. */
export interface Plan {
  /** Whether the loss was made as small as the limits allow, or a loss is reached at the least cost. */
  readonly goal: 'loss' | 'cost';
  /** What is counted where the cost is minimised, and what {@link PriceOfBeingWrong} is in. */
  readonly currency: CostName;
  readonly targetLoss: number | null;
  readonly params: number;
  /** Tokens of training, repeated ones counted each time. */
  readonly tokens: number;
  readonly tokensPerParam: number;
  /** Times that the distinct tokens are seen; `null` where no limit of them was given. */
  readonly epochs: number | null;
  /** Predicted loss, nats per token. */
  readonly loss: number;
  /** Interval of the law's mean; `null` where the fit has none. */
  readonly interval: Interval;
  /** Interval that backtests support; `null` where the fit has no calibration. */
  readonly calibrated: CalibratedPoint | null;
  /** The model and tokens with the same predicted loss without repetition and at the best batch. */
  readonly effective: { readonly params: number; readonly tokens: number };
  readonly cost: Cost;
  readonly batch: Batch & { readonly sequences: number; readonly interval: Interval };
  readonly learningRate: { readonly value: number; readonly interval: Interval };
  readonly steps: number;
  /** Wall-clock time of training and the accelerators that have something to do; `null` without an accelerator. */
  readonly time: { readonly seconds: number; readonly accelerators: number } | null;
  /** Every limit with what the plan takes of it; `isBinding` where it takes all. */
  readonly limits: readonly PlanLimit[];
  readonly nearOptimal: NearOptimal;
  readonly wrong: PriceOfBeingWrong | null;
  /** Why `wrong` is not known, where it is not. */
  readonly wrongMissing: string | null;
  /** What training alone would choose for the same training compute (or loss), were there no limit but that. */
  readonly unlimited: {
    readonly params: number;
    readonly tokens: number;
    readonly loss: number;
    readonly cost: Cost;
  } | null;
  readonly shapes: readonly ShapeChoice[];
  /** Sizes, and for each the best tokens within the limits. */
  readonly frontier: FrontierColumns;
  readonly confidence: number;
  readonly warnings: readonly Warning[];
}

/** A limit and how much of it a plan takes. */
export interface PlanLimit {
  readonly name: LimitName;
  readonly title: string;
  readonly limit: number;
  readonly used: number;
  readonly isBinding: boolean;
  /** Limit and use as people read them. */
  readonly text: string;
}

/**
 * Plans the next run: the model size, tokens, batch and learning rate that reach the least loss within limits of compute,
 * time, money, data and size, or a given loss at the least cost of training and serving.
 *
 * @param fit - a fit of the loss as a law of model size and tokens
 * @param request - what it may cost and has to reach
 * @throws {@link IsoflopError} `PLAN_INCOMPLETE`, `PLAN_CONTRADICTORY`, `TARGET_UNREACHABLE`, `NO_OPTIMUM`,
 *   `QUANTITY_NOT_POSITIVE`, `OPTION_INVALID`
 * @see arXiv 2401.00448 for serving, arXiv 2305.16264 for repeated data, arXiv 2001.08361 for the critical batch
 * @example
 * ```ts
 * planRun(fit, { flops: 5.76e23 }).params; // 7.32e10
 * planRun(fit, { flops: 5.76e23, maxParams: 30e9 }).limits.map((limit) => limit.name); // ['flops', 'maxParams']
 * ```
 */
export function planRun(fit: Fit, request: PlanRequest): Plan {
  checkRequest(request);
  const confidence = checkConfidence(request.confidence ?? fit.confidence);
  const law = lawOf(fit);
  const k = fit.data.conventions.flopsPerParamToken;
  const theta = coordinatesOf(fit);
  const repetition = request.repetition ?? publishedRepetition;
  const withUnique = (tokens: number): Surface => createSurface(law, k, tokens, repetition);
  const uniqueTokens = request.uniqueTokens ?? Infinity;
  const surface = withUnique(uniqueTokens);
  const hyper = prepareHyperParameters(request, k);
  const workload = createWorkload(request, surface, theta, hyper, k);
  const targetLoss =
    request.matchParams === undefined
      ? (request.targetLoss ?? null)
      : lossOfOptimal(withUnique(Infinity), theta, request.matchParams);
  const currency = currencyOf(workload);
  const problem: Problem = {
    workload,
    data: { uniqueTokens, withUnique },
    limits: limitsOf(request, workload),
    minParams: request.minParams ?? 0,
    minTokens: request.minTokens ?? 0,
    logTarget: targetLoss === null ? null : Math.log(targetLoss),
    currency,
    cost: (params, tokens) => workload.costOf(params, tokens)[currency] ?? NaN,
  };
  const best = solve(problem, theta);
  if (best === null) {
    if (targetLoss !== null) checkReachable(law.id, withUnique(Infinity), theta, targetLoss);
    throw contradiction(problem, theta, request.inferenceTokens ?? 0);
  }
  refuseEdge(law.id, problem, best);
  const { params, tokens } = snap(problem, best);
  const batch = workload.batchOf(params, tokens);
  const time = timeOf(workload, params, tokens, batch);
  const effective = surface.pointOf(theta, best.logN, best.logD, batch.worth);
  const prediction = predictPoints(fit, [effective], { confidence });
  const [predicted] = prediction.points;
  const wrong = priceOfBeingWrong(fit, problem, best, confidence);
  const near = nearOptimalSizes(problem, theta, best, request.within ?? 0.01);
  const rate = predictPoints(hyper.learningRate.fit, [{ params, tokens }], { confidence }).points[0];
  const batchPoint = predictPoints(hyper.batch.fit, [{ params, tokens }], { confidence }).points[0];
  return {
    goal: targetLoss === null ? 'loss' : 'cost',
    currency,
    targetLoss,
    params,
    tokens,
    tokensPerParam: tokens / params,
    epochs: request.uniqueTokens === undefined ? null : Math.max(1, tokens / request.uniqueTokens),
    loss: predicted.loss,
    interval: predicted.interval,
    calibrated: predicted.calibrated,
    effective: { params: effective.params, tokens: effective.tokens },
    cost: workload.costOf(params, tokens),
    batch: { ...batch, sequences: batch.tokens / (request.context ?? usualContext), interval: batchPoint.interval },
    learningRate: { value: rate.loss, interval: rate.interval },
    steps: tokens / batch.tokens,
    time,
    limits: problem.limits.map(({ name, title, value, usage, show }) => {
      // The shortest time decides what is possible; the plan takes the time that its batch needs.
      const used = name === 'wallClock' && time !== null ? time.seconds : usage(params, tokens);
      return {
        name,
        title,
        limit: value,
        used,
        isBinding: used >= value * binding,
        text: `${show(used)} of ${show(value)}`,
      };
    }),
    nearOptimal: near,
    wrong: 'missing' in wrong ? null : wrong,
    wrongMissing: 'missing' in wrong ? wrong.missing : null,
    unlimited: unlimitedOf(withUnique(Infinity), theta, hyper, problem, best),
    shapes: shapesOf(request, problem, theta, params, k),
    frontier: frontierColumns(fit, problem, theta, surface, confidence, { best, region: near.params }),
    confidence,
    warnings: [
      ...prediction.warnings,
      ...planWarnings(fit, request, { params, tokens, hyper, hasOwnRepetition: effective.uniqueTokens !== undefined }),
    ],
  };
}

const published = dataConstrained.published[0].params;
const publishedRepetition: Repetition = { tokens: published.RD, params: published.RN };

/** Costs are counted in money where it is known what a FLOP costs, else in accelerator hours, else in FLOP. */
function currencyOf({ unitCosts }: Workload): CostName {
  return unitCosts.money !== null ? 'money' : unitCosts.acceleratorHours !== null ? 'acceleratorHours' : 'flops';
}

/** A hair: what a logarithm and an exponential may do to a number. */
const hair = 1e-9;

/** Size and tokens of a solution, exactly those of a limit where they are a hair from it. */
function snap({ limits, minParams, minTokens }: Problem, { logN, logD }: Solution): { params: number; tokens: number } {
  const isNear = (a: number, b: number): boolean => Math.abs(a / b - 1) < hair;
  const sizes = limits.filter(({ name }) => name === 'maxParams' || name === 'servingMemory').map(({ value }) => value);
  const size = Math.exp(logN);
  const params = [...sizes, minParams].find((edge) => isNear(size, edge)) ?? size;
  const most = mostTokensOf(limits, params);
  const data = Math.exp(logD);
  return { params, tokens: [most, minTokens].find((edge) => isNear(data, edge)) ?? data };
}

function timeOf({ secondsAt }: Workload, params: number, tokens: number, batch: Batch): Plan['time'] {
  if (secondsAt === null) return null;
  const { seconds, count } = secondsAt(params, tokens, batch.tokens);
  return { seconds, accelerators: count };
}

/** Refuses a target that no model on any amount of data reaches. */
function checkReachable(law: string, surface: Surface, theta: Float64Array, target: number): void {
  const far = Math.log(range.high);
  const floor = Math.exp(surface.logLossAt(theta, far, far));
  if (!(floor <= target)) throw new IsoflopError('TARGET_UNREACHABLE', { target, floor, law });
}

/** A best size at the end of all sizes means that the law knows no trade between size and tokens. */
function refuseEdge(law: string, problem: Problem, { logN, logD }: Solution): void {
  const isAt = (x: number, edge: number): boolean => Math.abs(x - Math.log(edge)) < 1e-6;
  const isLimited = problem.limits.some(({ usage, value }) => {
    const used = usage(Math.exp(logN), Math.exp(logD));
    return used >= value * binding && usage(2 * Math.exp(logN), Math.exp(logD)) > used;
  });
  const reason = isAt(logN, range.low)
    ? 'the loss does not fall with params'
    : isAt(logN, range.high) && !isLimited
      ? 'nothing limits the size'
      : isAt(logD, range.low) && problem.minTokens < range.low && problem.logTarget === null
        ? 'the loss does not fall with tokens'
        : undefined;
  if (reason !== undefined) throw new IsoflopError('NO_OPTIMUM', { law, reason });
}

/** The compute-optimal run of the same training compute, or of the same loss. */
function unlimitedOf(
  surface: Surface,
  theta: Float64Array,
  hyper: HyperParameters,
  { workload: { k, costOf }, logTarget }: Problem,
  best: Solution,
): Plan['unlimited'] {
  const alone: PlanRequest = logTarget === null ? { flops: k * Math.exp(best.logN + best.logD) } : {};
  const workload = createWorkload(alone, surface, theta, hyper, k);
  const found = solve(
    {
      workload,
      data: { uniqueTokens: Infinity, withUnique: () => surface },
      limits: limitsOf(alone, workload),
      minParams: 0,
      minTokens: 0,
      logTarget,
      currency: 'flops',
      cost: (params, tokens) => workload.costOf(params, tokens).flops,
    },
    theta,
  );
  if (found === null) return null;
  const [params, tokens] = [Math.exp(found.logN), Math.exp(found.logD)];
  const loss = Math.exp(surface.logLossAt(theta, found.logN, found.logD));
  return { params, tokens, loss, cost: costOf(params, tokens) };
}

/** How many shapes are shown, and how many are tried, since some may be too large. */
const shapeCounts = { shown: 3, tried: 30 };

function shapesOf(
  request: PlanRequest,
  problem: Problem,
  theta: Float64Array,
  params: number,
  k: number,
): ShapeChoice[] {
  if (request.shapes === undefined) return [];
  const options = { context: request.context ?? usualContext, count: shapeCounts.tried };
  const choices: ShapeChoice[] = [];
  for (const planned of shapesNear(request.shapes, params, k, options)) {
    const at = atSize(problem, theta, Math.log(planned.params));
    if (at === null) continue;
    const loss = problem.workload.logLossAt(theta, at.logN, at.logD);
    choices.push({ ...planned, tokens: Math.exp(at.logD), loss: Math.exp(loss) });
    if (choices.length === shapeCounts.shown) break;
  }
  return choices;
}
