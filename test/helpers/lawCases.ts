import { createRandom } from '../../src/core/random.ts';
import { findLaw } from '../../src/laws/index.ts';
import type { Law } from '../../src/laws/law.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { logUniform } from './laws.ts';

/** What the table-driven tests need to know about a law: one entry for each. */
export interface LawCase {
  /** Natural parameters like those of real models. */
  readonly params: Readonly<Record<string, number>>;
  /** The law written out once more, in natural units and without any code of src. */
  readonly direct: (p: Readonly<Record<string, number>>, x: Readonly<Record<string, number>>) => number;
  /** Range of each input, over which simulated data are spread evenly in the logarithm. */
  readonly inputs: Readonly<Record<string, readonly [number, number]>>;
  /** Rows of simulated data with noise; 200 unless given. */
  readonly rows?: number;
  /** Parameters that 1% of noise leaves undetermined in such data; then the status has to name one of them. */
  readonly unidentified?: readonly string[];
}

/** The entry of every law. */
export const lawCases: Readonly<Record<string, LawCase>> = {
  chinchilla: {
    params: { E: 1.7, A: 480, B: 2100, alpha: 0.35, beta: 0.37 },
    direct: (p, x) => p.E + p.A / x.params ** p.alpha + p.B / x.tokens ** p.beta,
    inputs: { params: [3e7, 2e10], tokens: [5e8, 1e12] },
  },
  params: {
    params: { A: 11.5, alpha: 0.076 },
    direct: (p, x) => p.A / x.params ** p.alpha,
    inputs: { params: [3e7, 2e10] },
  },
  'params-irreducible': {
    params: { E: 1.8, A: 300, alpha: 0.33 },
    direct: (p, x) => p.E + p.A / x.params ** p.alpha,
    inputs: { params: [3e7, 2e10] },
  },
  tokens: {
    params: { B: 20, beta: 0.095 },
    direct: (p, x) => p.B / x.tokens ** p.beta,
    inputs: { tokens: [5e8, 1e12] },
  },
  'tokens-irreducible': {
    params: { E: 1.75, B: 900, beta: 0.31 },
    direct: (p, x) => p.E + p.B / x.tokens ** p.beta,
    inputs: { tokens: [5e8, 1e12] },
  },
  flops: {
    params: { A: 28, gamma: 0.05 },
    direct: (p, x) => p.A / x.flops ** p.gamma,
    inputs: { flops: [1e17, 1e23] },
  },
  'flops-irreducible': {
    params: { E: 1.6, A: 3000, gamma: 0.16 },
    direct: (p, x) => p.E + p.A / x.flops ** p.gamma,
    inputs: { flops: [1e17, 1e23] },
  },
  multiplicative: {
    params: { A: 60, alpha: 0.07, beta: 0.07 },
    direct: (p, x) => p.A / (x.params ** p.alpha * x.tokens ** p.beta),
    inputs: { params: [3e7, 2e10], tokens: [5e8, 1e12] },
  },
  'multiplicative-irreducible': {
    params: { E: 1.8, A: 2000, alpha: 0.17, beta: 0.18 },
    direct: (p, x) => p.E + p.A / (x.params ** p.alpha * x.tokens ** p.beta),
    inputs: { params: [3e7, 2e10], tokens: [5e8, 1e12] },
  },
  skaling: {
    params: { E: 1.22, A: 3355, B: 18186, alpha: 0.408, beta: 0.431, k: 0.452 },
    direct: (p, x) => p.E + (p.A / x.params ** p.alpha + p.B / x.tokens ** p.beta) ** p.k,
    inputs: { params: [3e7, 2e10], tokens: [5e8, 1e12] },
  },
  kaplan: {
    // Nc = 8.8e13 and Dc = 5.4e13.
    params: { A: 11.5, B: 20.15, alphaN: 0.076, alphaD: 0.095 },
    direct: (p, x) => {
      const [Nc, Dc] = [p.A ** (1 / p.alphaN), p.B ** (1 / p.alphaD)];
      return ((Nc / x.params) ** (p.alphaN / p.alphaD) + Dc / x.tokens) ** p.alphaD;
    },
    inputs: { params: [1e6, 1e9], tokens: [2e7, 2e10] },
    rows: 100,
  },
  'kaplan-steps': {
    params: { A: 11.6, G: 335, alphaN: 0.077, alphaS: 0.76 },
    direct: (p, x) => p.A / x.params ** p.alphaN + p.G / x.minSteps ** p.alphaS,
    inputs: { params: [1e6, 1e9], minSteps: [3e3, 3e5] },
  },
  'critical-batch': {
    params: { Bstar: 2.1e8, alphaB: 0.21 },
    direct: (p, x) => p.Bstar * x.loss ** (-1 / p.alphaB),
    inputs: { loss: [2.5, 6] },
  },
  'steps-at-loss': {
    params: { Smin: 5e3, Bcrit: 1e6 },
    // (S / Smin - 1) (E / Emin - 1) = 1 with E = B S, solved for S.
    direct: (p, x) => p.Smin + (p.Smin * p.Bcrit) / x.batchSize,
    inputs: { batchSize: [3e4, 3e7] },
  },
};

/** Inputs of a law spread over their ranges: columns by name, each of length rows. */
export function caseInputs(id: string, rows: number, seed: number): Record<string, number[]> {
  const random = createRandom(seed, 79);
  return Object.fromEntries(
    Object.entries(lawCases[id].inputs).map(([name, [low, high]]) => [
      name,
      Array.from({ length: rows }, () => logUniform(random, low, high)),
    ]),
  );
}

/** Runs that follow a law at its case's parameters, with log-normal noise of the given size. */
export function caseRuns(id: string, options: { rows: number; seed: number; noise?: number }): Runs {
  const law: Law = findLaw(id);
  const random = createRandom(options.seed, 80);
  const inputs = caseInputs(id, options.rows, options.seed);
  const { direct, params } = lawCases[id];
  const response = Array.from({ length: options.rows }, (_, i) => {
    const row = Object.fromEntries(Object.entries(inputs).map(([name, column]) => [name, column[i]]));
    return direct(params, row) * Math.exp((options.noise ?? 0) * random.normal());
  });
  return createRuns({ ...inputs, [law.response.name]: response });
}
