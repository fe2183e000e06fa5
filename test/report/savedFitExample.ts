import { createRandom } from '../../src/core/random.ts';
import type { Random } from '../../src/core/random.ts';
import { version } from '../../src/core/version.ts';
import { createWarning } from '../../src/core/warnings.ts';
import type { Fit } from '../../src/fit/result.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { evaluateLaw, toCoordinates } from '../../src/laws/law.ts';
import { noSelection } from '../../src/runs/selection.ts';

const values = { E: 1.817218, A: 477.826, B: 2143.417, alpha: 0.3473105, beta: 0.3671724 };
const stderr = { E: 0.02566, A: 124.49, B: 1293.2, alpha: 0.0154, beta: 0.02059 };
const certified = 400;

/** Runs on six isoFLOP lines about the optimum. */
function exampleRows(random: Random): Fit['fitted'] {
  const params: number[] = [];
  const tokens: number[] = [];
  const names: string[] = [];
  for (const flops of [6e18, 3e19, 1e20, 6e20, 3e21, 1.3e22]) {
    const middle = Math.sqrt(flops / 120);
    for (const factor of [0.25, 0.4, 0.63, 1, 1.6, 2.5, 4]) {
      params.push(middle * factor);
      tokens.push(flops / (6 * middle * factor));
      names.push(`run ${String(names.length + 1)}`);
    }
  }
  const rows = params.length;
  const loss = evaluateLaw(chinchilla, values, { params, tokens }).map((l) => l * Math.exp(0.004 * random.normal()));
  return {
    rows,
    columns: {
      params: Float64Array.from(params),
      tokens: Float64Array.from(tokens),
      flops: Float64Array.from(params, (n, k) => 6 * n * tokens[k]),
      loss,
    },
    names,
  };
}

/** Refits that scatter as those of real runs do: the amplitudes follow their exponents. */
function exampleDraws(random: Random): Float32Array {
  const best = toCoordinates(chinchilla, values);
  const draws = new Float32Array(certified * best.length);
  for (let k = 0; k < certified; k++) {
    const alpha = stderr.alpha * random.normal();
    const beta = stderr.beta * random.normal();
    const shift = [0.7 * (alpha + beta), 19 * alpha, 23 * beta, alpha, beta];
    for (let j = 0; j < best.length; j++) draws[k * best.length + j] = best[j] + shift[j];
  }
  return draws;
}

const range = (column: Float64Array | undefined): [number, number] =>
  column === undefined ? [NaN, NaN] : [Math.min(...column), Math.max(...column)];

/** A hand-made Chinchilla fit with everything that a fit can have: 42 rows, a bootstrap, warnings. */
export function exampleFit(): Fit {
  const random = createRandom(7);
  const fitted = exampleRows(random);
  const { params, tokens, flops, loss } = fitted.columns;
  return {
    law: 'chinchilla',
    formula: null,
    status: 'converged',
    reasons: [],
    points: fitted.rows,
    objective: { name: 'log-huber', delta: 1e-3, value: 0.0010182740178 },
    params: Object.fromEntries(
      chinchilla.params.map(({ name }) => {
        const value = values[name as keyof typeof values];
        const error = stderr[name as keyof typeof stderr];
        return [name, { value, stderr: error, interval: [value - 1.96 * error, value + 1.96 * error], state: 'free' }];
      }),
    ),
    optimum: {
      paramsExponent: values.beta / (values.alpha + values.beta),
      tokensExponent: values.alpha / (values.alpha + values.beta),
    },
    seeds: { tried: 12, reached: 12 },
    condition: 1.2e6,
    gradientNorm: 1e-12,
    residualRms: 0.004,
    residualScale: 'log',
    aicc: null,
    confidence: 0.95,
    covariance: {
      kind: 'bootstrap',
      matrix: Float64Array.from({ length: 25 }, (_, k) => (k % 6 === 0 ? 1e-3 : 1 / (7 + k))),
      degreesOfFreedom: fitted.rows - 5,
    },
    bootstrap: {
      resamples: certified,
      seed: 0,
      resampling: 'cases',
      group: 'run',
      groups: fitted.rows,
      certified,
      draws: exampleDraws(random),
    },
    warnings: [
      createWarning('ILL_CONDITIONED', 'The curvature has condition number 1.2e6.', { numbers: { condition: 1.2e6 } }),
      createWarning('FEW_RESAMPLES', '400 resamples give only a rough interval.'),
    ],
    data: {
      source: 'example.csv',
      sha256: 'ab'.repeat(32),
      rows: fitted.rows + 2,
      used: fitted.rows,
      dropped: [{ rows: 2, why: '--where loss < 4' }],
      ranges: { params: range(params), tokens: range(tokens), flops: range(flops), loss: range(loss) },
      sizes: fitted.rows,
      runs: { count: 3, fewest: 1, median: 2, most: 4 },
      conventions: {
        columns: { params: 'N', tokens: 'D', loss: 'L' },
        derived: { flops: '6 params tokens' },
        flopsPerParamToken: 6,
      },
    },
    settings: {
      solver: 'newton',
      ...noSelection,
      weights: 'none' as const,
      where: 'loss < 4',
      fromFraction: null,
      fixed: {},
      tied: {},
      bounds: {},
      start: {},
    },
    fitted,
    calibration: null,
    timing: { fitMs: 0, bootstrapMs: null },
    version,
  };
}
