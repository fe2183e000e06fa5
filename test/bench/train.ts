/**
 * `npm run bench:train`: tokens a second of proxy training, one process and two, and the memory over many steps. Options:
 * `--engine ID` (wasm unless given), `--steps N` of the long run (2,000 unless given).
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markovCorpus } from '../../src/proxy/corpus/markov.ts';
import { openEngine } from '../../src/proxy/engines/index.ts';
import type { RunConfig } from '../../src/proxy/runConfig.ts';
import { createTrainer } from '../../src/proxy/train/trainer.ts';
import { machine, median, row } from './measure.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'wasm' },
    steps: { type: 'string', default: '2000' },
    only: { type: 'string' },
  },
});
const batch = 8;
const context = 64;

/** The model of the measured facts: 120,064 parameters. */
const config: RunConfig = {
  name: 'bench',
  family: null,
  engine: values.engine,
  seed: 0,
  corpus: { kind: 'markov', vocabulary: 256, order: 1, exponent: 1.2, straying: 0.3, seed: 0, validationTokens: 4096 },
  model: {
    context,
    layers: 2,
    width: 64,
    heads: 2,
    hidden: 256,
    positions: 'learned',
    activation: 'gelu',
    norm: 'layernorm',
    biases: 'mlp',
    tied: true,
    qkNorm: false,
    parametrisation: { kind: 'standard' },
  },
  strategies: [],
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, independentDecay: false, clip: 1 },
  schedule: { kind: 'constant', rate: 1e-3, warmup: 0, final: 1, decay: 0, cycle: 1 },
  tokens: 1e9,
  batch,
  accumulate: 1,
  evaluations: 1,
  evaluationRows: 8,
  checkpointSeconds: 3600,
  keepWeights: false,
};

interface Speed {
  readonly engine: string;
  readonly params: number;
  /** Median over stretches of steps. */
  readonly tokensPerSecond: number;
}

/** Steps after which the clock is read. */
const stretch = 20;

async function measure(stretches: number): Promise<Speed> {
  const { engine } = await openEngine(values.engine);
  const corpus = markovCorpus(config.corpus as Extract<RunConfig['corpus'], { kind: 'markov' }>);
  const trainer = createTrainer(config, engine, corpus);
  for (let k = 0; k < stretch; k++) await trainer.step();
  const rates: number[] = [];
  for (let k = 0; k < stretches; k++) {
    const began = performance.now();
    for (let step = 0; step < stretch; step++) await trainer.step();
    rates.push((stretch * batch * context) / ((performance.now() - began) / 1000));
  }
  trainer.dispose();
  return { engine: `${engine.device} (${engine.id})`, params: trainer.params, tokensPerSecond: median(rates) };
}

/** The same in a process of its own. */
function measureApart(): Promise<Speed> {
  const file = fileURLToPath(import.meta.url);
  const args = ['--import', 'tsx', file, '--engine', values.engine, '--only', 'speed'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      if (code === 0) resolve(JSON.parse(text) as Speed);
      else reject(new Error(`a process ended with ${String(code)}`));
    });
  });
}

async function benchMemory(steps: number): Promise<void> {
  const { engine } = await openEngine(values.engine);
  const corpus = markovCorpus(config.corpus as Extract<RunConfig['corpus'], { kind: 'markov' }>);
  const trainer = createTrainer(config, engine, corpus);
  const resident: number[] = [];
  const tensors: number[] = [];
  for (let step = 1; step <= steps; step++) {
    await trainer.step();
    if (step % (steps / 10) !== 0) continue;
    resident.push(process.memoryUsage.rss() / 2 ** 20);
    tensors.push(engine.tf.memory().numTensors);
  }
  trainer.dispose();
  row(`memory over ${String(steps)} steps, by tenths`, resident.map((mib) => mib.toFixed(0)).join(' '), 'MiB, flat');
  row('  tensors held', [...new Set(tensors)].join(' '), 'flat');
}

if (values.only === 'speed') console.log(JSON.stringify(await measure(10)));
else {
  console.log(`isoflop training benchmark on ${machine()}\n`);
  const one = await measureApart();
  const two = await Promise.all([measureApart(), measureApart()]);
  const both = two.reduce((sum, { tokensPerSecond }) => sum + tokensPerSecond, 0);
  row(
    `${one.engine}, ${String(one.params)} parameters`,
    `${one.tokensPerSecond.toFixed(0)} tokens/s`,
    '>= 5,700, aim 10,800',
  );
  row('two processes', `${both.toFixed(0)} tokens/s, ${(both / one.tokensPerSecond).toFixed(2)} times`, '>= 1.4 times');
  await benchMemory(Number(values.steps));
}
