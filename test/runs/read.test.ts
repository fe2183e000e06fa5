import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../src/core/errors.ts';
import { parseRuns } from '../../src/runs/read.ts';
import type { Runs } from '../../src/runs/runs.ts';

const numbers = (runs: Runs, name: string): number[] => Array.from(runs.quantities[name] ?? []);
const names = (runs: Runs, name: string): (string | undefined)[] => {
  const category = runs.categories[name];
  return Array.from(category?.codes ?? [], (code) => category?.labels[code]);
};
const refusal = (code: string, message: string): unknown =>
  expect.objectContaining({ code, exit: 2, message: expect.stringContaining(message) as string });
const codes = (runs: Runs): string[] => runs.warnings.map((warning) => warning.code);

describe('what is read', () => {
  it('recognised columns, others ignored', async () => {
    const text =
      'x,N,D,loss,lr,bs,seed,steps,model_name,family\nfoo,1B,20B,2.5,3e-4,512,1,0,a,opt\nbar,2B,40B,2.4,1e-4,512,2,10,b,opt\n';
    const runs = await parseRuns(text, { name: 'runs.csv' });
    expect(runs.rows).toBe(2);
    expect(numbers(runs, 'params')).toEqual([1e9, 2e9]);
    expect(numbers(runs, 'tokens')).toEqual([2e10, 4e10]);
    expect(numbers(runs, 'flops')).toEqual([6 * 1e9 * 2e10, 6 * 2e9 * 4e10]);
    expect(numbers(runs, 'loss')).toEqual([2.5, 2.4]);
    expect(numbers(runs, 'learningRate')).toEqual([3e-4, 1e-4]);
    expect(numbers(runs, 'batchSize')).toEqual([512, 512]);
    expect(numbers(runs, 'seed')).toEqual([1, 2]);
    expect(numbers(runs, 'step')).toEqual([0, 10]);
    expect(names(runs, 'run')).toEqual(['a', 'b']);
    expect(names(runs, 'family')).toEqual(['opt', 'opt']);
    expect(Object.keys(runs.quantities)).not.toContain('x');
    expect([...runs.lines]).toEqual([2, 3]);
    expect([...runs.files]).toEqual([0, 0]);
    expect(runs.sources).toEqual([
      { name: 'runs.csv', rows: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    ]);
    expect(runs.conventions).toMatchObject({
      columns: { params: 'N', tokens: 'D', loss: 'loss', learningRate: 'lr', run: 'model_name' },
      derived: { flops: '6 params tokens' },
      flopsPerParamToken: 6,
    });
    expect(runs.dropped).toEqual([]);
    expect(runs.warnings).toEqual([]);
  });

  it('columns named by the user, as names and as expressions', async () => {
    const text = 'size,log_t,ppl,val_loss\n125m,9,e,1\n'.replace('e,1', `${Math.E},1`);
    const runs = await parseRuns(text, { columns: 'params=Size,tokens=10^log_t,loss=log(ppl)' });
    expect(numbers(runs, 'params')).toEqual([125e6]);
    expect(numbers(runs, 'tokens')).toEqual([1e9]);
    expect(numbers(runs, 'loss')).toEqual([1]);
    expect(runs.conventions.columns).toEqual({ params: 'size', tokens: '10^log_t', loss: 'log(ppl)' });
  });

  it('a column name that looks like an expression is a column name', async () => {
    const runs = await parseRuns('D/N,N,loss\n20,1e9,2\n', { columns: { tokens: 'N*`D/N`', step: 'D/N' } });
    expect(numbers(runs, 'step')).toEqual([20]);
    expect(numbers(runs, 'tokens')).toEqual([2e10]);
  });

  it('does not read a column twice under a recognised name', async () => {
    const runs = await parseRuns('n,size,loss\n2e10,1e9,2\n', { columns: 'tokens=n' });
    expect(numbers(runs, 'tokens')).toEqual([2e10]);
    expect(numbers(runs, 'params')).toEqual([1e9]);
  });

  it.each([
    ['params', 'tokens,flops,loss\n2e10,1.2e20,2\n', 'flops / (6 tokens)', 1e9],
    ['tokens', 'params,flops,loss\n1e9,1.2e20,2\n', 'flops / (6 params)', 2e10],
    ['flops', 'params,tokens,loss\n1e9,2e10,2\n', '6 params tokens', 1.2e20],
  ])('%s from the other two', async (name, text, formula, value) => {
    const runs = await parseRuns(text);
    expect(numbers(runs, name)[0]).toBeCloseTo(value, -Math.log10(value) + 12);
    expect(runs.conventions.derived).toEqual({ [name]: formula });
  });

  it('with another number of FLOP per parameter and token', async () => {
    const runs = await parseRuns('params,tokens,loss\n1e9,2e10,2\n', { flopsPerParamToken: 8 });
    expect(numbers(runs, 'flops')).toEqual([1.6e20]);
    expect(runs.conventions).toMatchObject({ flopsPerParamToken: 8, derived: { flops: '8 params tokens' } });
    await expect(parseRuns('loss\n1\n', { flopsPerParamToken: 0 })).rejects.toThrow(
      refusal('QUANTITY_NOT_POSITIVE', '0'),
    );
  });

  it('blank cells among all three from the other two', async () => {
    const runs = await parseRuns('N,D,C,loss\n1e9,2e10,1.2e20,2\n,2e10,1.2e20,2\n1e9,,1.2e20,2\n1e9,2e10,,2\n');
    expect(numbers(runs, 'params')).toEqual([1e9, 1e9, 1e9, 1e9]);
    expect(numbers(runs, 'tokens')).toEqual([2e10, 2e10, 2e10, 2e10]);
    expect(numbers(runs, 'flops')).toEqual([1.2e20, 1.2e20, 1.2e20, 1.2e20]);
    expect(runs.conventions.derived).toEqual({
      params: 'flops / (6 tokens) where blank',
      tokens: 'flops / (6 params) where blank',
      flops: '6 params tokens where blank',
    });
  });

  it('only one of the three when there is no other', async () => {
    const runs = await parseRuns('N,loss\n1e9,2\n');
    expect(Object.keys(runs.quantities)).toEqual(['params', 'loss']);
  });

  it('other columns on request: numbers when all cells are, else names', async () => {
    const text = 'loss,epochs,data,model_name\n2,1,c4,a\n3,1.5B,,b\n2,,oscar,a\n';
    const runs = await parseRuns(text, { extra: ['epochs', 'Data', 'model_name'] });
    expect(numbers(runs, 'epochs')).toEqual([1, 1.5e9, NaN]);
    expect(names(runs, 'Data')).toEqual(['c4', undefined, 'oscar']);
    expect(names(runs, 'model_name')).toEqual(['a', 'b', 'a']);
    expect(names(runs, 'run')).toEqual(['a', 'b', 'a']);
    await expect(parseRuns(text, { extra: ['epoch'], name: 'f.csv' })).rejects.toThrow(
      refusal('COLUMN_UNKNOWN', 'f.csv has no column "epoch". Did you mean "epochs"?'),
    );
  });

  it('decimal commas where fields are separated by semicolons', async () => {
    const runs = await parseRuns('N;D;loss;x\n1,5B;2e10;2,25;0,5\n', { extra: ['x'] });
    expect(numbers(runs, 'params')).toEqual([1.5e9]);
    expect(numbers(runs, 'loss')).toEqual([2.25]);
    expect(numbers(runs, 'x')).toEqual([0.5]);
  });

  it('bytes in pieces, told to the progress callback', async () => {
    const text = Buffer.from('N,D,loss\n1e9,2e10,2\n');
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (const byte of text) yield await Promise.resolve(Uint8Array.of(byte));
    }
    const told: number[] = [];
    const runs = await parseRuns(pieces(), { onProgress: (bytes) => told.push(bytes) });
    expect(numbers(runs, 'loss')).toEqual([2]);
    expect(told.at(-1)).toBe(text.length);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });
});

