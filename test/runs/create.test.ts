import { describe, expect, it } from 'vitest';
import { createRuns } from '../../src/runs/create.ts';

describe('createRuns', () => {
  it('computes the third quantity, keeps other columns, and copies', () => {
    const loss = [2.6, 2.4];
    const runs = createRuns(
      {
        params: Float32Array.of(1e9, 2e9),
        tokens: [2e10, 4e10],
        loss,
        width: [512, 1024],
        run: ['a', 'b'],
        data: ['c4', ''],
      },
      { name: 'sweep', flopsPerParamToken: 6 },
    );
    loss[0] = 0;
    expect(runs.rows).toBe(2);
    expect([...(runs.quantities.loss ?? [])]).toEqual([2.6, 2.4]);
    expect([...(runs.quantities.flops ?? [])]).toEqual([1.2e20, 4.8e20]);
    expect([...(runs.quantities.width ?? [])]).toEqual([512, 1024]);
    expect(runs.categories.run?.labels).toEqual(['a', 'b']);
    expect([...(runs.categories.data?.codes ?? [])]).toEqual([0, -1]);
    expect(runs.sources).toEqual([{ name: 'sweep', sha256: '', rows: 2 }]);
    expect([...runs.lines]).toEqual([1, 2]);
    expect(runs.conventions.derived).toEqual({ flops: '6 params tokens' });
  });

  it('leaves out and counts rows with a missing loss', () => {
    const runs = createRuns({ params: [1e9, 2e9], loss: [NaN, 2] });
    expect(runs.rows).toBe(1);
    expect(runs.dropped).toEqual([{ rows: 1, why: 'blank or NaN loss' }]);
  });

  it.each([
    [{ params: [1e9, -1], loss: [2, 2] }, 'VALUE_NOT_POSITIVE', 'sweep, line 2, column "params": the value -1'],
    [{ params: [1e9], loss: [Infinity] }, 'VALUE_NOT_POSITIVE', 'column "loss": the value Infinity'],
    [{ params: [1e9], loss: [2, 3] }, 'USAGE', 'sweep: params has 1 rows, not 2'],
    [{ params: ['1e9'], loss: [2] }, 'USAGE', 'sweep, row 1: params has to be a number'],
    [{ loss: [2, 2], run: [1, 2] }, 'USAGE', 'run has to be text'],
    [{ loss: [] }, 'USAGE', 'sweep has no rows'],
    [{}, 'USAGE', 'sweep has no rows'],
    [{ loss: [NaN] }, 'NO_ROWS_LEFT', '1: blank or NaN loss'],
  ])('refuses %j', (columns, code, message) => {
    expect(() => createRuns(columns, { name: 'sweep' })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error,
    );
  });

  it('refuses a mixed column', () => {
    const mixed = [2, '3'] as unknown as number[];
    expect(() => createRuns({ loss: mixed })).toThrow('row 2: loss has to be a number');
  });
});
