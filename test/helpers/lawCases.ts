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
  /** Whether 200 simulated fits take so long that a test of its own makes fewer. */
  readonly isSlow?: boolean;
  /** Parameters that 1% of noise leaves undetermined in such data; then the status has to name one of them. */
  readonly unidentified?: readonly string[];
}

/** Rates of the schedules that laws of curves are bound to as they are listed: 24,000 steps, 2,160 of warm-up. */
const exampleRates = ['constant', 'cosine', 'wsd', 'wsdcon'].map((kind) =>
  Array.from({ length: 24_001 }, (_, s) => {
    if (s < 2160) return (3e-4 * s) / 2159;
    if (kind === 'cosine') return 3e-5 + 1.35e-4 * (1 + Math.cos((Math.PI * (s - 2160)) / 21_840));
    if (kind === 'constant' || s < 20_000) return 3e-4;
    return kind === 'wsd' ? 3e-4 * 10 ** -((s - 20_000) / 4000) : 3e-5;
  }),
);

/** A law of curves summed up over every step; `factor` is that of a fall of the rate at a step. */
function sumOverSteps(
  x: Readonly<Record<string, number>>,
  amplitude: number,
  { L0, A, alpha }: Readonly<Record<string, number>>,
  factor: (rate: number, rateSum: number, age: number) => number,
): number {
  const rates = exampleRates[Math.floor(x.schedule)];
  const t = Math.floor(x.step);
  let [rateSum, drop] = [0, 0];
  for (let k = t; k >= 0; k--) {
    rateSum += rates[k];
    const fall = k === 0 ? 0 : rates[k - 1] - rates[k];
    if (fall !== 0) drop += fall * factor(rates[k], rateSum, t - k + 1);
  }
  return L0 + A * rateSum ** -alpha - amplitude * drop;
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
    rows: 100,
  },
  farseer: {
    params: { U: 1.8, B: 90, A: 0.25, slopeU: -0.12, slopeB: -0.6, slopeA: -0.15, gamma: 0.15, beta: -0.1, alpha: 0.2 },
    direct: (p, x) => {
      const curve = (level: number, slope: number, bend: number): number =>
        level * Math.exp((slope / bend) * ((x.params / 1e9) ** bend - 1));
      const exponent = curve(p.A, p.slopeA, p.alpha);
      return curve(p.U, p.slopeU, p.gamma) + curve(p.B, p.slopeB, p.beta) * x.tokens ** -exponent;
    },
    inputs: { params: [3e7, 2e10], tokens: [5e8, 1e12] },
    rows: 100,
  },
  overtraining: {
    params: { E: 1.7, a: 190, b: 300, eta: 0.13 },
    direct: (p, x) => p.E + (p.a * x.tokensPerParam ** p.eta + p.b * x.tokensPerParam ** -p.eta) * x.flops ** -p.eta,
    inputs: { flops: [1e17, 1e22], tokensPerParam: [2, 1000] },
  },
  'data-constrained': {
    params: { E: 1.87, A: 520, B: 1490, alpha: 0.35, beta: 0.36, RD: 15, RN: 5 },
    direct: (p, x) => {
      const unique = Math.min(x.tokens, x.uniqueTokens);
      // The optimum for C = 6 N D at D = unique, as chinchilla has it.
      const g = ((p.alpha * p.A) / (p.beta * p.B)) ** (1 / (p.alpha + p.beta));
      const best = Math.min(x.params, (unique * g) ** (p.beta / p.alpha) * g);
      const worth = (whole: number, part: number, decay: number): number =>
        part + part * decay * (1 - Math.exp(-(whole / part - 1) / decay));
      return p.E + p.A / worth(x.params, best, p.RN) ** p.alpha + p.B / worth(x.tokens, unique, p.RD) ** p.beta;
    },
    inputs: { params: [3e7, 5e9], tokens: [5e8, 1e12], uniqueTokens: [3e8, 1e11] },
    rows: 100,
  },
  'downstream-exponential': {
    params: { epsilon: 0.85, k: 2.1, gamma: 0.76 },
    direct: (p, x) => p.epsilon - p.k * Math.exp(-p.gamma * x.loss),
    inputs: { loss: [1.5, 6] },
  },
  'downstream-sigmoid': {
    params: { a: -0.6, k: 6, L0: 1, b: 0.9 },
    direct: (p, x) => p.a / (1 + Math.exp(-p.k * (x.loss - p.L0))) + p.b,
    inputs: { loss: [0.4, 2.2] },
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
  trajectory: {
    params: { A: 11.97, G: 194, Bstar: 1.7e8, alphaN: 0.076, alphaS: 0.67, alphaB: 0.205 },
    // The right side falls as the loss on it rises, so halving a range finds where it equals the left side.
    direct: (p, x) => {
      const right = (loss: number) =>
        p.A / x.params ** p.alphaN +
        (p.G / x.steps ** p.alphaS) * (1 + p.Bstar / loss ** (1 / p.alphaB) / x.batchSize) ** p.alphaS;
      let [low, high] = [1, 100];
      for (let n = 0; n < 60; n++) {
        const middle = (low + high) / 2;
        if (right(middle) > middle) low = middle;
        else high = middle;
      }
      return low;
    },
    inputs: { params: [1e6, 1e9], steps: [1e3, 1e5], batchSize: [3e4, 3e6] },
    rows: 100,
  },
  'broken-0': {
    params: { a: 0.4, b: 30, c0: 0.3 },
    direct: (p, x) => p.a + p.b * x.x ** -p.c0,
    inputs: { x: [1e3, 1e8] },
  },
  'broken-1': {
    params: { a: 0.4, b: 5, c0: 0.1, c1: 0.5, d1: 1e6, f1: 0.3 },
    direct: (p, x) => p.a + p.b * x.x ** -p.c0 * (1 + (x.x / p.d1) ** (1 / p.f1)) ** (-p.c1 * p.f1),
    inputs: { x: [1e3, 1e11] },
  },
  'broken-2': {
    params: { a: 0.2, b: 20, c0: 0.25, c1: -0.5, d1: 1e6, f1: 0.5, c2: 1, d2: 1e8, f2: 0.5 },
    direct: (p, x) =>
      p.a +
      p.b *
        x.x ** -p.c0 *
        (1 + (x.x / p.d1) ** (1 / p.f1)) ** (-p.c1 * p.f1) *
        (1 + (x.x / p.d2) ** (1 / p.f2)) ** (-p.c2 * p.f2),
    inputs: { x: [1e4, 1e10] },
    rows: 100,
  },
  m1: {
    params: { beta: 20, c: 0.3 },
    direct: (p, x) => p.beta / x.x ** p.c,
    inputs: { x: [1e4, 1e9] },
  },
  m2: {
    params: { E: 0.15, beta: 20, c: 0.3 },
    direct: (p, x) => p.E + p.beta / x.x ** p.c,
    inputs: { x: [1e4, 1e9] },
  },
  m3: {
    params: { beta: 20, c: 0.3, gamma: 2e-8 },
    direct: (p, x) => p.beta * (1 / x.x + p.gamma) ** p.c,
    inputs: { x: [1e4, 1e10] },
    rows: 100,
  },
  m4: {
    params: { E: 0.1, E0: 0.9, beta: 500, c: 0.45, alpha: 0.7 },
    direct: (p, x) => {
      // (L - E) / (E0 - L)^alpha rises with L, so bisection finds where it is beta / x^c.
      let [low, high] = [p.E, p.E0];
      for (let n = 0; n < 100; n++) {
        const middle = (low + high) / 2;
        const isLow = (middle - p.E) / (p.E0 - middle) ** p.alpha < p.beta / x.x ** p.c;
        [low, high] = isLow ? [middle, high] : [low, middle];
      }
      return (low + high) / 2;
    },
    inputs: { x: [1e4, 1e9] },
    rows: 100,
  },
  'step-law-learning-rate': {
    params: { A: 1.79, alpha: -0.713, beta: 0.307 },
    direct: (p, x) => p.A * x.params ** p.alpha * x.tokens ** p.beta,
    inputs: { params: [6e7, 1e9], tokens: [1e9, 1e11] },
  },
  'step-law-batch': {
    params: { A: 0.58, beta: 0.571 },
    direct: (p, x) => p.A * x.tokens ** p.beta,
    inputs: { tokens: [1e9, 1e11] },
  },
  'learning-rate-of-flops': {
    params: { A: 0.3118, gamma: -0.125 },
    direct: (p, x) => p.A * x.flops ** p.gamma,
    inputs: { flops: [1e17, 1e20] },
  },
  'batch-of-flops': {
    params: { A: 0.292, gamma: 0.3271 },
    direct: (p, x) => p.A * x.flops ** p.gamma,
    inputs: { flops: [1e17, 1e20] },
  },
  'multi-power': {
    params: { L0: 3.04, A: 0.525, alpha: 0.508, B: 364, C: 2.07, beta: 0.583, gamma: 0.641 },
    direct: (p, x) => sumOverSteps(x, p.B, p, (rate, rateSum) => 1 - (1 + p.C * rate ** -p.gamma * rateSum) ** -p.beta),
    inputs: { schedule: [0.5, 3.999], step: [3000, 24_000] },
    isSlow: true,
  },
  annealing: {
    params: { L0: 3, A: 0.5, alpha: 0.5, C: 0.6, memory: 500 },
    direct: (p, x) => sumOverSteps(x, p.C, p, (_, __, age) => p.memory * (1 - (1 - 1 / p.memory) ** age)),
    inputs: { schedule: [0.5, 3.999], step: [3000, 24_000] },
    isSlow: true,
  },
  precision: {
    params: { E: 2, A: 4299, B: 18000, alpha: 0.4965, beta: 0.5, gammaW: 2.6745, gammaA: 2.2102, gammaKV: 0.9578 },
    direct: (p, x) => {
      const left = (bits: number, gamma: number): number => 1 - Math.exp(-bits / gamma);
      const shares = left(x.weightBits, p.gammaW) * left(x.activationBits, p.gammaA) * left(x.cacheBits, p.gammaKV);
      return p.E + p.A / (x.params * shares) ** p.alpha + p.B / x.tokens ** p.beta;
    },
    inputs: {
      params: [3e7, 3e9],
      tokens: [1e9, 1e11],
      weightBits: [2, 8],
      activationBits: [2, 8],
      cacheBits: [1, 6],
    },
    rows: 100,
  },
  moe: {
    params: { a: 480, delta: 0.2, alpha: -0.35, gamma: -0.02, b: 2100, omega: 0.3, beta: -0.37, zeta: -0.02, c: 1.7 },
    direct: (p, x) =>
      p.a * x.experts ** p.delta * x.params ** (p.alpha + p.gamma * Math.log(x.experts)) +
      p.b * x.experts ** p.omega * x.tokens ** (p.beta + p.zeta * Math.log(x.experts)) +
      p.c,
    inputs: { params: [3e7, 2e10], tokens: [5e8, 1e12], experts: [1, 64] },
  },
  'moe-routed': {
    params: { a: -0.08, b: -0.1, c: 0.004, d: 2.5 },
    direct: (p, x) => x.params ** (p.a + p.c * Math.log(x.experts)) * x.experts ** p.b * Math.exp(p.d),
    inputs: { params: [2e7, 1e9], experts: [1, 512] },
  },
  vocabulary: {
    // The published coefficients and an E that leaves the loss above zero, since the noise of these tests multiplies it.
    params: { E: -2, A1: 875, A2: 2070, B: 22200, alpha1: 0.447, alpha2: 0.671, beta: 0.447 },
    direct: (p, x) =>
      -p.E +
      p.A1 / x.nonVocabularyParams ** p.alpha1 +
      p.A2 / x.vocabularyParams ** p.alpha2 +
      p.B / x.tokens ** p.beta,
    inputs: { nonVocabularyParams: [3e7, 3e9], vocabularyParams: [2e6, 3e8], tokens: [1e8, 5e11] },
    rows: 100,
  },
  width: {
    params: { E: 2, C: 400, alpha: 1 },
    direct: (p, x) => p.E + p.C / x.width ** p.alpha,
    inputs: { width: [64, 8192] },
  },
};
