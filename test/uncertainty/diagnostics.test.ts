import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { warningCodes, type Warning, type WarningCode, type WarningLevel } from '../../src/core/warnings.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import type { FitOptions } from '../../src/fit/options.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { readRuns } from '../../src/runs/files.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { diagnose } from '../../src/uncertainty/diagnostics/index.ts';
import { chinchilla240, chinchillaAll } from '../helpers/data.ts';
import {
  checkpointGrid,
  coupledLoss,
  isoflopGrid,
  plannedRuns,
  sixSizes,
  sizeGrid,
  sumLoss,
  typical,
  type Planned,
} from '../helpers/designs.ts';
import { errorOf } from '../helpers/errors.ts';

const root = join(import.meta.dirname, '../..');
const grid = sizeGrid(sixSizes, [5, 20, 80, 320]);
const [hoffmann, besiroglu] = chinchilla.published;

interface Example {
  /** What is wrong, or what looks like it and is not. */
  readonly name: string;
  readonly runs: () => Runs | Promise<Runs>;
  readonly options?: FitOptions;
  readonly law?: string;
}

/** For every code: data that raise it, its level there, and a near miss that does not. */
interface Case {
  readonly code: WarningCode;
  readonly level: WarningLevel;
  readonly raises: readonly Example[];
  readonly misses: readonly Example[];
}

/** Tokens that follow the sizes at 20 for each, but for some scatter. */
function oneRatio(scatter: number): Planned[] {
  return Array.from({ length: 40 }, (_, i) => {
    const params = 3e7 * 1.15 ** i;
    return { params, tokens: 20 * params * Math.exp(scatter * Math.sin(7 * i)) };
  });
}

/** Losses of a grid of checkpoints, of which those of small models turn after 60% of the run and rise by a share. */
function turning(rise: number, checkpoints = 60): (row: Planned, index: number) => number {
  return ({ params, tokens }, index) => {
    if (params > 2e8) return sumLoss()({ params, tokens });
    const late = Math.max(0, ((index % checkpoints) + 1) / checkpoints - 0.6) / 0.4;
    return sumLoss()({ params, tokens: Math.min(tokens, 0.6 * 100 * params) }) * Math.exp(rise * late);
  };
}

/** The grid with its first eight cells trained with three seeds, which differ by `spread` in ln loss. */
function withSeeds(spread: number): Runs {
  const plan = grid.flatMap((row, i) => (i < 8 ? [row, row, row] : [row]));
  const loss = (row: Planned, i: number): number => sumLoss()(row) * Math.exp(i < 24 ? spread * ((i % 3) - 1) : 0);
  return plannedRuns(plan, loss, { noise: 0.001 });
}

const gadre = (columns: string): Promise<Runs> =>
  readRuns(join(root, 'data/gadre.csv'), {
    columns: `${columns},tokens=D,loss=loss_c4_val`,
    where: 'dataset == "rpj"',
    needs: ['params', 'tokens', 'loss'],
  });

