/**
 * Simulates ladders of runs from known laws, fits Chinchilla's law, and asks about runs of 4 and 30 times the largest
 * compute: how often intervals hold what comes, and how often warnings say that the form of the law is wrong. Writes the
 * tables into docs/simulations.md.
 *
 * `npm run simulations`, or `npm run simulations -- 48` for the first 48 ladders, whose tables are printed and not written.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { createRandom } from '../src/core/random.ts';
import { erf } from '../src/core/special.ts';
import {
  bootstrapFit,
  calibrate,
  chinchilla,
  createRuns,
  estimateCovariance,
  fitLaw,
  groupRows,
  predictLoss,
  predictPoints,
  summarizeFit,
  type Runs,
} from '../src/index.ts';
import { designs, drawError, drawTruth, forms, planOf, type Ladder } from './simulatedLadders.ts';

const ladders = 500;
const confidence = 0.9;
const resamples = 200;
/** Compute of the new runs, in units of the largest that was fitted. */
const beyond = [4, 30];
const noises = [0.003, 0.01, 0.02];
const outlierShares = [0, 0.02];
/** Warnings that say that the law has the wrong form. */
const formWarnings = ['SADDLE_RESIDUALS', 'LACK_OF_FIT', 'FORM_BEATEN'];
/** Ranges of the size of the form error, in units of the noise. */
const formErrors: readonly (readonly [number, number])[] = [
  [0, 0.3],
  [0.3, 1],
  [1, Infinity],
];
const page = join(dirname(fileURLToPath(import.meta.url)), '../docs/simulations.md');

/** What intervals hold: probabilities for a new run, 0 or 1 for the mean. */
interface Asked {
  readonly beyond: number;
  readonly newRun: number;
  readonly mean: number;
  /** The interval of the coefficients alone, asked about the mean and about a new run. */
  readonly plainMean: number;
  readonly plainNewRun: number;
  /** ln upper - ln lower of the calibrated interval for a new run, and of the plain one. */
  readonly width: number;
  readonly plainWidth: number;
}

interface Outcome {
  readonly ladder: Ladder;
  readonly asked: readonly Asked[];
  readonly codes: ReadonlySet<string>;
  /** Root mean square of what the law leaves over without noise, in units of the noise. */
  readonly formError: number;
}

/** The kind of ladder k: every design, noise and share of outliers in turn; every other ladder has the right form. */
function kindOf(k: number): Ladder {
  const at = Math.floor(k / 2);
  const pick = <T>(list: readonly T[], index: number): T => list[index % list.length];
  const wrong = pick(forms.slice(1), Math.floor(at / (designs.length * noises.length * outlierShares.length)));
  return {
    form: k % 2 === 0 ? 'right' : wrong,
    design: pick(designs, at),
    noise: pick(noises, Math.floor(at / designs.length)),
    outliers: pick(outlierShares, Math.floor(at / (designs.length * noises.length))),
  };
}

