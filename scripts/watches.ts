/**
 * How far off the forecasts of watched runs were, how often their intervals held the end, how often alarms were false, and
 * which faults they find: on the curves that ship and on simulated ones. `npm run watches` writes the tables of docs/watch.md.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { createRuns, fitRuns, readRuns, stopThreads, type Fit } from '../src/index.ts';
import { readRunCurves } from '../src/node/watch/fileSource.ts';
import { checkedRun, resolveRun } from '../src/proxy/readConfig.ts';
import type { RunConfig } from '../src/proxy/runConfig.ts';
import { readYaml } from '../src/proxy/yaml.ts';
import { findAlarms, type Alarm } from '../src/watch/alarms.ts';
import { bandOf, type BandPoint } from '../src/watch/band.ts';
import { curveUpTo, lastTokens, type RunCurve } from '../src/watch/curve.ts';
import { levelAt } from '../src/watch/level.ts';
import { watchRun } from '../src/watch/watchRun.ts';
import { faults, simulateCurve, simulateFamily } from './simulatedCurves.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/watch.md');
const confidence = 0.9;
const shares = [0.2, 0.4, 0.6, 0.8] as const;

/** A run with what is known of its family when it begins. */
interface Watched {
  readonly run: RunCurve;
  readonly family: readonly RunCurve[];
  readonly band: readonly BandPoint[] | null;
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
const percent = (share: number, digits = 0): string =>
  Number.isNaN(share) ? '-' : `${(100 * share).toFixed(digits)}%`;
const shareOf = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;
const endOf = (run: RunCurve): number => Math.exp(levelAt(run, lastTokens(run))?.log ?? NaN);

/** Chinchilla's law of the final losses of some runs, or of all their rows after a tenth. */
async function lawOf(runs: readonly RunCurve[], of: 'finals' | 'checkpoints'): Promise<Fit> {
  const rows = runs.flatMap((run) =>
    of === 'finals'
      ? [{ run, tokens: run.plannedTokens, loss: endOf(run) }]
      : Array.from(run.tokens, (tokens, i) => ({ run, tokens, loss: run.loss[i] })).filter(
          ({ tokens }) => tokens >= 0.1 * run.plannedTokens,
        ),
  );
  const table = createRuns({
    params: rows.map(({ run }) => run.params ?? NaN),
    tokens: rows.map(({ tokens }) => tokens),
    loss: rows.map(({ loss }) => loss),
    run: rows.map(({ run }) => run.name),
  });
  return await fitRuns(table, { confidence });
}

/** Runs of the larger sizes, each with all runs of smaller sizes as its family. */
async function largerRuns(runs: readonly RunCurve[], of: 'finals' | 'checkpoints', least: number): Promise<Watched[]> {
  const sizes = [...new Set(runs.map(({ params }) => params ?? NaN))].sort((a, b) => a - b);
  const watched: Watched[] = [];
  for (const size of sizes.slice(least)) {
    const family = runs.filter(({ params }) => (params ?? NaN) < size);
    const fit = await lawOf(family, of);
    for (const run of runs.filter(({ params }) => params === size))
      watched.push({ run, family, band: bandOf(fit, run, { confidence, family }).points });
  }
  return watched;
}

const ladder = await readRunCurves([join(root, 'data/ladder.csv')]);
const opt = await readRunCurves([join(root, 'data/opt-trajectories.csv')], {
  columns: { params: 'model_size', tokens: '10^num_token', flops: '10^flops', loss: 'log(ppl)', run: 'model_size' },
});
/** Names of the runs of the data-constrained models on C4 that saw their data four times at most: more is no healthy run. */
const few = await readRuns(join(root, 'data/datablations.csv'), {
  columns: { loss: 'rawLoss' },
  where: 'data == "c4" and epochs <= 4',
});
const fewNames = new Set(few.categories.run?.labels);
const repeated = (await readRunCurves([join(root, 'data/datablations.csv')], { columns: { loss: 'rawLoss' } })).filter(
  ({ name }) => fewNames.has(name),
);
const schedules = await readRunCurves([join(root, 'data/multi-power.csv')], { tokensPerStep: 1 });
const isDecaying = ({ name }: RunCurve): boolean => !name.includes('constant');
const alone = (runs: readonly RunCurve[]): Watched[] => runs.map((run) => ({ run, family: [], band: null }));

/** Sets of real runs, each with what is known of its family. */
const sets: readonly (readonly [name: string, watched: readonly Watched[]])[] = [
  ['our ladder, the three largest sizes', await largerRuns(ladder, 'finals', 3)],
  ['OPT, the three largest sizes', await largerRuns(opt, 'checkpoints', 3)],
  [
    'C4 up to 4 epochs, 2.8B to 8.7B',
    repeated.map((run) => ({ run, family: repeated.filter(({ params }) => params !== run.params), band: null })),
  ],
  ['multi-power, constant rate', alone(schedules.filter((run) => !isDecaying(run)))],
  ['multi-power, rate decays', alone(schedules.filter(isDecaying))],
];

/** Simulated families, each with a run that is larger than all of them. */
async function simulated(count: number): Promise<Watched[]> {
  const watched: Watched[] = [];
  for (let seed = 0; seed < count; seed++) {
    const family = simulateFamily(seed);
    const run = simulateCurve({ params: 1.5e9, plannedTokens: 3e10, seed: 1000 * seed + 999 });
    const fit = await lawOf(family, 'finals');
    watched.push({ run, family, band: bandOf(fit, run, { confidence, family }).points });
  }
  return watched;
}

/** Error at the end in percent, and how often the intervals held it, of each forecast at each share of the runs. */
function forecastRows(name: string, watched: readonly Watched[]): string[] {
  return shares.flatMap((share): string[] => {
    const states = watched.map(({ run, family, band }) => {
      const now = curveUpTo(run, share * run.plannedTokens);
      const { forecast } = watchRun(now, { family, confidence, ...(band === null ? {} : { band }) });
      return { forecast, end: endOf(run) };
    });
    const cells = (['own', 'curves', 'law', 'combined'] as const).map((which) => {
      const made = states.flatMap(({ forecast, end }) => {
        const one = forecast[which];
        return one === null
          ? []
          : [{ error: Math.abs(one.loss / end - 1), isIn: one.interval[0] <= end && end <= one.interval[1] }];
      });
      if (made.length === 0) return '-';
      return `${percent(median(made.map(({ error }) => error)), 2)} (${percent(shareOf(made.map(({ isIn }) => isIn)))})`;
    });
    return [`| ${[share === shares[0] ? name : '', String(watched.length), percent(share), ...cells].join(' | ')} |`];
  });
}

/** How often the loss of a run on its way was inside its band. */
function bandCoverage(watched: readonly Watched[]): string {
  const inside = watched.flatMap(({ run, band }) =>
    (band ?? []).flatMap(({ tokens, lower, upper }) => {
      const level = levelAt(run, tokens);
      return level === undefined || lower === null || upper === null
        ? []
        : [lower <= Math.exp(level.log) && Math.exp(level.log) <= upper];
    }),
  );
  return inside.length === 0 ? '-' : percent(shareOf(inside));
}

const kinds: readonly Alarm['kind'][] = [
  'diverged',
  'loss-above-band',
  'loss-outside-band',
  'gradient-norm',
  'loss-spike',
  'late-rise',
];

/** In how many runs each alarm was raised. */
function alarmRow(name: string, watched: readonly Watched[], from: number | undefined): string {
  const found = watched.map(({ run, band }) => findAlarms(run, band));
  const counts = kinds.map((kind) => found.filter((alarms) => alarms.some((alarm) => alarm.kind === kind)).length);
  const delays = watched.flatMap(({ run }, k) => {
    const first = Math.min(...found[k].map(({ tokens }) => tokens)) / run.plannedTokens;
    return from === undefined || first === Infinity || first < from ? [] : [first - from];
  });
  const any = found.filter((alarms) => alarms.length > 0).length;
  return `| ${[name, String(watched.length), ...counts.map(String), String(any), delays.length === 0 ? '-' : percent(median(delays), 1)].join(' | ')} |`;
}

/** Runs of 8.3K parameters that our trainer trains with a row every 16 steps, at a rate that suits them or not. */
async function trained(rates: readonly number[], seeds: readonly number[]): Promise<Watched[]> {
  const { openEngine } = await import('../src/proxy/engines/index.ts');
  const { trainRun } = await import('../src/proxy/train/run.ts');
  const { readRecordedRuns } = await import('../src/proxy/record/recordedRuns.ts');
  const { curveOfRecorded } = await import('../src/proxy/live/watchedRun.ts');
  const { engine } = await openEngine('wasm');
  const folder = await mkdtemp(join(tmpdir(), 'isoflop-watches-'));
  try {
    const watched: Watched[] = [];
    for (const rate of rates)
      for (const seed of seeds) {
        const name = `rate${String(rate)}-s${String(seed)}`;
        await trainRun(await trainedConfig(folder, name, rate, seed), join(folder, name), engine);
        const [run] = (await readRecordedRuns(join(folder, name))).runs;
        watched.push({ run: curveOfRecorded(run), family: [], band: null });
        process.stderr.write(`${name} ${run.result?.status ?? ''}\n`);
      }
    return watched;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The config of one of them, as a user writes it. */
async function trainedConfig(folder: string, name: string, rate: number, seed: number): Promise<RunConfig> {
  const file = join(folder, `${name}.yaml`);
  const text = `name: ${name}
engine: wasm
seed: ${String(seed)}
corpus: { kind: markov, vocabulary: 128, order: 1, exponent: 1.2, straying: 0.4, seed: 0, validationTokens: 8192 }
model: { layers: 2, width: 16, context: 32 }
schedule: { kind: cosine, rate: ${String(rate)} }
tokens: 300K
batch: 16
evaluations: 40
evaluationRows: 128
`;
  await writeFile(file, text);
  const document = await readYaml(file);
  return resolveRun(document, checkedRun(document, document.value));
}

/** The text between the two markers of a name replaced. */
function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`docs/watch.md lacks the markers of ${name}`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}

const families = await simulated(60);
const withFault = families.map(({ run, ...rest }, k) =>
  faults.map((fault): Watched => {
    const { params, plannedTokens } = run;
    return { ...rest, run: simulateCurve({ params: params ?? NaN, plannedTokens, seed: 1000 * k + 999, fault }) };
  }),
);
const forecasts = [
  '| runs | count | share | own curve | curves of the family | law of the family | together |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...[...sets, ['simulated', families] as const].flatMap(([name, watched]) => forecastRows(name, watched)),
].join('\n');
const bands = [
  '| runs | count | inside the band |',
  '| --- | ---: | ---: |',
  ...[...sets, ['simulated', families] as const]
    .filter(([, watched]) => watched.some(({ band }) => band !== null))
    .map(([name, watched]) => `| ${name} | ${String(watched.length)} | ${bandCoverage(watched)} |`),
].join('\n');
const own = await trained([5e-3], [0, 1, 2, 3, 4, 5]);
const tooFast = await trained([1, 3], [0, 1, 2]);
const alarms = [
  `| runs | count | ${kinds.join(' | ')} | any | delay |`,
  `| --- | ---: | ${kinds.map(() => '---:').join(' | ')} | ---: | ---: |`,
  ...sets.map(([name, watched]) => alarmRow(name, watched, undefined)),
  alarmRow('trained at a rate of 0.005', own, undefined),
  alarmRow('simulated', families, undefined),
  ...faults.map((fault, k) =>
    alarmRow(
      `simulated, ${fault}`,
      withFault.map((runs) => runs[k]),
      [0.6, 0.3, 0.5, 0.7][k],
    ),
  ),
  alarmRow('trained at a rate of 1 or 3', tooFast, 0),
].join('\n');
console.log([forecasts, bands, alarms].join('\n\n'));
await stopThreads();
let text = await readFile(page, 'utf8');
for (const [name, table] of Object.entries({ forecasts, bands, alarms })) text = replaceBetween(text, name, table);
await writeFile(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
