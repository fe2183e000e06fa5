/** Recorded runs as worlds in which runs can be bought, for scripts/designs.ts. */
import { join } from 'node:path';
import { readRuns } from '../src/index.ts';
import { costOf, type Planned, type Trained, type World } from './spendings.ts';

/** Runs below a cut in compute can be bought, runs above it are predicted. */
export interface RecordedWorld extends World {
  readonly name: string;
  readonly cut: number;
  readonly above: readonly Trained[];
}

interface Set {
  readonly name: string;
  readonly file: string;
  readonly columns?: string;
  readonly where?: string;
  readonly finals?: boolean;
}

const porian = (
  [
    ['base', 'long', 'kaplan', 'standard'],
    ['base', 'short', 'kaplan', 'standard'],
    ['base', 'short', 'chinchilla', 'standard'],
    ['tuned', 'short', 'const', 'standard'],
  ] as const
).map(([hparams, warmup, decay, count]): Set => ({
  name: `Porian, ${hparams}, ${warmup} warm-up, ${decay} decay`,
  file: 'porian.csv',
  where: `hparams == "${hparams}" and warmup == "${warmup}" and decay == "${decay}" and param_count == "${count}"`,
}));

const sets: readonly Set[] = [
  { name: 'Chinchilla', file: 'chinchilla.csv', where: 'loss < 3.44' },
  ...porian,
  { name: 'Muennighoff, one epoch', file: 'datablations-contour.csv', where: 'tokens <= 1.001 * uniqueTokens' },
  { name: 'own ladder', file: 'ladder.csv', finals: true },
];

/** Runs that are there at first, from the cheapest share of the pool. */
const first = { runs: 12, share: 0.3 };
/** Shares of the runs below the cut. */
const cuts = [0.6, 0.75, 0.9];
/** The budget buys the costliest run of the pool so many times. */
const budgetShare = 2;
/** Fewer runs leave nothing to choose. */
const leastPool = 20;

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The worlds of a set of runs. */
function worldsOf(name: string, runs: readonly Trained[]): RecordedWorld[] {
  const sorted = runs.toSorted((a, b) => costOf(a) - costOf(b) || a.params - b.params || a.loss - b.loss);
  return cuts.flatMap((share) => {
    const cut = costOf(sorted[Math.floor(share * sorted.length)]);
    const below = sorted.filter((run) => costOf(run) < cut * 0.999);
    const above = sorted.filter((run) => costOf(run) >= cut * 0.999);
    const cheap = Math.max(first.runs, Math.floor(first.share * below.length));
    const chosen = new Set(
      Array.from({ length: first.runs }, (_, k) => Math.round((k * (cheap - 1)) / (first.runs - 1))),
    );
    const pool = below.filter((_, k) => !chosen.has(k));
    if (pool.length < leastPool || above.length === 0) return [];
    const geometric = (of: (run: Planned) => number): number => Math.exp(mean(above.map((run) => Math.log(of(run)))));
    const lossOf = new Map<string, number[]>();
    for (const { params, tokens, loss } of below) {
      const key = `${String(params)} ${String(tokens)}`;
      lossOf.set(key, [...(lossOf.get(key) ?? []), loss]);
    }
    return [
      {
        name,
        cut,
        above,
        pool,
        budget: budgetShare * costOf(pool[pool.length - 1]),
        first: below.filter((_, k) => chosen.has(k)),
        target: { params: geometric((run) => run.params), tokens: geometric((run) => run.tokens) },
        // Of several runs of one shape the mean, so that no order decides.
        train: ({ params, tokens }) => ({
          params,
          tokens,
          loss: mean(lossOf.get(`${String(params)} ${String(tokens)}`) ?? []),
        }),
      },
    ];
  });
}

/** All recorded worlds. */
export async function recordedWorlds(): Promise<RecordedWorld[]> {
  const folder = join(import.meta.dirname, '../data');
  const found = await Promise.all(
    sets.map(async ({ name, file, where, columns, finals }) => {
      const runs = await readRuns(join(folder, file), {
        ...(where === undefined ? {} : { where }),
        ...(columns === undefined ? {} : { columns }),
        ...(finals === true ? { checkpoints: { finals } } : {}),
      });
      const { params, tokens, loss } = runs.quantities;
      if (params === undefined || tokens === undefined || loss === undefined) throw new Error(`${file} lacks a column`);
      const rows = Array.from({ length: runs.rows }, (_, k) => ({
        params: params[k],
        tokens: tokens[k],
        loss: loss[k],
      }));
      return worldsOf(name, rows);
    }),
  );
  return found.flat();
}