describe('rows that are left out', () => {
  it('with a blank or NaN loss or input, counted by reason', async () => {
    const text = 'N,D,loss\n1e9,2e10,2\n1e9,2e10,\n1e9,2e10,NaN\n,2e10,2\n1e9,nan,2\n-1,0,null\n';
    const runs = await parseRuns(text);
    expect(runs.rows).toBe(1);
    expect(runs.dropped).toEqual([
      { rows: 3, why: 'blank or NaN loss' },
      { rows: 1, why: 'blank or NaN params' },
      { rows: 1, why: 'blank or NaN tokens' },
    ]);
    expect(codes(runs)).toEqual(['ROWS_DROPPED', 'ROWS_DROPPED', 'ROWS_DROPPED']);
    expect(runs.sources[0].rows).toBe(6);
  });

  it('by a condition, before their values are checked', async () => {
    const text = 'N,D,loss,family\n1e9,2e10,2,opt\n-1,2e10,3,opt\n1e9,many,3,opt\n1e9,2e10,,opt\n1e9,2e10,9,x\n';
    const where = 'N > 0 and D > 0 and family == "opt"';
    const runs = await parseRuns(text, { where });
    expect(numbers(runs, 'loss')).toEqual([2]);
    expect(runs.dropped).toEqual([
      { rows: 3, why: `--where ${where}` },
      { rows: 1, why: 'blank or NaN loss' },
    ]);
    expect([...runs.lines]).toEqual([2]);
  });

  it('by a condition on quantities, given or computed', async () => {
    const text = 'N,D,log_loss,model_name\n1e9,2e10,0,a\n1e9,4e10,1,b\n';
    expect((await parseRuns(text, { columns: 'loss=exp(log_loss)', where: 'flops > 2e20' })).rows).toBe(1);
    expect((await parseRuns(text, { columns: 'loss=exp(log_loss)', where: 'loss < 2' })).rows).toBe(1);
    expect(names(await parseRuns(text, { columns: 'loss=exp(log_loss)', where: 'run == "b"' }), 'run')).toEqual(['b']);
  });

  it('where names in a condition are columns of the file first', async () => {
    const runs = await parseRuns('loss,true_loss\n1,5\n9,3\n', { columns: 'loss=true_loss', where: 'loss < 4' });
    expect(numbers(runs, 'loss')).toEqual([5]);
  });

  it('and an error when none is left', async () => {
    await expect(parseRuns('N,loss\n1e9,2\n1e9,\n', { where: 'loss > 5' })).rejects.toThrow(
      refusal('NO_ROWS_LEFT', 'None of the 2 rows is left to fit (2: --where loss > 5)'),
    );
  });

  it('agrees with filtering in JavaScript', async () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('a', 'b', '')), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 0, max: 10 }), async (table, limit) => {
        const text = `loss,run\n${table.map((row) => row.join(',')).join('\n')}\n`;
        const kept = table.filter(([loss, run]) => loss < limit || run === 'b').map(([loss]) => loss);
        const runs = await parseRuns(text, { where: `loss < ${String(limit)} or run == "b"` }).catch(
          (error: unknown) => error,
        );
        if (kept.length === 0) expect(runs).toMatchObject({ code: 'NO_ROWS_LEFT' });
        else expect(numbers(runs as Runs, 'loss')).toEqual(kept);
      }),
    );
  });
});

