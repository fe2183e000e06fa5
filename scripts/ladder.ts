/**
 * `npm run ladder [-- SWEEP.yaml] [--jobs 2] [--out runs/ladder] [--write docs/ladder.md]`: trains a ladder of proxy models,
 * fits all sizes but the largest, predicts that one, and says how far off that was. An interrupted ladder goes on where it
 * stood. The outcome goes to OUT/outcome.md with its figures, and with `--write` into the docs too.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { formatQuantity, loadFit, predictLoss, readRuns, selectCheckpoints } from '../src/index.ts';
import { coursesFigure, sizePlaces, type Course } from '../src/plots/dynamics/courses.ts';
import { linearAxis, logAxis, logSpace, padLinear, padRange } from '../src/plots/axis.ts';
import { figureSvg } from '../src/plots/svg/figureSvg.ts';
import { machine } from '../test/bench/measure.ts';

/** A row of a Markdown table. */
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist/cli/main.js');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    out: { type: 'string' },
    write: { type: 'string' },
  },
});
const yaml = positionals.at(0) ?? join(root, 'data/sweeps/ladder.yaml');
const name = basename(yaml).replace(/\.ya?ml$/, '');
const folder = values.out ?? join(root, 'runs', name);
const confidence = 0.9;
/** Asked of the held-out size: mean absolute relative error, and standard errors between E and the entropy rate. */
const asked = { error: 0.04, errors: 2 };

/** Runs the command line with its progress on the terminal. */
async function train(): Promise<number> {
  const began = Date.now();
  const child = spawn(process.execPath, [cli, 'sweep', yaml, '--jobs', values.jobs, '--resume', '--out', folder], {
    stdio: 'inherit',
  });
  const status = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (status !== 0) process.exit(status ?? 1);
  return (Date.now() - began) / 1000;
}

/** Commands that were run, as a reader would type them. */
const commands: string[] = [];