const cases: readonly Case[] = [
  {
    code: 'COLLINEAR_ND',
    level: 'error',
    raises: [
      { name: 'nearly one D/N', runs: () => plannedRuns(oneRatio(0.05), sumLoss()) },
      {
        name: 'one D/N in a law that is no sum',
        runs: () => plannedRuns(oneRatio(0), sumLoss()),
        law: 'multiplicative',
      },
    ],
    misses: [{ name: 'D/N within a factor of four', runs: () => plannedRuns(oneRatio(0.7), sumLoss()) }],
  },
  {
    code: 'FEW_SIZES',
    level: 'error',
    raises: [{ name: 'two sizes', runs: () => plannedRuns(sizeGrid([1e8, 1e9], [5, 10, 20, 40, 80]), sumLoss()) }],
    misses: [
      { name: 'five sizes', runs: () => plannedRuns(sizeGrid(sixSizes.slice(1), [5, 10, 20, 40, 80]), sumLoss()) },
    ],
  },
  {
    code: 'FEW_SIZES',
    level: 'warning',
    raises: [
      { name: 'four sizes', runs: () => plannedRuns(sizeGrid(sixSizes.slice(2), [5, 10, 20, 40, 80]), sumLoss()) },
      {
        name: 'four sizes, of which two are the same within 1%',
        runs: () => plannedRuns(sizeGrid([1e8, 1e9, 1.004e9, 1e10, 3e10], [5, 10, 20, 40, 80]), sumLoss()),
      },
    ],
    misses: [{ name: 'six sizes', runs: () => plannedRuns(grid, sumLoss()) }],
  },
  {
    code: 'ILL_CONDITIONED',
    level: 'warning',
    raises: [
      {
        name: 'less than a factor of two in size and data',
        runs: () =>
          plannedRuns(sizeGrid([1e9, 1.2e9, 1.4e9, 1.6e9, 1.8e9], [20, 22, 24, 26, 30]), sumLoss(), { noise: 0 }),
      },
    ],
    misses: [{ name: 'the Chinchilla runs, condition 1e7', runs: chinchilla240 }],
  },
  {
    code: 'PARAM_AT_BOUND',
    level: 'error',
    raises: [
      {
        name: 'an exponent above its range',
        runs: () => plannedRuns(grid, sumLoss()),
        options: { bounds: { alpha: [0.1, 0.3] } },
      },
    ],
    misses: [
      {
        name: 'an exponent inside its range',
        runs: () => plannedRuns(grid, sumLoss()),
        options: { bounds: { alpha: [0.1, 0.4] } },
      },
    ],
  },
  {
    code: 'TERM_OFF',
    level: 'error',
    raises: [
      { name: 'no effect of the tokens', runs: () => plannedRuns(grid, sumLoss({ ...typical, B: 0 }), { seed: 5 }) },
    ],
    misses: [{ name: 'a small effect of the tokens', runs: () => plannedRuns(grid, sumLoss({ ...typical, B: 200 })) }],
  },
  {
    code: 'SEEDS_DISAGREE',
    level: 'info',
    raises: [
      { name: 'noise that makes local minima', runs: () => plannedRuns(grid, sumLoss(), { noise: 0.05, seed: 0 }) },
    ],
    misses: [{ name: 'a tenth of that noise', runs: () => plannedRuns(grid, sumLoss(), { noise: 0.005, seed: 0 }) }],
  },
  {
    code: 'RESPONSE_CONSTANT',
    level: 'error',
    raises: [{ name: 'the same loss everywhere', runs: () => plannedRuns(grid, () => 2.5, { noise: 0 }) }],
    misses: [{ name: 'nearly the same loss everywhere', runs: () => plannedRuns(grid, () => 2.5, { noise: 1e-4 }) }],
  },
  {
    code: 'IRREDUCIBLE_NEAR_ZERO',
    level: 'warning',
    raises: [
      { name: 'noise that hides the floor', runs: () => plannedRuns(grid, sumLoss(), { noise: 0.05, seed: 3 }) },
    ],
    misses: [
      {
        name: 'a floor that is small, but known well',
        runs: () => plannedRuns(grid, sumLoss({ ...typical, E: 0.03 }), { noise: 1e-4 }),
      },
      { name: 'the Chinchilla runs', runs: chinchilla240 },
    ],
  },
  {
    code: 'IRREDUCIBLE_NEAR_LOSS',
    level: 'warning',
    raises: [
      {
        name: 'runs so large that noise hides what is left to gain',
        runs: () => plannedRuns(sizeGrid([1e10, 3e10, 1e11, 3e11, 1e12], [20, 100, 500]), sumLoss(), { noise: 0.01 }),
      },
    ],
    misses: [
      {
        name: 'the same runs, E at 98% of the lowest loss, without noise to speak of',
        runs: () => plannedRuns(sizeGrid([1e10, 3e10, 1e11, 3e11, 1e12], [20, 100, 500]), sumLoss(), { noise: 1e-5 }),
      },
    ],
  },
  {
    code: 'LATE_LOSS_RISES',
    level: 'warning',
    raises: [
      {
        name: 'small models that saturate and rise by 3%',
        runs: () => plannedRuns(checkpointGrid(sixSizes, 60), turning(0.03), { noise: 0.002 }),
      },
      {
        name: 'repeated data: a size whose longer trainings are worse',
        runs: () => readRuns(join(root, 'data/datablations-contour.csv')),
      },
    ],
    misses: [
      {
        name: 'small models that stop improving',
        runs: () => plannedRuns(checkpointGrid(sixSizes, 60), turning(0), { noise: 0.002 }),
      },
      {
        name: 'a rise within the noise',
        runs: () => plannedRuns(checkpointGrid(sixSizes, 60), turning(0.003), { noise: 0.01 }),
      },
    ],
  },
  {
    code: 'SADDLE_RESIDUALS',
    level: 'warning',
    raises: [
      { name: 'losses of the coupled form', runs: () => plannedRuns(isoflopGrid(), coupledLoss(0.6)) },
      { name: 'the Chinchilla runs, which the coupled form fits better (AICc by 26)', runs: chinchilla240 },
      {
        name: 'checkpoints of the coupled form',
        runs: () =>
          plannedRuns(checkpointGrid([...sixSizes, 2e8, 6e8, 2e9, 6e9], 30, [25, 100]), coupledLoss(0.5), {
            noise: 0.001,
          }),
      },
    ],
    misses: [
      { name: 'losses of a sum', runs: () => plannedRuns(isoflopGrid(), sumLoss()) },
      { name: 'the Chinchilla runs under the coupled form', runs: chinchilla240, law: 'skaling' },
    ],
  },
  {
    code: 'LACK_OF_FIT',
    level: 'warning',
    raises: [
      {
        name: 'three seeds of the coupled form',
        runs: () => plannedRuns(sizeGrid(sixSizes, [5, 20, 80, 320], 3), coupledLoss(0.5), { noise: 0.001 }),
      },
    ],
    misses: [
      {
        name: 'three seeds of a sum',
        runs: () => plannedRuns(sizeGrid(sixSizes, [5, 20, 80, 320], 3), sumLoss(), { noise: 0.001 }),
      },
      {
        name: 'copies of runs, which are no seeds',
        runs: () => copies(plannedRuns(grid, coupledLoss(0.5), { noise: 0.001 })),
      },
    ],
  },
  {
    code: 'REPLICATES_DIFFER',
    level: 'warning',
    raises: [{ name: 'seeds that differ by 2% where the law is good to 0.1%', runs: () => withSeeds(0.02) }],
    misses: [{ name: 'seeds that differ as the rest does', runs: () => withSeeds(0.001) }],
  },
  {
    code: 'OUTLIERS',
    level: 'warning',
    raises: [
      {
        name: 'one run 5% off',
        runs: () => plannedRuns(isoflopGrid(), (row, i) => sumLoss()(row) * (i === 20 ? 1.05 : 1)),
      },
      { name: 'all Chinchilla runs, five of which Besiroglu et al. leave out', runs: chinchillaAll },
    ],
    misses: [
      {
        name: 'one run 1% off',
        runs: () => plannedRuns(isoflopGrid(), (row, i) => sumLoss()(row) * (i === 20 ? 1.01 : 1)),
      },
    ],
  },
  {
    code: 'MIXED_COUNTING',
    level: 'warning',
    raises: [
      { name: 'the Gadre runs with embeddings', runs: () => gadre('params=N') },
      { name: 'the Gadre runs without embeddings', runs: () => gadre('params=N_no_embed') },
      {
        name: 'compute that counts the embeddings',
        runs: () => {
          const flops = grid.map(({ params, tokens }) => 6 * tokens * (params + 6e4 * params ** (1 / 3)));
          return plannedRuns(grid, sumLoss(), { columns: { flops } });
        },
      },
    ],
    misses: [
      {
        name: 'a second count that is 1.3 times the first',
        runs: () => plannedRuns(grid, sumLoss(), { columns: { otherParams: grid.map(({ params }) => 1.3 * params) } }),
      },
      {
        name: 'compute that scatters by 10% but has no trend',
        runs: () => {
          const flops = grid.map(({ params, tokens }, i) => 6 * tokens * params * (1 + 0.1 * Math.sin(9 * i)));
          return plannedRuns(grid, sumLoss(), { columns: { flops } });
        },
      },
    ],
  },
  {
    code: 'MINIMA_OFF_CENTRE',
    level: 'warning',
    raises: [
      {
        name: 'grids centred at three times the optimum',
        runs: () => plannedRuns(isoflopGrid({ offset: 3 }), sumLoss()),
      },
      { name: 'grids whose centre drifts', runs: () => plannedRuns(isoflopGrid({ drift: 1.5 }), sumLoss()) },
    ],
    misses: [
      { name: 'grids centred on the optimum', runs: () => plannedRuns(isoflopGrid(), sumLoss()) },
      { name: 'grids a fifth off their centre', runs: () => plannedRuns(isoflopGrid({ offset: 1.2 }), sumLoss()) },
    ],
  },
  {
    code: 'AVERAGED_OBJECTIVE',
    level: 'warning',
    raises: [
      { name: "Hoffmann's coefficients", runs: chinchilla240, options: { start: hoffmann.params } },
      {
        name: "Hoffmann's coefficients as rounded in the paper, all rows",
        runs: chinchillaAll,
        options: { start: { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 } },
      },
    ],
    misses: [
      { name: "Besiroglu's coefficients", runs: chinchilla240, options: { start: besiroglu.params } },
      { name: "Besiroglu's coefficients, all rows", runs: chinchillaAll, options: { start: besiroglu.params } },
      {
        name: 'a start that is nowhere near',
        runs: chinchilla240,
        options: { start: { E: 1, A: 100, B: 100, alpha: 0.5, beta: 0.5 } },
      },
      { name: 'no start', runs: chinchilla240 },
    ],
  },
];