describe('bad input', () => {
  const read = (text: string, options = {}): Promise<Runs> => parseRuns(text, { name: 'runs.csv', ...options });

  it.each([
    ['text', 'N,D,loss\n1e9,2e10,2\n1e9,many,2\n', 'line 3, column "D": "many" is not a number'],
    ['a date', 'N,D,loss\n1e9,2e10,2024-01-01\n', 'line 2, column "loss": "2024-01-01"'],
    ['text between quotes', 'N,D,loss\n"1e9","2 e10\n","2"\n', 'line 2, column "D"'],
    ['text after lines in quotes', 'x,N,D,loss\n"a\nb",1e9,2e10,2\nc,1e9,2e10,x\n', 'line 4, column "loss": "x"'],
  ])('%s in a number', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(refusal('VALUE_NOT_A_NUMBER', `runs.csv, ${message}`));
  });

  it.each([
    ['negative params', '-1e9,2e10,1e20,2', 'column "N": the value -1000000000'],
    ['zero tokens', '1e9,0,1e20,2', 'column "D": the value 0'],
    ['zero flops', '1e9,2e10,0.0,2', 'column "C": the value 0'],
    ['negative loss', '1e9,2e10,1e20,-2', 'column "loss": the value -2'],
    ['zero loss', '1e9,2e10,1e20,0', 'column "loss": the value 0'],
    ['infinite params', 'Infinity,2e10,1e20,2', 'column "N": the value Infinity'],
    ['infinite tokens', '1e9,1e999,1e20,2', 'column "D": the value Infinity'],
    ['infinite flops', '1e9,2e10,+inf,2', 'column "C": the value Infinity'],
    ['infinite loss', '1e9,2e10,1e20,inf', 'column "loss": the value Infinity'],
    ['minus infinity', '1e9,2e10,1e20,-inf', 'column "loss": the value -Infinity'],
  ])('%s', async (_, row, message) => {
    await expect(read(`N,D,C,loss\n1e9,2e10,1.2e20,2\n${row}\n`)).rejects.toThrow(
      refusal('VALUE_NOT_POSITIVE', `runs.csv, line 3, ${message}`),
    );
  });

  it('values that overflow when they are computed', async () => {
    await expect(read('N,D,loss\n1e200,1e200,2\n')).rejects.toThrow(refusal('VALUE_NOT_POSITIVE', 'column "flops"'));
    await expect(read('N,x,loss\n1e9,400,2\n', { columns: 'tokens=10^x' })).rejects.toThrow(
      refusal('VALUE_NOT_POSITIVE', 'line 2, column "10^x": the value Infinity'),
    );
    await expect(read('N,ppl\n1e9,-3\n', { columns: 'loss=log(ppl)' })).rejects.toThrow(
      refusal('VALUE_NOT_A_NUMBER', 'line 2, column "log(ppl)": "NaN"'),
    );
  });

  it('suggests a condition that can be written', async () => {
    const text = 'Model Size,loss\n1e9,2\n-1,2\nInfinity,2\n';
    await expect(read(text)).rejects.toThrow("--where '`Model Size` > 0'");
    await expect(read(text, { where: '`Model Size` > 0' })).rejects.toThrow("--where '`Model Size` < 1e300'");
    expect((await read(text, { where: '`Model Size` > 0 and `Model Size` < 1e300' })).rows).toBe(1);
  });

  it('text in a column that only the condition reads, in a row that it keeps', async () => {
    const text = 'loss,epochs\n2,1\n2,two\n';
    await expect(read(text, { where: 'not (epochs > 3)' })).rejects.toThrow(
      refusal('VALUE_NOT_A_NUMBER', 'line 3, column "epochs": "two"'),
    );
    expect((await read(text, { where: 'epochs < 3' })).rows).toBe(1);
  });

  it('columns that are not there', async () => {
    const text = 'N,D,smooth loss\n1e9,2e10,2\n';
    await expect(read(text)).rejects.toThrow(refusal('QUANTITY_MISSING', 'runs.csv has no column for loss'));
    await expect(read(text, { columns: 'loss=smoth_loss' })).rejects.toThrow(
      refusal('COLUMN_UNKNOWN', 'runs.csv has no column "smoth_loss". Did you mean "smooth loss"?'),
    );
    await expect(read(text, { columns: 'loss=log(ppl)' })).rejects.toThrow(refusal('COLUMN_UNKNOWN', '"ppl"'));
    await expect(read(text, { columns: 'loss=smooth_loss,run=modle' })).rejects.toThrow(
      refusal('COLUMN_UNKNOWN', '"modle"'),
    );
    await expect(read(text, { columns: 'loss=smooth_loss', where: 'paramz > 1' })).rejects.toThrow(
      refusal('COLUMN_UNKNOWN', '"paramz"'),
    );
    await expect(read('loss\n2\n', { needs: ['loss', 'tokens'] })).rejects.toThrow(
      refusal('QUANTITY_MISSING', 'no column for tokens, nor both params and flops, which would give it'),
    );
  });

  it('columns that could both be meant', async () => {
    await expect(read('val_loss,test_loss\n1,2\n')).rejects.toThrow(
      refusal('COLUMN_AMBIGUOUS', 'runs.csv: the columns "val_loss" and "test_loss" could both be loss'),
    );
    const runs = await read('val_loss,test_loss\n1,2\n', { columns: 'loss=test_loss' });
    expect(numbers(runs, 'loss')).toEqual([2]);
  });

  it.each([
    ['loss <', 'WHERE_INVALID', '--where "loss <", character 6: it ends too early'],
    ['loss', 'WHERE_INVALID', 'not a condition'],
    ['loss.x < 1', 'WHERE_INVALID', 'character 5'],
  ])('the condition %j', async (where, code, message) => {
    await expect(read('loss\n1\n', { where })).rejects.toThrow(refusal(code, message));
  });

  it.each([
    ['loss=log(', 'character 4: this bracket is never closed'],
    ['loss=loss < 3', 'condition stands where a number belongs'],
    ['loss=loss == "x"', 'condition stands where a number belongs'],
    ['loss=loss.x', '--columns loss=loss.x, character 5'],
  ])('the expression %j', async (columns, message) => {
    await expect(read('loss\n1\n', { columns })).rejects.toThrow(refusal('EXPRESSION_INVALID', message));
  });
});