/** One ladder: its runs, the fit of Chinchilla's law to them, and what that says about larger runs. */
async function simulate(k: number): Promise<Outcome> {
  const ladder = kindOf(k);
  const random = createRandom(k, 1);
  const truth = drawTruth(ladder.form, random);
  const plan = planOf(ladder.design);
  const runsOf = (loss: readonly number[]): Runs =>
    createRuns({ params: plan.map(({ params }) => params), tokens: plan.map(({ tokens }) => tokens), loss });
  const law = fitLaw(chinchilla, runsOf(plan.map((run) => truth(run) * Math.exp(drawError(ladder, random)))));
  const noiseless = fitLaw(chinchilla, runsOf(plan.map(truth)));
  const groups = groupRows(law);
  const covariance = estimateCovariance(law, groups, 'sandwich');
  const { calibration, warnings } = calibrate(law, { confidence });
  const bootstrap = await bootstrapFit(law, groups, { resamples, seed: k });
  const fit = summarizeFit(law, { covariance, calibration, bootstrap, confidence, warnings });
  const top = plan.reduce((most, { params, tokens }) => Math.max(most, 6 * params * tokens), 0);
  const asked = beyond.map((factor): Asked => {
    const params = Math.sqrt((factor * top) / 120);
    const run = { params, tokens: 20 * params };
    const { calibrated } = predictPoints(fit, [run]).points[0];
    const { lower, upper } = predictLoss(fit, { params: [run.params], tokens: [run.tokens] });
    const plain = lower === null || upper === null ? null : ([lower[0], upper[0]] as const);
    const there = Math.log(truth(run));
    const holdsMean = (ends: readonly [number, number] | null | undefined): number =>
      ends && Math.log(ends[0]) <= there && there <= Math.log(ends[1]) ? 1 : 0;
    // The share of all new runs that the interval would hold; a few drawn ones would only add noise to it.
    const below = (end: number): number => (1 + erf((Math.log(end) - there) / ladder.noise / Math.SQRT2)) / 2;
    const holdsRun = (ends: readonly [number, number] | null | undefined): number =>
      ends ? below(ends[1]) - below(ends[0]) : 0;
    const widthOf = (ends: readonly [number, number] | null | undefined): number =>
      ends ? Math.log(ends[1] / ends[0]) : NaN;
    return {
      beyond: factor,
      newRun: holdsRun(calibrated?.newRun),
      mean: holdsMean(calibrated?.mean),
      plainMean: holdsMean(plain),
      plainNewRun: holdsRun(plain),
      width: widthOf(calibrated?.newRun),
      plainWidth: widthOf(plain),
    };
  });
  const codes = new Set(fit.warnings.map(({ code }) => code));
  const formError = summarizeFit(noiseless, { covariance }).residualRms / ladder.noise;
  return { ladder, asked, codes, formError };
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;

function median(values: readonly number[]): number {
  const sorted = values.filter((x) => !Number.isNaN(x)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, k) => (k === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** How often intervals hold what comes, for parts of the ladders. */
function coverageTable(outcomes: readonly Outcome[]): string {
  const line = (name: string, part: readonly Outcome[], factor?: number): string[] => {
    const asked = part.flatMap((outcome) => outcome.asked).filter((a) => factor === undefined || a.beyond === factor);
    const share = (of: (asked: Asked) => number): string => percent(mean(asked.map(of)));
    return [
      name,
      String(part.length),
      share((a) => a.newRun),
      share((a) => a.mean),
      share((a) => a.plainNewRun),
      share((a) => a.plainMean),
      `${(100 * median(asked.map((a) => a.width))).toFixed(1)}%`,
      `${(100 * median(asked.map((a) => a.plainWidth))).toFixed(1)}%`,
    ];
  };
  const rows = [true, false].flatMap((isRight) => {
    const part = outcomes.filter(({ ladder }) => (ladder.form === 'right') === isRight);
    const some = (name: string, keep: (ladder: Ladder) => boolean): string[] =>
      line(
        name,
        part.filter(({ ladder }) => keep(ladder)),
      );
    return [
      line(isRight ? '**right form**' : '**wrong form**', part),
      ...beyond.map((factor) => line(`${String(factor)} times the compute`, part, factor)),
      ...(isRight ? [] : forms.slice(1).map((form) => some(form, (ladder) => ladder.form === form))),
      ...designs.map((design) => some(design, (ladder) => ladder.design === design)),
      ...noises.map((noise) => some(`noise ${(100 * noise).toFixed(1)}%`, (ladder) => ladder.noise === noise)),
      ...outlierShares.map((outliers) =>
        some(outliers === 0 ? 'no outliers' : `${percent(outliers)} outliers`, (l) => l.outliers === outliers),
      ),
    ];
  });
  return markdown(
    [
      'ladders',
      'count',
      'new run',
      'mean',
      'bootstrap, new run',
      'bootstrap, mean',
      'width (median)',
      'bootstrap width',
    ],
    rows.filter(([, count]) => count !== '0'),
  );
}

/** How often each warning about the form is raised where the form is right and where it is wrong. */
function warningTable(outcomes: readonly Outcome[]): string {
  const rate = (part: readonly Outcome[], codes: readonly string[]): string =>
    part.length === 0 ? '-' : percent(mean(part.map((outcome) => (codes.some((c) => outcome.codes.has(c)) ? 1 : 0))));
  const groups: [string, Outcome[]][] = [
    ...forms.map((form): [string, Outcome[]] => [form, outcomes.filter(({ ladder }) => ladder.form === form)]),
    ...formErrors.map(([low, high]): [string, Outcome[]] => [
      `form error ${high === Infinity ? `above ${low}` : `${low} to ${high}`}`,
      outcomes.filter(({ ladder, formError }) => ladder.form !== 'right' && formError >= low && formError < high),
    ]),
  ];
  const line = (name: string, codes: readonly string[]): string[] => [
    name,
    ...groups.map(([, part]) => rate(part, codes)),
  ];
  return markdown(
    ['warning', ...groups.map(([name]) => name)],
    [
      ['ladders', ...groups.map(([, part]) => String(part.length))],
      ...formWarnings.map((code) => line(`\`${code}\``, [code])),
      line('any of them', formWarnings),
    ],
  );
}

/** Puts text between the markers of that name. */
function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) throw new Error(`docs/simulations.md lacks the markers of ${name}`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}

const [, , count = ladders] = process.argv;
const asked = Number(count);
const outcomes: Outcome[] = [];
for (let k = 0; k < asked; k++) {
  outcomes.push(await simulate(k));
  if ((k + 1) % 50 === 0) console.error(`${String(k + 1)} of ${String(asked)} ladders`);
}
const tables = { coverage: coverageTable(outcomes), warnings: warningTable(outcomes) };
console.log(`${tables.coverage}\n\n${tables.warnings}`);
if (asked === ladders) {
  let text = await readFile(page, 'utf8');
  for (const [name, table] of Object.entries(tables)) text = replaceBetween(text, name, table);
  await writeFile(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
}
