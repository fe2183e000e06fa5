import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { dynamicsCsv, dynamicsRows } from '../../../src/proxy/dynamics/table.ts';
import { formatDynamics } from '../../../src/proxy/dynamics/text.ts';
import { emptyDynamics, exampleDynamics } from './exampleDynamics.ts';

/** The line of a text that begins so, with its columns apart. */
const lineOf = (text: string, start: string): string[] => {
  const found = text.split('\n').filter((line) => line.trim().startsWith(start));
  if (found.length !== 1) throw new Error(`${String(found.length)} lines begin with ${start}`);
  return found[0].trim().split(/ {2,}/);
};

/** The lines below a heading. */
const below = (text: string, heading: string): string =>
  text.slice(text.indexOf(heading)).split('\n\n')[0].split('\n').slice(2).join('\n');

describe('dynamics in words', () => {
  const text = formatDynamics(exampleDynamics());

  it('count runs, and say what was not measured', () => {
    expect(text.split('\n')[0]).toBe('ladder: 12 ended runs, 1 of them diverged');
    expect(text).toContain('Not measured: layers of others, since no weights, "kept".');
    expect(formatDynamics(emptyDynamics())).toContain('empty: 0 ended runs, 0 of them diverged');
    expect(formatDynamics(emptyDynamics())).toContain('none of 0 runs got worse');
  });

  it('have a table for each part', () => {
    // Mean rank 0.9 and 0.6; of two branches half are there at 10% of the tokens and all at their end.
    const layers = below(text, 'Layers:');
    expect(lineOf(layers, 'small')).toEqual(['small', '1K', '0.9', '0.6', '10.0%', '100.0%']);
    expect(lineOf(layers, 'large')).toEqual(['large', '50K', '0.99', '0.9', '1.0%', '1.0%']);
    expect(lineOf(below(text, 'Gradient noise'), 'small')).toEqual(['small', '1K', '2.1', '120', '900']);
    const rates = below(text, 'Learning rates');
    expect(rates.split('\n')[0].trim().split(/ {2,}/)).toEqual([
      'none',
      '1K',
      '32K',
      '4',
      '0.001 to 0.1',
      '0.25',
      '0.01',
    ]);
    expect(rates.split('\n')[1]).toContain('0.001 (end of the grid)');
    const growth = below(text, 'Stability');
    expect(lineOf(growth, 'max_attention_logit')).toEqual([
      'max_attention_logit',
      'none',
      '0.01',
      '10 to 50',
      '10000',
      '250M',
    ]);
    expect(lineOf(growth, 'gradient_rms').at(-1)).toBe('not in sight');
    expect(lineOf(below(text, 'Small sizes'), '1K')).toEqual(['1K', '3', '2.1%', '1.2%']);
    expect(lineOf(below(text, 'Critical batch'), 'none')).toEqual([
      'none',
      '1K',
      '16 to 128',
      '2.5 to 2.25',
      '50 to 100',
    ]);
    expect(text).toContain('Saturation: small rose by 0.0312 since 60.0% of its tokens.');
  });

  it('leave out the tables of parts that are not there', () => {
    const short = formatDynamics({ ...emptyDynamics(), law: exampleDynamics().law });
    expect(short).toContain('Small sizes');
    for (const heading of ['Layers', 'Gradient noise', 'Learning rates', 'Stability', 'Critical batch'])
      expect(short).not.toContain(heading);
  });
});

describe('dynamics as a table', () => {
  it('have each measured value in a row, and come back from their CSV', () => {
    const dynamics = exampleDynamics();
    const rows = dynamicsRows(dynamics);
    const count = (measure: string): number => rows.filter((row) => row.measure === measure).length;
    expect(['effective_rank', 'alignment', 'converged_at', 'noise_scale'].map(count)).toEqual([9, 9, 3, 3]);
    expect(['loss_at_rate', 'rate_sensitivity', 'best_rate'].map(count)).toEqual([5, 2, 2]);
    expect(['max_attention_logit', 'gradient_rms', 'max_attention_logit_unstable_from'].map(count)).toEqual([3, 3, 1]);
    expect(['saturated', 'best_at', 'rise_since_best', 'final_above_law', 'critical_batch'].map(count)).toEqual([
      2, 2, 2, 1, 2,
    ]);
    expect(rows[2]).toEqual({
      measure: 'effective_rank',
      run: 'small',
      family: '',
      params: 1000,
      tokens: 3200,
      step: 100,
      of: 'blocks.0.mlp.up',
      value: 0.5,
    });
    const read = parse(dynamicsCsv(dynamics), { columns: true }) as unknown as Record<string, string>[];
    expect(read).toHaveLength(rows.length);
    for (const [k, row] of rows.entries())
      expect(read[k]).toEqual(
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [
            column,
            value === null || Number.isNaN(value) ? '' : String(value),
          ]),
        ),
      );
  });

  it('quotes what would break a line', () => {
    const [line] = exampleDynamics().ranks;
    const odd = { ...emptyDynamics(), ranks: [{ ...line, run: 'a,"b"\nc' }] };
    const read = parse(dynamicsCsv(odd), { columns: true }) as unknown as Record<string, string>[];
    expect(read.map(({ run }) => run)).toEqual(Array(3).fill('a,"b"\nc'));
    expect(dynamicsCsv(emptyDynamics())).toBe('measure,run,family,params,tokens,step,of,value\n');
  });
});
