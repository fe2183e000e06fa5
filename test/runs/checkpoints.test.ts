import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckpointOptions } from '../../src/runs/checkpointOptions.ts';
import { fromFraction, selectCheckpoints } from '../../src/runs/checkpoints.ts';
import { createRuns } from '../../src/runs/create.ts';
import { readRuns } from '../../src/runs/files.ts';
import { parseRuns } from '../../src/runs/read.ts';
import type { Runs } from '../../src/runs/runs.ts';
import { takeRows } from '../../src/runs/select.ts';
import { errorOf } from '../helpers/errors.ts';

const runs = createRuns({
  params: [1e9, 1e9, 1e9, 2e9, 2e9],
  tokens: [1e9, 5e9, 1e10, 1e9, 2e9],
  loss: [4, 3, 2, 5, 4],
  run: ['a', 'a', 'a', 'b', ''],
});

describe('fromFraction', () => {
  it('keeps the checkpoints past the fraction of each run', () => {
    const kept = fromFraction(runs, 0.1);
    expect([...(kept.quantities.loss ?? [])]).toEqual([3, 2, 5, 4]);
    expect(kept.dropped).toEqual([{ rows: 1, why: '--from-fraction 0.1' }]);
    expect([...(fromFraction(runs, 0.5).quantities.loss ?? [])]).toEqual([2, 5, 4]);
  });

  it('takes rows of one size as a run when there are no names', () => {
    const bare = createRuns({ params: [1e9, 1e9, 2e9, 2e9], tokens: [1e9, 1e10, 1e9, 1e9], loss: [4, 3, 2, 1] });
    expect([...(fromFraction(bare, 0.5).quantities.loss ?? [])]).toEqual([3, 2, 1]);
  });

  it('tells apart runs of different sizes under one name', () => {
    const named = createRuns({
      params: [1e9, 2e9],
      tokens: [1e9, 1e12],
      loss: [4, 3],
      run: ['OPT', 'OPT'],
    });
    expect(fromFraction(named, 0.5).rows).toBe(2);
  });

  it('changes nothing at 0 and keeps the end of every run below 1', () => {
    expect(fromFraction(runs, 0).quantities).toBe(runs.quantities);
    expect(fromFraction(runs, 0).dropped).toEqual([]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 50 })), { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (rows, fraction) => {
          const table = createRuns({ params: rows.map(([n]) => n), tokens: rows.map(([, d]) => d) });
          const last = (n: number): number => Math.max(...rows.filter((row) => row[0] === n).map(([, d]) => d));
          const expected = rows.filter(([n, d]) => d > fraction * last(n)).map(([, d]) => d);
          expect([...(fromFraction(table, fraction).quantities.tokens ?? [])]).toEqual(expected);
        },
      ),
    );
  });

  it.each([-0.1, 1, NaN])('refuses the fraction %d', (fraction) => {
    expect(() => fromFraction(runs, fraction)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }) as Error);
  });

  it('needs tokens', () => {
    expect(() => fromFraction(createRuns({ params: [1e9], loss: [2] }), 0.1)).toThrow(
      expect.objectContaining({ code: 'QUANTITY_MISSING' }) as Error,
    );
  });
});

/** Two runs with ten and four checkpoints, and one that is a single row. */
const curves = createRuns({
  params: [...Array<number>(10).fill(1e9), ...Array<number>(4).fill(2e9), 4e9],
  tokens: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 20, 30, 40, 5].map((billions) => billions * 1e9),
  step: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 1].map((hundreds) => hundreds * 100),
  loss: [4, 3.9, 3.8, 3.7, 3.6, 3.5, 3.4, 3.3, 3.2, 3.1, 3.3, 3.1, 3, 2.9, 3],
  run: [...Array<string>(10).fill('a'), ...Array<string>(4).fill('b'), 'c'],
});

const tokensOf = (runs: Runs): number[] => [...(runs.quantities.tokens ?? [])].map((tokens) => tokens / 1e9);
const codesOf = ({ warnings }: Runs): string[] => warnings.map(({ code }) => code);

