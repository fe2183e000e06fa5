/**
 * Spends one budget in several ways on runs of known laws, and on recorded runs, and compares how well the larger runs are then
 * predicted. Writes the tables into docs/designs.md.
 *
 * `npm run designs`, or `npm run designs -- 20` for the first 20 worlds, whose tables are printed and not written.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { recordedWorlds, type RecordedWorld } from './recordedDesigns.ts';
import { drawWorld, truths, type SimulatedWorld } from './simulatedDesigns.ts';
import { askAbout, costOf, fitTo, spend, strategies, type Said, type Strategy } from './spendings.ts';

const worlds = 250;
/** Random choices differ, so each recorded world gets several. */
const randomChoices = 5;
const page = join(dirname(fileURLToPath(import.meta.url)), '../docs/designs.md');
const grid: Strategy = 'isoFLOP grid';

/** What one way to spend the budget gave: what is said about each run that was asked about. */
interface Result {
  readonly said: readonly Said[];
  readonly runs: number;
  /** Cost of the largest run, and of all, as shares of the budget. */
  readonly largest: number;
  readonly spent: number;
  readonly expected: number;
}

type Results = ReadonlyMap<Strategy | 'before', readonly Result[]>;

interface Outcome<W> {
  readonly world: W;
  readonly results: Results;
}

/** Spends the budget of a world in every way. */
function tryAll<W extends SimulatedWorld | RecordedWorld>(make: () => W, seed: number): Outcome<W> {
  const world = make();
  const results = new Map<Strategy | 'before', readonly Result[]>();
  const asked = 'above' in world ? world.above : [{ ...world.target, loss: world.truth(world.target) }];
  const known = world.first.map(world.train);
  const fit = fitTo(known);
  const ask = (of: typeof fit): Said[] => asked.map((run) => askAbout(of, run, run.loss));
  results.set('before', [{ said: ask(fit), runs: known.length, largest: NaN, spent: NaN, expected: NaN }]);
  for (const strategy of strategies) {
    const times = strategy === 'random' && 'above' in world ? randomChoices : 1;
    const found = Array.from({ length: times }, (_, k): Result => {
      // Made anew, so that each way to spend has the same luck.
      const own = make();
      const again = own.first.map(own.train);
      const { bought, fit: now, expected } = spend(strategy, fit, again, own, seed + 1000 * k);
      const costs = bought.map(costOf);
      return {
        said: ask(now),
        runs: bought.length,
        largest: Math.max(...costs) / own.budget,
        spent: costs.reduce((sum, cost) => sum + cost, 0) / own.budget,
        expected,
      };
    });
    results.set(strategy, found);
  }
  return { world, results };
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const percent = (share: number, digits = 0): string =>
  Number.isNaN(share) ? '-' : `${(100 * share).toFixed(digits)}%`;

function median(values: readonly number[]): number {
  const sorted = values.filter((x) => !Number.isNaN(x)).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, k) => (k === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const resultsOf = ({ results }: Outcome<unknown>, strategy: Strategy | 'before'): readonly Result[] =>
  results.get(strategy) ?? [];

/** One number of each world and way. */
const each = (
  outcomes: readonly Outcome<unknown>[],
  strategy: Strategy | 'before',
  of: (said: Said) => number,
): number[] => outcomes.map((outcome) => mean(resultsOf(outcome, strategy).flatMap(({ said }) => said.map(of))));

/** Median over the worlds of how many times larger a number is with the grid. */
function timesOfGrid(outcomes: readonly Outcome<unknown>[], strategy: Strategy, of: (said: Said) => number): string {
  const [mine, its] = [each(outcomes, strategy, of), each(outcomes, grid, of)];
  return median(its.map((value, k) => value / mine[k])).toFixed(2);
}

/** How each way to spend did on simulated worlds. */
function strategyTable(outcomes: readonly Outcome<SimulatedWorld>[]): string {
  const rows = (['before', ...strategies] as const).map((strategy) => {
    const all = outcomes.flatMap((outcome) => resultsOf(outcome, strategy));
    const of = (pick: (said: Said) => number): number[] => each(outcomes, strategy, pick);
    return [
      strategy === 'before' ? 'before any' : strategy,
      String(median(all.map(({ runs }) => runs))),
      percent(median(all.map(({ largest }) => largest))),
      percent(median(of((said) => said.mean)), 2),
      strategy === 'before' ? '-' : timesOfGrid(outcomes, strategy, (said) => said.mean),
      strategy === 'before' ? '-' : timesOfGrid(outcomes, strategy, (said) => said.plain),
      percent(median(of((said) => said.error)), 2),
      percent(Math.sqrt(mean(of((said) => said.error ** 2))), 2),
      percent(mean(of((said) => Number(said.meanHolds)))),
    ];
  });
  return markdown(
    ['way', 'runs', 'largest', 'half width', 'narrower', 'coefficients', 'error', 'rms error', 'held'],
    rows,
  );
}

/** The same by what is true, for the plan in batches, the grid and the ladder. */
function truthTable(outcomes: readonly Outcome<SimulatedWorld>[]): string {
  const next: Strategy = 'next, in batches';
  const rows = truths.map((form) => {
    const part = outcomes.filter(({ world }) => world.form === form);
    const error = (strategy: Strategy): string =>
      percent(Math.sqrt(mean(each(part, strategy, (said) => said.error ** 2))), 2);
    const held = (strategy: Strategy): string => percent(mean(each(part, strategy, (said) => Number(said.meanHolds))));
    return [
      form,
      String(part.length),
      timesOfGrid(part, next, (said) => said.mean),
      error(next),
      error(grid),
      error("Chinchilla's ladder"),
      held(next),
      held(grid),
      held("Chinchilla's ladder"),
    ];
  });
  return markdown(
    ['truth', 'worlds', 'narrower', 'error: next', 'grid', 'ladder', 'held: next', 'grid', 'ladder'],
    rows,
  );
}

/** What was expected of the first plan, against what came. */
function expectedLine(outcomes: readonly Outcome<SimulatedWorld>[]): string {
  const ratios = outcomes.map((outcome) => {
    const [result] = resultsOf(outcome, 'next, at once');
    return result.said[0].mean / result.expected;
  });
  const sorted = ratios.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))].toFixed(2);
  return `After the runs of a plan at once the interval was ${at(0.5)} times as wide as the plan expected in the median, and between ${at(0.1)} and ${at(0.9)} times in 80% of the worlds.`;
}

