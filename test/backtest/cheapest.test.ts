import { expect, it } from 'vitest';
import { cheapestCells } from '../../src/backtest/cheapest.ts';

const row = (ares: readonly (number | null)[], flops: readonly (number | null)[]) =>
  ares.map((are, k) => ({ are, flops: flops[k] }));
const at = (threshold: number, rows: Parameters<typeof cheapestCells>[0]) => {
  const found = cheapestCells(rows).find((cheapest) => cheapest.threshold === threshold);
  return { reliable: found?.reliable?.flops ?? null, any: found?.any?.flops ?? null };
};

it('takes the first cell of a row from which on more than three quarters pass', () => {
  // From the second on 4 of 6 pass; from the fourth on 3 of 4, which is not more than three quarters; the fifth begins 3 of 3.
  const flops = [1, 2, 3, 4, 5, 6, 7];
  expect(at(0.05, [row([0.2, 0.04, 0.2, 0.2, 0.04, 0.04, 0.04], flops)])).toEqual({ reliable: 5, any: 2 });
  expect(at(0.05, [row([0.2, 0.2, 0.2, 0.04, 0.2, 0.04, 0.04], flops)])).toEqual({ reliable: 6, any: 4 });
});

it('compares rows by compute', () => {
  const rows = [row([0.2, 0.04, 0.04], [1, 5, 6]), row([0.2, 0.2, 0.04], [1, 2, 4])];
  expect(at(0.05, rows)).toEqual({ reliable: 4, any: 4 });
  expect(at(0.15, rows)).toEqual({ reliable: 4, any: 4 });
});

it('has no cell where none passes, where there is no prediction and where compute is unknown', () => {
  expect(at(0.1, [row([0.1, 0.2], [1, 2])])).toEqual({ reliable: null, any: null });
  expect(at(0.1, [row([null, null], [1, 2])])).toEqual({ reliable: null, any: null });
  expect(at(0.1, [row([0.01, 0.01], [null, null])])).toEqual({ reliable: null, any: null });
});
