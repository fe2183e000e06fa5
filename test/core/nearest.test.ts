import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/core/nearest.ts';

describe('nearestName', () => {
  it.each([
    ['tokns', 'tokens'],
    ['TOKENS', 'tokens'],
    ['prams', 'params'],
    ['parmas', 'params'],
    ['lss', 'loss'],
  ])('suggests for %s the name %s', (typed, name) => {
    expect(nearestName(typed, ['params', 'tokens', 'flops', 'loss'])).toBe(name);
  });

  it('suggests nothing when every name is far', () => {
    expect(nearestName('temperature', ['params', 'loss'])).toBeUndefined();
    expect(nearestName('x', [])).toBeUndefined();
  });

  it('prefers the nearest of several and counts a swap as one step', () => {
    expect(nearestName('lsos', ['lots', 'loss'])).toBe('loss');
  });

  it('finds any name again after one letter was changed', () => {
    const names = ['params', 'tokens', 'learningRate', 'batchSize', 'family'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.constantFrom('q', 'z', 'x', 'j'), (name, place, letter) => {
        const at = place % name.length;
        expect(nearestName(name.slice(0, at) + letter + name.slice(at + 1), names)).toBe(name);
      }),
    );
  });

  it('is quick on very long input', () => {
    expect(nearestName('x'.repeat(1e6), ['y'.repeat(1e6)])).toBeUndefined();
  });
});