describe('selectCheckpoints', () => {
  it.each<[CheckpointOptions, number[], string[]]>([
    [{ dropTokens: 5e9 }, [6, 7, 8, 9, 10, 10, 20, 30, 40], ['6: --drop-tokens 5B (1 run with all rows)']],
    [
      { afterWarmup: { steps: 200 } },
      [3, 4, 5, 6, 7, 8, 9, 10, 30, 40],
      ['5: --after-warmup 200steps (1 run with all rows)'],
    ],
    [{ afterWarmup: { tokens: 8e9 } }, [9, 10, 10, 20, 30, 40], ['9: --after-warmup 8Btokens (1 run with all rows)']],
    [{ fromFraction: 0.5 }, [6, 7, 8, 9, 10, 30, 40, 5], ['7: --from-fraction 0.5']],
    // 0.7 of 10 is the checkpoint at 7, although 1 - 0.3 is not exactly 0.7.
    [{ lastPart: 0.3 }, [7, 8, 9, 10, 30, 40, 5], ['8: --last-part 0.3']],
    [{ lastPart: 1 }, tokensOf(curves), []],
    [{ finals: true }, [10, 40, 5], ['12: --finals']],
    [{ thin: 3, all: true }, [1, 3, 10, 10, 20, 40, 5], ['8: --thin 3']],
    [{ thin: 1, all: true }, [10, 40, 5], ['12: --thin 1']],
    [{ all: true }, tokensOf(curves), []],
    [
      { thin: 2, lastPart: 0.5, dropTokens: 6e9, fromFraction: 0.1 },
      [7, 10, 20, 40],
      ['7: --drop-tokens 6B (1 run with all rows)', '1: --last-part 0.5', '3: --thin 2'],
    ],
  ])('%o', (options, tokens, dropped) => {
    const chosen = selectCheckpoints(curves, options);
    expect(tokensOf(chosen)).toEqual(tokens);
    expect(chosen.dropped.map(({ rows, why }) => `${String(rows)}: ${why}`)).toEqual(dropped);
    expect(codesOf(chosen)).toEqual([]);
    const recorded = Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'all'));
    expect(chosen.selection).toMatchObject(recorded);
  });

  it('leaves out the first tenth of each run when nothing is asked for, and says so', () => {
    const chosen = selectCheckpoints(curves);
    expect(tokensOf(chosen)).toEqual(tokensOf(curves).slice(1));
    expect(chosen.dropped).toEqual([{ rows: 1, why: '--from-fraction 0.1, by default' }]);
    expect(chosen.warnings).toMatchObject([{ code: 'EARLY_CHECKPOINTS', level: 'info' }]);
    expect(chosen.warnings[0].message).toContain('the first 10% of each run, 1 row,');
    expect(chosen.selection?.fromFraction).toBe(0.1);
    expect(tokensOf(selectCheckpoints(curves, { thin: 2 }))).toEqual([2, 10, 10, 40, 5]);
  });

  it('leaves a table of final losses as it is unless asked', async () => {
    const finals = await readRuns('data/chinchilla.csv', { checkpoints: {} });
    expect(finals).toMatchObject({ rows: 245, dropped: [], warnings: [] });
    expect(finals.selection?.fromFraction).toBeNull();
  });

  it('reads all rows by default, and leaves out early ones on request', async () => {
    expect((await readRuns('data/datablations.csv')).rows).toBe(3169);
    const chosen = await readRuns('data/datablations.csv', { checkpoints: {} });
    expect(chosen.dropped).toEqual([{ rows: 3169 - chosen.rows, why: '--from-fraction 0.1, by default' }]);
    expect(chosen.rows).toBe(fromFraction(await readRuns('data/datablations.csv'), 0.1).rows);
    const both = await readRuns('data/datablations.csv', { checkpoints: { finals: true }, fromFraction: 0.1 });
    expect(both).toMatchObject({ rows: 48, selection: { fromFraction: 0.1, finals: true } });
  });

  it('counts steps where there are no tokens', () => {
    const steps = createRuns({ step: [0, 10, 100, 1000], loss: [9, 5, 4, 3], run: ['a', 'a', 'a', 'a'] });
    expect([...(selectCheckpoints(steps, { lastPart: 0.9 }).quantities.step ?? [])]).toEqual([100, 1000]);
    expect([...(selectCheckpoints(steps, { all: true, thin: 3 }).quantities.step ?? [])]).toEqual([0, 100, 1000]);
  });

  it('says when rows of one size had to count as one run', () => {
    const bare = createRuns({ params: [1e9, 1e9, 2e9], tokens: [1e9, 2e9, 3e9], loss: [3, 2.5, 2.4] });
    const finals = selectCheckpoints(bare, { finals: true });
    expect(tokensOf(finals)).toEqual([2, 3]);
    expect(codesOf(finals)).toEqual(['FRACTION_BY_SIZE']);
  });

  it('refuses a choice that leaves nothing', () => {
    const error = errorOf(() => selectCheckpoints(curves, { dropTokens: 1e12 }));
    expect(error).toMatchObject({ code: 'NO_ROWS_LEFT' });
    expect(error.message).toContain('15: --drop-tokens 1T (3 runs with all rows)');
  });

  it.each<[CheckpointOptions, string]>([
    [{ dropTokens: -1 }, '--drop-tokens'],
    [{ dropTokens: Infinity }, '--drop-tokens'],
    [{ afterWarmup: { steps: NaN } }, '--after-warmup'],
    [{ lastPart: 0 }, '--last-part'],
    [{ lastPart: 1.1 }, '--last-part'],
    [{ thin: 0 }, '--thin'],
    [{ thin: 2.5 }, '--thin'],
    [{ all: true, finals: true }, '--all-checkpoints leaves nothing out, so it does not go with --finals'],
  ])('refuses %o', (options, message) => {
    expect(errorOf(() => selectCheckpoints(curves, options)).message).toContain(message);
  });

  it('has one error for rows without tokens, with their line', async () => {
    const blank = await parseRuns('N,D,loss,run\n1e9,1e9,3,a\n1e9,,2.9,a\n', { needs: ['params', 'loss'] });
    for (const options of [{ finals: true }, { thin: 1, all: true }, { fromFraction: 0.1 }, { dropTokens: 1e8 }]) {
      const error = errorOf(() => selectCheckpoints(blank, options));
      expect(error).toMatchObject({ code: 'VALUE_NOT_POSITIVE' });
      expect(error.message).toContain('line 3, column "D"');
    }
    // Nobody asked for the default, so it refuses nothing.
    expect(selectCheckpoints(blank).rows).toBe(2);
    const none = errorOf(() => selectCheckpoints(createRuns({ params: [1e9], loss: [3] }), { finals: true }));
    expect(none.message).toContain('no column for tokens, nor a step, one of which --finals counts');
  });

  const table = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 1000 })), {
    minLength: 1,
    maxLength: 30,
  });
  const create = (rows: readonly (readonly [string, number])[]): Runs =>
    createRuns({ run: rows.map(([name]) => name), tokens: rows.map(([, d]) => d), loss: rows.map((_, i) => i + 1) });

  it('chooses the same rows in any order', () => {
    const options = fc.record({
      fromFraction: fc.double({ min: 0, max: 0.9, noNaN: true }),
      lastPart: fc.double({ min: 0.1, max: 1, noNaN: true }),
      finals: fc.boolean(),
      thin: fc.integer({ min: 1, max: 8 }),
    });
    const order = fc.array(fc.nat(), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(table, options, order, (rows, chosen, keys) => {
        const runs = create(rows);
        const shuffled = takeRows(
          runs,
          rows.map((_, i) => i).sort((i, j) => keys[i] - keys[j]),
        );
        const losses = (of: Runs): number[] =>
          [...(selectCheckpoints(of, chosen).quantities.loss ?? [])].sort((a, b) => a - b);
        expect(losses(shuffled)).toEqual(losses(runs));
      }),
    );
  });

  it('thins to exactly the number asked for where there are more, and keeps first and last', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 2, max: 10 }), (rows, thin) => {
        const chosen = selectCheckpoints(create(rows), { all: true, thin });
        const { codes, labels } = chosen.categories.run ?? { codes: [], labels: [] };
        for (const name of new Set(rows.map(([run]) => run))) {
          const before = rows.filter(([run]) => run === name).map(([, d]) => d);
          const after = [...(chosen.quantities.tokens ?? [])].filter((_, i) => labels[codes[i]] === name);
          expect(after.length).toBe(Math.min(thin, before.length));
          expect(Math.min(...after)).toBe(Math.min(...before));
          expect(Math.max(...after)).toBe(Math.max(...before));
        }
      }),
    );
  });

  it('thins evenly in the logarithm of tokens', () => {
    const tokens = Array.from({ length: 1000 }, (_, i) => i + 1);
    const run = createRuns({ tokens, loss: tokens, run: tokens.map(() => 'a') });
    const thinned = selectCheckpoints(run, { all: true, thin: 4 });
    expect([...(thinned.quantities.tokens ?? [])]).toEqual([1, 10, 100, 1000]);
  });
});