/** What `isoflop` prints as JSON. */
function isoflop(...args: readonly string[]): unknown {
  commands.push(
    `isoflop ${args
      .filter((arg) => arg !== '--json')
      .map((arg) => (arg.startsWith(folder) ? relative(root, arg) : /[ <>]/.test(arg) ? `'${arg}'` : arg))
      .join(' ')}`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

interface FitJson {
  readonly status: string;
  readonly params: Readonly<Record<string, { readonly value: number; readonly stderr: number | null }>>;
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly level: string }[];
}
interface PredictJson {
  readonly points: readonly {
    readonly loss: number;
    readonly interval: readonly [number, number] | null;
    readonly calibrated: { readonly loss: number; readonly newRun: readonly [number, number] } | null;
  }[];
}
interface Config {
  readonly parameters: { readonly total: number };
  readonly config: { readonly model: { readonly layers: number; readonly width: number } };
  readonly corpus: { readonly kind: string; readonly entropyRate: number | null };
  readonly engine: { readonly id: string; readonly device: string };
}

const wasThere = existsSync(join(folder, 'result.json'));
const seconds = await train();
const csv = join(folder, 'runs.csv');
const ends = selectCheckpoints(await readRuns(csv), { finals: true });
const column = (quantity: string): number[] => Array.from(ends.quantities[quantity] ?? []);
const [params, tokens, loss] = ['params', 'tokens', 'loss'].map(column);
const rows = params.map((size, k) => ({ params: size, tokens: tokens[k], loss: loss[k] }));
const sizes = [...new Set(params)].sort((a, b) => a - b);
const largest = sizes[sizes.length - 1];
const held = rows.filter((one) => one.params === largest);
const budgets = [...new Set(held.map((one) => one.tokens))].sort((a, b) => a - b);

const fitFile = join(folder, 'fit.json');
const fit = isoflop(
  ...['fit', csv, '--finals', '--where', `params < ${String(largest)}`],
  ...['--bootstrap', '1000', '--confidence', String(confidence), '--out', fitFile, '--json'],
) as FitJson;
const predictions = budgets.map((budget) => {
  const { points } = isoflop(
    ...['predict', fitFile, '--params', String(largest), '--tokens', String(budget)],
    ...['--confidence', String(confidence), '--json'],
  ) as PredictJson;
  return points[0];
});

const judged = held
  .map((one) => {
    const { loss: law, interval, calibrated } = predictions[budgets.indexOf(one.tokens)];
    const predicted = calibrated?.loss ?? law;
    const [low, high] = calibrated?.newRun ?? interval ?? [NaN, NaN];
    return { ...one, law, predicted, low, high, isInside: one.loss >= low && one.loss <= high };
  })
  .sort((a, b) => a.tokens - b.tokens);
const meanError = (of: 'law' | 'predicted'): number =>
  judged.reduce((sum, one) => sum + Math.abs(one[of] / one.loss - 1), 0) / judged.length;
const inside = judged.filter(({ isInside }) => isInside).length;

const plan = JSON.parse(await readFile(join(folder, 'sweep.json'), 'utf8')) as { runs: { name: string }[] };
const configs = await Promise.all(
  plan.runs.map(async (run) => JSON.parse(await readFile(join(folder, run.name, 'config.json'), 'utf8')) as Config),
);
const [{ corpus, engine }] = configs;
const { value: E, stderr } = fit.params.E;
const entropy = corpus.entropyRate;
const away = entropy === null || stderr === null ? null : Math.abs(E - entropy) / stderr;

/** Losses over size, a line a budget, with the law and the held-out size. */
async function drawLadder(): Promise<string> {
  const saved = await loadFit(fitFile);
  const place = sizePlaces(budgets);
  const x = Array.from(logSpace(sizes[0], largest, 41));
  const courses = budgets.flatMap((budget): Course[] => {
    const label = `${formatQuantity(budget)} tokens`;
    const own = rows.filter((one) => one.tokens === budget);
    const mean = (size: number): number => {
      const losses = own.filter((one) => one.params === size).map((one) => one.loss);
      return losses.reduce((sum, value) => sum + value, 0) / losses.length;
    };
    const law = predictLoss(saved, { params: x, tokens: x.map(() => budget) }, { confidence });
    const shared = { group: label, place: place(budget) };
    return [
      { ...shared, name: `${label}, measured`, x: sizes, y: sizes.map(mean) },
      {
        ...shared,
        name: `${label}, law of the smaller sizes`,
        x,
        y: Array.from(law.loss),
        isLaw: true,
        ...(law.lower === null || law.upper === null
          ? {}
          : { lower: Array.from(law.lower), upper: Array.from(law.upper) }),
      },
    ];
  });
  const figure = coursesFigure(courses, {
    title: `The law of ${String(sizes.length - 1)} sizes misses the next by ${(100 * meanError('law')).toFixed(2)}%`,
    subtitle: `points: mean over seeds, the rightmost held out · dashed: Chinchilla law fitted to the others, with the ${String(100 * confidence)}% band of its mean`,
    xaxis: (range) => logAxis({ quantity: 'params', range: padRange(range) }),
    yaxis: (range) => linearAxis({ quantity: 'loss', range: padLinear(range) }),
    threshold: entropy === null ? undefined : { y: entropy, text: 'entropy rate of the source' },
    hover: { x: 'parameters', y: 'loss' },
  });
  return figureSvg(figure);
}

const figureFile = `${name}.svg`;
await writeFile(join(folder, figureFile), await drawLadder());

const verdict = (isMet: boolean): string => (isMet ? 'met' : 'missed');
const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
const minutes = `${String(Math.floor(seconds / 60))} min ${String(Math.round(seconds % 60))} s`;
const shapes = sizes.map((size) => {
  const own = rows.filter((one) => one.params === size);
  const { layers, width } =
    configs.find(({ parameters }) => parameters.total === size)?.config.model ?? configs[0].config.model;
  return row([
    formatQuantity(size),
    String(layers),
    String(width),
    String(own.length),
    budgets.map((budget) => own.find((one) => one.tokens === budget)?.loss.toFixed(4) ?? '-').join(', '),
  ]);
});

const outcome = (image: string): string => `## Outcome

Trained with \`npm run ladder\` on ${machine()}, engine ${engine.id} (${engine.device}), ${values.jobs} processes: ${minutes}
for ${String(plan.runs.length)} runs${wasThere ? ' (the runs were there already)' : ''}.

| parameters | layers | width | runs | loss after ${budgets.map((budget) => formatQuantity(budget)).join(', ')} tokens (first seed) |
| --- | --- | --- | --- | --- |
${shapes.join('\n')}

![Loss over model size for each budget, with the law of the smaller sizes](${image})

The law fitted to the ends of all runs but those of ${formatQuantity(largest)} parameters (\`${fit.status}\`):

| parameter | value | standard error |
| --- | --- | --- |
${Object.entries(fit.params)
  .map(([key, { value, stderr: error }]) =>
    row([key, String(Number(value.toPrecision(5))), error === null ? '-' : String(Number(error.toPrecision(3)))]),
  )
  .join('\n')}

It then predicts the largest size, which is ${(largest / sizes[sizes.length - 2]).toFixed(1)} times the next smaller:

| tokens | loss | law | calibrated | ${String(100 * confidence)}% interval for a new run | inside | error |
| --- | --- | --- | --- | --- | --- | --- |
${judged
  .map(({ tokens: budget, loss: measured, law, predicted, low, high, isInside }) =>
    row([
      formatQuantity(budget),
      measured.toFixed(4),
      law.toFixed(4),
      predicted.toFixed(4),
      `${low.toFixed(4)} to ${high.toFixed(4)}`,
      isInside ? 'yes' : 'no',
      percent(predicted / measured - 1),
    ]),
  )
  .join('\n')}

- Mean absolute relative error on the held-out size: ${percent(meanError('predicted'))} calibrated, ${percent(meanError('law'))} by the law alone; asked: at most ${percent(asked.error)} (${verdict(Math.max(meanError('predicted'), meanError('law')) <= asked.error)}).
- Inside the ${String(100 * confidence)}% interval: ${String(inside)} of ${String(judged.length)} held-out runs.
${
  entropy === null
    ? ''
    : `- Irreducible loss E ${E.toFixed(4)} with a standard error of ${stderr?.toFixed(4) ?? '-'}; the entropy rate of the source is ${entropy.toFixed(4)} exactly, ${away?.toFixed(2) ?? '-'} standard errors away; asked: at most ${String(asked.errors)} (${verdict((away ?? Infinity) <= asked.errors)}).`
}
${fit.warnings
  .filter(({ level }) => level !== 'info')
  .map(({ code, message }) => `- The fit warns: ${message} [${code}]`)
  .join('\n')}

The commands behind these numbers, once the sweep has ended:

\`\`\`sh
${commands.join('\n')}
\`\`\`
`;

const format = async (path: string, text: string): Promise<string> =>
  prettier.format(text, { ...(await prettier.resolveConfig(path)), parser: 'markdown' });
await writeFile(join(folder, 'outcome.md'), await format(join(root, 'docs/x.md'), outcome(figureFile)));
process.stdout.write(outcome(figureFile));

if (values.write !== undefined) {
  // Only what follows the heading is the script's; what is above it is written by hand.
  const path = values.write;
  const images = join(dirname(path), 'images');
  await mkdir(images, { recursive: true });
  await copyFile(join(folder, figureFile), join(images, figureFile));
  const [hand] = (await readFile(path, 'utf8')).split('## Outcome\n');
  await writeFile(path, await format(path, `${hand}${outcome(`images/${figureFile}`)}`));
}
