/** Training runs of a known law with a learning rate that decays, and faults on demand: for scripts/watches.ts and tests. */
import { createRandom } from '../src/core/random.ts';
import { curveOf, type CurveRow, type RunCurve } from '../src/watch/curve.ts';

/** Faults that a run can have. */
export const faults = ['spike', 'learning rate too high', 'plateau', 'no number'] as const;
export type Fault = (typeof faults)[number];

/** A run to simulate. */
export interface SimulatedRun {
  readonly params: number;
  readonly plannedTokens: number;
  readonly seed: number;
  readonly fault?: Fault;
  /** Rows of the whole run. */
  readonly rows?: number;
  /** Standard deviation of ln loss of single rows, and of whole runs. */
  readonly noise?: number;
  readonly runNoise?: number;
}

/** The law of final losses: L = E + A / N^alpha + B / D^beta. */
const law = { E: 1.7, A: 480, B: 2100, alpha: 0.35, beta: 0.37 };
/** By how much the loss lies above it at the full learning rate, relative. */
const aboveAtPeak = 0.045;

/** Loss of a run on its way, without noise: its learning rate goes down on half a cosine to a tenth. */
function lossAt(params: number, tokens: number, plannedTokens: number): number {
  const rate = 0.1 + 0.45 * (1 + Math.cos((Math.PI * tokens) / plannedTokens));
  const excess = (rate - 0.1) / 0.9;
  return (law.E + law.A / params ** law.alpha + law.B / tokens ** law.beta) * (1 + aboveAtPeak * excess);
}

/** What a fault adds to the loss, and by what it multiplies the norm of the gradient, at a share of the run. */
function faultAt(
  fault: Fault | undefined,
  share: number,
  healthy: number,
  atHalf: number,
): [loss: number, norm: number] {
  switch (fault) {
    case 'spike':
      return share >= 0.6 && share < 0.61 ? [healthy + 0.4 * (1 - (share - 0.6) / 0.01), 6] : [healthy, 1];
    case 'learning rate too high':
      return share >= 0.3
        ? [healthy + Math.min(2, 20 * (share - 0.3)), 1 + Math.min(8, 80 * (share - 0.3))]
        : [healthy, 1];
    case 'plateau':
      return share >= 0.5 ? [Math.max(healthy, atHalf), 1] : [healthy, 1];
    case 'no number':
      return share >= 0.7 ? [Infinity, 1] : [healthy, 1];
    case undefined:
      return [healthy, 1];
  }
}

/** A simulated run, complete; the same seed gives the same run. */
export function simulateCurve(run: SimulatedRun): RunCurve {
  const { params, plannedTokens, seed, fault, rows = 300, noise = 0.004, runNoise = 0.003 } = run;
  const random = createRandom(seed, 7);
  const own = Math.exp(runNoise * random.normal());
  const atHalf = lossAt(params, plannedTokens / 2, plannedTokens);
  const made = Array.from({ length: rows }, (_, k): CurveRow => {
    const share = (k + 1) / rows;
    const tokens = share * plannedTokens;
    const [loss, factor] = faultAt(fault, share, lossAt(params, tokens, plannedTokens), atHalf);
    const wobble = Math.exp(noise * random.normal());
    // Norms of gradients have a long tail.
    const gradientNorm = factor * Math.exp(0.25 * random.normal()) * (0.4 + 0.2 / Math.sqrt(share));
    return { tokens, loss: loss * own * wobble, step: 100 * (k + 1), gradientNorm };
  });
  return curveOf(made, { name: `run-${String(seed)}`, params, plannedTokens });
}

/** Runs of several sizes and lengths, as a family trains them before a large one. */
export function simulateFamily(seed: number, options: Partial<SimulatedRun> = {}): RunCurve[] {
  const sizes = [3e7, 6e7, 1.2e8, 2.5e8, 5e8];
  return sizes.flatMap((params, i) =>
    [10, 20, 40].map((ratio, j) =>
      simulateCurve({ ...options, params, plannedTokens: ratio * params, seed: 1000 * seed + 10 * i + j }),
    ),
  );
}

/** The log of some runs as a CSV, as trainers write it. */
export function curvesCsv(runs: readonly RunCurve[]): string {
  const lines = runs.flatMap(({ name, params, tokens, loss, steps, gradientNorm }) =>
    Array.from(tokens, (at, k) => {
      const value = loss[k] === Infinity ? 'nan' : loss[k].toFixed(5);
      return [name, steps?.[k], params, at, value, gradientNorm?.[k].toFixed(4)].join(',');
    }),
  );
  return `${['run,step,params,tokens,loss,grad_norm', ...lines].join('\n')}\n`;
}