/** How each way did on the recorded runs. */
function recordedTable(outcomes: readonly Outcome<RecordedWorld>[]): string {
  const line = (name: string, part: readonly Outcome<RecordedWorld>[], cut: string): string[] => {
    const error = (strategy: Strategy): string => percent(mean(each(part, strategy, (said) => said.error)), 2);
    return [
      name,
      cut,
      String(part.reduce((sum, { world }) => sum + world.above.length, 0)),
      ...(['next, in batches', grid, "Chinchilla's ladder", 'random'] as const).map(error),
      timesOfGrid(part, 'next, in batches', (said) => said.newRun),
      percent(mean(each(part, 'next, in batches', (said) => Number(said.newRunHolds)))),
      percent(mean(each(part, grid, (said) => Number(said.newRunHolds)))),
    ];
  };
  return markdown(
    ['runs', 'cut', 'above', 'error: next', 'grid', 'ladder', 'random', 'narrower', 'held: next', 'grid'],
    [
      ...outcomes.map((outcome) =>
        line(outcome.world.name, [outcome], outcome.world.cut.toExponential(1).replace('+', '')),
      ),
      line('**mean of all**', outcomes, ''),
    ],
  );
}

/** Puts text between the markers of that name. */
function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) throw new Error(`docs/designs.md lacks the markers of ${name}`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}

const [, , count = worlds] = process.argv;
const asked = Number(count);
const simulated: Outcome<SimulatedWorld>[] = [];
for (let k = 0; k < asked; k++) {
  simulated.push(tryAll(() => drawWorld(k), k));
  if ((k + 1) % 25 === 0) console.error(`${String(k + 1)} of ${String(asked)} worlds`);
}
const recorded = (await recordedWorlds()).map((world, k) => tryAll(() => world, k));
const tables = {
  strategies: strategyTable(simulated),
  truths: truthTable(simulated),
  expected: expectedLine(simulated),
  recorded: recordedTable(recorded),
};
console.log(Object.values(tables).join('\n\n'));
if (asked === worlds) {
  let text = await readFile(page, 'utf8');
  for (const [name, table] of Object.entries(tables)) text = replaceBetween(text, name, table);
  await writeFile(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
}