describe('what nobody asked for', () => {
  it('is left out with a warning when it is not what its name says', async () => {
    const runs = await parseRuns('loss,seed,batch\n2,1,big\n3,x,small\n', { name: 'runs.csv' });
    expect(numbers(runs, 'loss')).toEqual([2, 3]);
    expect(Object.keys(runs.quantities)).toEqual(['loss']);
    expect(Object.keys(runs.conventions.columns)).toEqual(['loss']);
    expect(runs.warnings).toMatchObject([
      {
        code: 'COLUMN_IGNORED',
        message: 'batchSize was not read: runs.csv, line 2, column "batch": "big" is not a number.',
      },
      { code: 'COLUMN_IGNORED', message: 'seed was not read: runs.csv, line 3, column "seed": "x" is not a number.' },
    ]);
  });

  it('is an error once it is asked for', async () => {
    const text = 'loss,seed,batch,size\n2,1,big,-1\n';
    const rejects = async (options: object): Promise<void> => {
      await expect(parseRuns(text, options)).rejects.toBeInstanceOf(IsoflopError);
    };
    await rejects({ columns: 'batchSize=batch' });
    await rejects({ needs: ['loss', 'batchSize'] });
    await rejects({ needs: ['loss', 'params'] });
    const runs = await parseRuns(text, { needs: ['loss'] });
    expect(Object.keys(runs.quantities)).toEqual(['loss', 'seed']);
  });

  it('is strict for what gives a needed quantity', async () => {
    await expect(parseRuns('N,D,loss\nsmall,1e9,2\n', { needs: ['loss', 'flops'] })).rejects.toThrow(
      refusal('VALUE_NOT_A_NUMBER', 'column "N": "small"'),
    );
  });

  it('may be blank once the needs are listed', async () => {
    const runs = await parseRuns('N,D,loss\n1e9,,2\n1e9,2e10,\n', { needs: ['params'] });
    expect(runs.rows).toBe(2);
    expect(numbers(runs, 'tokens')).toEqual([NaN, 2e10]);
    expect(numbers(runs, 'loss')).toEqual([2, NaN]);
  });

  it('may be anything at all when no name recognises it', async () => {
    const text = 'loss,note,"a ""quoted"" name",\n2,-1e999,"x,\ny",\n';
    expect((await parseRuns(text)).rows).toBe(1);
  });
});

