import { describe, expect, it } from 'vitest';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { createRuns } from '../../src/runs/index.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { errorOf } from '../helpers/errors.ts';
import { scatter } from '../helpers/laws.ts';

const rows = 24;
const { params } = scatter(rows, 6);
const loss = params.map((n) => 10 * n ** -0.1);

const fitOf = (columns: Record<string, number[] | string[]>, weights?: number[]): LawFit =>
  fitLaw(findLaw('params'), createRuns({ params, loss, ...columns }), weights === undefined ? {} : { weights });

const labels = (count: number): string[] => params.map((_, i) => `run-${String(i % count)}`);

describe('groups of rows', () => {
  it('are the rows themselves when there are no runs', () => {
    const groups = groupRows(fitOf({}));
    expect(groups).toMatchObject({ name: 'row', count: rows, warnings: [] });
    expect([...groups.codes]).toEqual(params.map((_, i) => i));
  });

  it('are the runs when rows carry them', () => {
    const groups = groupRows(fitOf({ run: labels(12) }));
    expect(groups).toMatchObject({ name: 'run', count: 12, warnings: [] });
    expect([...groups.codes]).toEqual(params.map((_, i) => i % 12));
  });

  it('are the runs that steps show where names do not', () => {
    const sized = {
      params: params.map((_, i) => 1e8 * (1 + (i % 8))),
      step: params.map((_, i) => 1 + Math.floor(i / 8)),
    };
    for (const columns of [sized, { ...sized, run: labels(1) }]) {
      const groups = groupRows(fitOf(columns));
      expect(groups).toMatchObject({ name: 'run', count: 8 });
      expect([...groups.codes]).toEqual(params.map((_, i) => i % 8));
    }
  });

  it('are the rows when asked for', () => {
    expect(groupRows(fitOf({ run: labels(12) }), 'row')).toMatchObject({ name: 'row', count: rows });
  });

  it('are any other column when asked for', () => {
    const fit = fitOf({ run: labels(12), family: labels(11), seed: params.map((_, i) => i % 10) });
    expect(groupRows(fit, 'family')).toMatchObject({ name: 'family', count: 11 });
    expect(groupRows(fit, 'seed')).toMatchObject({ name: 'seed', count: 10 });
  });

  it('fall back to rows, with a warning, when there is one run', () => {
    const groups = groupRows(fitOf({ run: labels(1) }));
    expect(groups).toMatchObject({ name: 'row', count: rows });
    expect(groups.warnings.map((w) => w.code)).toEqual(['SINGLE_GROUP']);
  });

  it('raise FEW_GROUPS below ten', () => {
    expect(groupRows(fitOf({ run: labels(9) })).warnings.map((w) => w.code)).toEqual(['FEW_GROUPS']);
    expect(groupRows(fitOf({ run: labels(10) })).warnings).toEqual([]);
  });

  it('refuse an unknown column and name the nearest', () => {
    const error = errorOf(() => groupRows(fitOf({ run: labels(12), family: labels(11) }), 'famly'));
    expect(error).toMatchObject({ code: 'COLUMN_UNKNOWN', exit: 2 });
    expect(error.message).toContain('Did you mean "family"?');
  });

  it('leave rows without a label alone', () => {
    const run = labels(12).map((label, i) => (i < 3 ? '' : label));
    const groups = groupRows(fitOf({ run }));
    expect(new Set(groups.codes).size).toBe(groups.count);
    expect(groups.count).toBe(15);
    const [a, b, c] = groups.codes;
    for (const code of [a, b, c]) expect(groups.codes.filter((other) => other === code)).toHaveLength(1);
  });

  it('leave rows without a number alone, whatever the other numbers are', () => {
    const batch = params.map((_, i) => (i < 4 ? NaN : -2 - (i % 11)));
    const groups = groupRows(fitOf({ batch }), 'batch');
    expect(groups.count).toBe(4 + 11);
    for (let i = 0; i < 4; i++) expect(groups.codes.filter((code) => code === groups.codes[i])).toHaveLength(1);
  });

  it('follow the rows that were fitted', () => {
    const weights = params.map((_, i) => (i % 2 === 0 ? 0 : 1));
    const groups = groupRows(fitOf({ run: labels(12) }, weights));
    expect(groups.count).toBe(6);
    expect(groups.codes).toHaveLength(12);
    expect([...groups.codes]).toEqual(Array.from({ length: 12 }, (_, i) => i % 6));
  });
});
