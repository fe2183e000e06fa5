import { describe, expect, it } from 'vitest';
import { parseRuns } from '../../src/runs/index.ts';

describe('a second count of the parameters', () => {
  it('is read next to the first', async () => {
    const { quantities, conventions } = await parseRuns('N,N_no_embed,D,loss\n2e9,1.5e9,4e10,2.4\n');
    expect(quantities.params).toEqual(Float64Array.of(2e9));
    expect(quantities.otherParams).toEqual(Float64Array.of(1.5e9));
    expect(conventions.columns.otherParams).toBe('N_no_embed');
  });

  it('is the column of all parameters where those without embeddings were asked for', async () => {
    const columns = { params: 'N_no_embed' };
    const { quantities } = await parseRuns('N,N_no_embed,D,loss\n2e9,1.5e9,4e10,2.4\n', { columns });
    expect(quantities.params).toEqual(Float64Array.of(1.5e9));
    expect(quantities.otherParams).toEqual(Float64Array.of(2e9));
  });

  it('is not found where there is only one, nor where params is an expression', async () => {
    const one = await parseRuns('N,D,loss\n2e9,4e10,2.4\n');
    expect(one.quantities).not.toHaveProperty('otherParams');
    const columns = { params: '1e6*size' };
    const scaled = await parseRuns('size,N_no_embed,D,loss\n2000,1.5e9,4e10,2.4\n', { columns });
    expect(scaled.quantities).not.toHaveProperty('otherParams');
  });

  it('may be named, and is left out where it cannot be read', async () => {
    const columns = { otherParams: 'body' };
    const named = await parseRuns('N,body,D,loss\n2e9,1.5e9,4e10,2.4\n', { columns });
    expect(named.quantities.otherParams).toEqual(Float64Array.of(1.5e9));
    const unread = await parseRuns('N,N_no_embed,D,loss\n2e9,none,4e10,2.4\n');
    expect(unread.quantities.params).toEqual(Float64Array.of(2e9));
  });
});
