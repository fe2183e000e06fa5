import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import type { Accelerator } from './accelerator.ts';
import type { ShapeFamily } from './shapeFamilies.ts';
import type { Repetition } from './surface.ts';

/** Where the run is trained and served. */
export interface Machine {
  readonly accelerator: Accelerator;
  /** Accelerators at hand; as many as are useful unless given. */
  readonly count?: number | undefined;
  /** Share of the peak that training reaches; that of the accelerator unless given. */
  readonly trainingMfu?: number | undefined;
  readonly inferenceMfu?: number | undefined;
  /** Money for an hour of one accelerator; that of the accelerator unless given. */
  readonly pricePerHour?: number | undefined;
  /** Fewest tokens of a step that keep an accelerator busy: default one sequence. */
  readonly tokensPerAccelerator?: number | undefined;
}

/** What a plan may cost, what it has to reach, and what is at hand. */
export interface PlanRequest {
  /** Most FLOP, of training and of serving together. */
  readonly flops?: number | undefined;
  /** Most hours of one accelerator, of training and of serving together. */
  readonly acceleratorHours?: number | undefined;
  /** Most money, of training and of serving together. */
  readonly money?: number | undefined;
  /** Longest training, seconds. */
  readonly wallClock?: number | undefined;
  /** Loss to reach at the least cost, nats per token; without it the loss is made as small as the limits allow. */
  readonly targetLoss?: number | undefined;
  /** Instead: the loss of the compute-optimal model of this size. */
  readonly matchParams?: number | undefined;
  /** Tokens that will be read and written in its life; a token takes a third of the FLOP of training on it. */
  readonly inferenceTokens?: number | undefined;
  /** Distinct tokens there are to train on. */
  readonly uniqueTokens?: number | undefined;
  readonly maxEpochs?: number | undefined;
  readonly minParams?: number | undefined;
  readonly maxParams?: number | undefined;
  readonly minTokens?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** Memory for the weights where it is served, bytes, and bytes of a parameter there (default 2). */
  readonly serving?: { readonly memory: number; readonly bytesPerParam?: number | undefined } | undefined;
  readonly machine?: Machine | undefined;
  /** Tokens in a sequence; default 4096. */
  readonly context?: number | undefined;
  /** A fit of the best batch (`step-law-batch`, `batch-of-flops` or a formula); default the published Step Law. */
  readonly batchFit?: Fit | undefined;
  /** A fit of the best learning rate (`step-law-learning-rate`, ...); default the published Step Law. */
  readonly learningRateFit?: Fit | undefined;
  /** A fit of `critical-batch`; default that of Kaplan et al. */
  readonly criticalBatchFit?: Fit | undefined;
  /** Decay of the worth of repeated data; default that of Muennighoff et al. */
  readonly repetition?: Repetition | undefined;
  /** Shapes to build the model from. */
  readonly shapes?: ShapeFamily | undefined;
  /** Sizes whose loss (or cost) is within this share of the best count as near-optimal; default 0.01. */
  readonly within?: number | undefined;
  readonly confidence?: number | undefined;
}

/** Fields of a request that are one positive number, in the unit in which people give them. */
export const planQuantities = [
  'flops',
  'acceleratorHours',
  'money',
  'targetLoss',
  'matchParams',
  'inferenceTokens',
  'uniqueTokens',
  'maxEpochs',
  'minParams',
  'maxParams',
  'minTokens',
  'maxTokens',
  'context',
  'within',
] as const;

/**
 * Checks the numbers of a request and that they determine a plan.
 *
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `OPTION_INVALID`, `PLAN_INCOMPLETE`
 */
export function checkRequest(request: PlanRequest): void {
  const positive = (what: string, value: number | undefined): void => {
    if (value !== undefined && !(value > 0 && value < Infinity))
      throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what, value });
  };
  for (const name of [...planQuantities, 'wallClock'] as const) positive(name, request[name]);
  const { machine, serving } = request;
  positive('serving memory', serving?.memory);
  positive('bytes of a parameter', serving?.bytesPerParam);
  positive('count of accelerators', machine?.count);
  positive('price of an hour', machine?.pricePerHour);
  positive('tokens of a step on an accelerator', machine?.tokensPerAccelerator);
  for (const name of ['trainingMfu', 'inferenceMfu'] as const) {
    const value = machine?.[name];
    if (value !== undefined && !(value > 0 && value <= 1))
      throw new IsoflopError('OPTION_INVALID', {
        option: name,
        value: String(value),
        expected: 'a share of the peak, above 0 and up to 1',
      });
  }
  if (request.maxEpochs !== undefined && request.uniqueTokens === undefined)
    incomplete('a limit of epochs says nothing without the distinct tokens', 'Give the unique tokens as well.');
  if (request.targetLoss !== undefined && request.matchParams !== undefined)
    incomplete('a loss to reach and a size whose loss is to be matched are both given', 'Give one of the two.');
  const needsMachine = (['acceleratorHours', 'money', 'wallClock'] as const).find(
    (name) => request[name] !== undefined,
  );
  if (needsMachine !== undefined && machine === undefined)
    incomplete(`${words[needsMachine]} without an accelerator`, 'Name one, such as h100-sxm.');
  if (request.money !== undefined && priceOf(machine) === null)
    incomplete('an amount of money without the price of an accelerator', 'Give the price of an hour.');
  const isBounded =
    budgets.some((name) => request[name] !== undefined) ||
    request.targetLoss !== undefined ||
    request.matchParams !== undefined ||
    (request.maxParams !== undefined && (request.maxTokens !== undefined || request.maxEpochs !== undefined));
  if (!isBounded)
    incomplete(
      'nothing bounds what it costs and no loss is to be reached',
      'Give a budget (FLOP, accelerator hours, money or wall-clock time), or a loss to reach.',
    );
}

const budgets = ['flops', 'acceleratorHours', 'money', 'wallClock'] as const;

const words = {
  acceleratorHours: 'accelerator hours are given',
  money: 'an amount of money is given',
  wallClock: 'a wall-clock time is given',
} as const;

/** Money for an hour of one accelerator, where anything says so. */
export function priceOf(machine: Machine | undefined): number | null {
  return machine === undefined ? null : (machine.pricePerHour ?? machine.accelerator.pricePerHour);
}

function incomplete(reason: string, remedy: string): never {
  throw new IsoflopError('PLAN_INCOMPLETE', { reason, remedy });
}