/** Every row twice. */
function copies(runs: Runs): Runs {
  const twice = (column: Float64Array = new Float64Array()): number[] => [...column, ...column];
  const { params, tokens, loss } = runs.quantities;
  return createRuns({ params: twice(params), tokens: twice(tokens), loss: twice(loss) });
}

async function warningsOf({ runs, options, law = 'chinchilla' }: Example): Promise<Warning[]> {
  const fit = fitLaw(findLaw(law), await runs(), options);
  return [...fit.warnings, ...diagnose(fit)];
}

const listed = (examples: 'raises' | 'misses') =>
  cases.flatMap((one) => one[examples].map((example) => [one.code, example.name, one, example] as const));

describe('a diagnostic', () => {
  it.each(listed('raises'))('%s is raised by %s', async (code, _name, { level }, example) => {
    const found = (await warningsOf(example)).filter((warning) => warning.code === code);
    expect(found).toHaveLength(1);
    const [warning] = found;
    expect(warning.level).toBe(level);
    // The message carries numbers, and the program gets them as well.
    expect(warning.message).toMatch(/\d/);
    expect(Object.values(warning.numbers ?? {}).length).toBeGreaterThan(0);
    expect(warning.message).not.toMatch(/NaN|undefined|Infinity/);
  });

  it.each(listed('misses'))('%s is not raised by %s', async (code, _name, { level }, example) => {
    const found = (await warningsOf(example)).filter((warning) => warning.code === code && warning.level === level);
    expect(found.map((warning) => warning.message)).toEqual([]);
  });

  it('of one D/N is an error where nothing can be fitted', () => {
    const error = errorOf(() => fitLaw(chinchilla, plannedRuns(oneRatio(0), sumLoss())));
    expect(error.code).toBe('INPUTS_COLLINEAR');
    expect(error.message).toContain('tokens / params is 20');
  });

  it('is in docs/warnings.md, as is every other warning', () => {
    const page = readFileSync(join(root, 'docs/warnings.md'), 'utf8');
    for (const code of warningCodes) expect(page).toContain(`\`${code}\``);
  });
});