describe('suspicions', () => {
  it('FLOP that are not 6 N D in many rows', async () => {
    const rows = (ratio: number, share: number): string =>
      Array.from({ length: 100 }, (_, i) => `1e9,2e10,${String(1.2e20 * (i < 100 * share ? ratio : 1.01))},2`).join(
        '\n',
      );
    const off = await parseRuns(`N,D,C,loss\n${rows(1.5, 1)}\n`);
    expect(off.warnings).toMatchObject([{ code: 'FLOPS_MISMATCH', level: 'warning' }]);
    expect(off.warnings[0].message).toContain('more than 3% in 100 of 100 rows; the median ratio is 1.5');
    expect(codes(await parseRuns(`N,D,C,loss\n${rows(1.5, 0.05)}\n`))).toEqual([]);
    expect(codes(await parseRuns(`N,D,C,loss\n${rows(1.02, 1)}\n`))).toEqual([]);
    expect(codes(await parseRuns(`N,D,C,loss\n${rows(1.5, 1)}\n`, { flopsPerParamToken: 9 }))).toEqual([]);
  });

  it('logarithms and billions', async () => {
    const runs = await parseRuns('model_size,num_token,flops,loss\n125m,9,17.9,4\n');
    expect(codes(runs)).toEqual(['SUSPECT_UNITS', 'SUSPECT_UNITS', 'FLOPS_MISMATCH']);
    expect(runs.warnings[0].message).toContain('tokens (column "num_token") is 9');
    expect(runs.warnings[0].remedy).toContain("--columns 'tokens=10^num_token'");
    expect(codes(await parseRuns('params,tokens,loss\n1000,1000,4\n'))).toEqual([]);
  });
});
