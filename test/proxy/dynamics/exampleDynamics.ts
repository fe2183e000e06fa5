import type { Dynamics } from '../../../src/proxy/dynamics/dynamics.ts';

const steps = [1, 10, 100];
const tokens = [32, 320, 3200];

/** Dynamics with something of every part, as a folder of several runs would give them. */
export function exampleDynamics(): Dynamics {
  const about = (run: string, params: number) => ({ run, params, steps, tokens });
  return {
    name: 'ladder',
    runs: 12,
    diverged: 1,
    ranks: [
      { ...about('small', 1000), tensor: 'blocks.0.mlp.up', ranks: [0.95, 0.9, 0.5] },
      { ...about('small', 1000), tensor: 'blocks.0.mlp.down', ranks: [0.85, 0.8, 0.7] },
      { ...about('large', 50_000), tensor: 'blocks.0.mlp.up', ranks: [0.99, 0.97, 0.9] },
    ],
    alignments: [
      { ...about('small', 1000), part: 'attention', layer: 0, alignments: [0.2, 0.95, 1], convergedAt: 0.1 },
      { ...about('small', 1000), part: 'mlp', layer: 0, alignments: [0.1, 0.5, 1], convergedAt: null },
      { ...about('large', 50_000), part: 'mlp', layer: 0, alignments: [0.92, 0.98, 1], convergedAt: 0.01 },
    ],
    noise: [{ ...about('small', 1000), losses: [2.7, 2.4, 2.1], noise: [NaN, 120, 900] }],
    rates: [
      {
        family: 'none',
        params: 1000,
        tokens: 32_000,
        batch: 4,
        rates: [0.001, 0.01, 0.1],
        losses: [2.5, 2.25, null],
        startLoss: 2.75,
        sensitivity: 0.25,
        bestRate: 0.01,
        isAtEnd: false,
      },
      {
        family: 'none',
        params: 50_000,
        tokens: 32_000,
        batch: 4,
        rates: [0.001, 0.01],
        losses: [2, 2.1],
        startLoss: 2.75,
        sensitivity: 0.05,
        bestRate: 0.001,
        isAtEnd: true,
      },
    ],
    growth: [
      {
        quantity: 'max_attention_logit',
        family: 'none',
        rate: 0.01,
        params: [1e3, 1e4, 1e5],
        values: [10, 20, 50],
        coefficients: [1, -0.2, 0.07],
        threshold: 1e4,
        unstableFrom: 2.5e8,
      },
      {
        quantity: 'gradient_rms',
        family: 'none',
        rate: 0.01,
        params: [1e3, 1e4, 1e5],
        values: [1e-3, 5e-4, 2e-4],
        coefficients: [-2, -0.35, 0],
        threshold: 1e-8,
        unstableFrom: null,
      },
    ],
    saturation: [
      { run: 'small', params: 1000, tokens: 3200, isSaturated: true, bestAt: 0.6, rise: 0.0312, noise: 0.001 },
      { run: 'large', params: 50_000, tokens: 3200, isSaturated: false, bestAt: 1, rise: 0, noise: 0.001 },
    ],
    law: [{ family: 'none', params: 1000, fittedSizes: 3, final: 0.021, best: 0.012 }],
    batches: [
      {
        family: 'none',
        params: 1000,
        batches: [16, 32, 64, 128],
        rungs: [2.5, 2.25].map((loss, k) => ({
          loss,
          runs: [],
          Smin: 10,
          Emin: 500 * (k + 1),
          criticalBatch: 50 * (k + 1),
        })),
      },
    ],
    missing: [{ part: 'layers of others', why: 'no weights, "kept"' }],
  };
}

/** Dynamics of a folder that can say nothing. */
export const emptyDynamics = (): Dynamics => ({
  name: 'empty',
  runs: 0,
  diverged: 0,
  ranks: [],
  alignments: [],
  noise: [],
  rates: [],
  growth: [],
  saturation: [],
  law: [],
  batches: [],
  missing: [],
});
