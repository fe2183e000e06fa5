import { IsoflopError } from '../../core/errors.ts';
import { paramValues, type Fit } from '../../fit/result.ts';
import { criticalBatch } from '../../laws/criticalBatch.ts';
import { stepLawBatch, stepLawLearningRate } from '../../laws/hyperParameters.ts';
import { lawOf } from '../../laws/index.ts';
import { toCoordinates } from '../../laws/law.ts';
import { publishedFit } from '../../uncertainty/published.ts';

/** The laws that a plan takes its batch and learning rate from. */
export interface HyperParameters {
  /** ln of the best batch in tokens. */
  readonly logBatch: (logN: number, logD: number) => number;
  readonly logLearningRate: (logN: number, logD: number) => number;
  /** ln of the critical batch in tokens, from ln loss. */
  readonly logCriticalBatch: (logLoss: number) => number;
  /** The three fits, for intervals and names; those that are not the user's own are `borrowed`. */
  readonly batch: HyperParameterFit;
  readonly learningRate: HyperParameterFit;
  readonly criticalBatch: HyperParameterFit;
}

/** A fit of a hyper-parameter and whether it is of the user's own runs. */
export interface HyperParameterFit {
  readonly fit: Fit;
  readonly borrowed: boolean;
}

/** What a law may take. */
type Inputs = Readonly<Record<string, number>>;

const ownOr = (own: Fit | undefined, borrowed: () => Fit): HyperParameterFit =>
  own === undefined ? { fit: borrowed(), borrowed: true } : { fit: own, borrowed: false };

/**
 * Prepares the laws of batch, learning rate and critical batch.
 *
 * @param k - FLOP for a parameter and token
 * @throws {@link IsoflopError} `OPTION_INVALID` where a fit predicts something else, or from something else
 * @see arXiv 2503.04715 for the first two, arXiv 2001.08361, section 5.1 for the last
 */
export function prepareHyperParameters(
  fits: {
    readonly batchFit?: Fit | undefined;
    readonly learningRateFit?: Fit | undefined;
    readonly criticalBatchFit?: Fit | undefined;
  },
  k: number,
): HyperParameters {
  const batch = ownOr(fits.batchFit, () => publishedFit(stepLawBatch, stepLawBatch.published[1]));
  const learningRate = ownOr(fits.learningRateFit, () =>
    publishedFit(stepLawLearningRate, stepLawLearningRate.published[1]),
  );
  const critical = ownOr(fits.criticalBatchFit, () => publishedFit(criticalBatch, criticalBatch.published[0]));
  const logK = Math.log(k);
  const ofRun = ['params', 'tokens', 'flops', 'tokensPerParam'];
  const inputsOf = (logN: number, logD: number): Inputs => ({
    params: logN,
    tokens: logD,
    flops: logK + logN + logD,
    tokensPerParam: logD - logN,
  });
  const batchOf = evaluatorOf(batch.fit, 'batchFit', 'batchSize', ofRun);
  const rateOf = evaluatorOf(learningRate.fit, 'learningRateFit', 'learningRate', ofRun);
  const criticalOf = evaluatorOf(critical.fit, 'criticalBatchFit', 'criticalBatch', ['loss']);
  return {
    batch,
    learningRate,
    criticalBatch: critical,
    logBatch: (logN, logD) => batchOf(inputsOf(logN, logD)),
    logLearningRate: (logN, logD) => rateOf(inputsOf(logN, logD)),
    logCriticalBatch: (logLoss) => criticalOf({ loss: logLoss }),
  };
}

/** ln of what a fit predicts, from logarithms of inputs. */
function evaluatorOf(
  fit: Fit,
  option: string,
  response: string,
  inputs: readonly string[],
): (values: Inputs) => number {
  const law = lawOf(fit);
  const other = law.inputs.find(({ name }) => !inputs.includes(name));
  if (other !== undefined || (law.spec === undefined && law.response.name !== response))
    throw new IsoflopError('OPTION_INVALID', {
      option,
      value: `${law.id}, a law of ${law.response.name} from ${law.inputs.map(({ name }) => name).join(', ')}`,
      expected: `a fit of ${response} from ${inputs.join(', ')}`,
    });
  const theta = toCoordinates(law, paramValues(fit));
  const out = new Float64Array(1);
  const columns = law.inputs.map(() => new Float64Array(1));
  return (values) => {
    for (const [k, { name, transform }] of law.inputs.entries())
      columns[k][0] = transform === 'identity' ? Math.exp(values[name]) : values[name];
    law.evaluate(theta, columns, 1, out, undefined);
    return law.scale === 'log' ? out[0] : Math.log(out[0]);
  };
}
