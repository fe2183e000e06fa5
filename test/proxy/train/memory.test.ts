import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../../src/core/errors.ts';
import { parameterSpecs } from '../../../src/proxy/model/shape.ts';
import { memoryNeed, requireMemory, tellMemory } from '../../../src/proxy/train/memory.ts';
import { codeOf, errorOf } from '../../helpers/errors.ts';
import { tiny } from '../tiny.ts';

const shape = { ...tiny.model, vocabulary: 16 };

describe('the memory of a model', () => {
  it('is at least that of its tensors', () => {
    const params = 16 * 8 + 4 * 8 * 8 + 2 * 8 * 32 + 3 * 8;
    const { host, engine } = memoryNeed(shape, parameterSpecs(shape), 4);
    expect(host).toBe(4 * 5 * params);
    expect(engine).toBe(4 * (2 * params + 4 * (8 * (4 * 8 + 32) + 8 * 8 + 2 * 8 * 16)));
  });

  it('is refused where there is not so much, and only there', () => {
    expect(() => {
      requireMemory('small', { host: 1e6, engine: 1e6 }, 'wasm');
    }).not.toThrow();
    const { details, exit } = errorOf(() => {
      requireMemory('large', { host: 1e15, engine: 1e9 }, 'cpu');
    });
    expect([exit, details]).toEqual([
      1,
      { run: 'large', reason: expect.stringContaining('1.00e+6 GB or more') as unknown },
    ]);
    // WebAssembly addresses 4 GiB, whatever the machine has.
    const beyond = { host: 0, engine: 2 ** 32 + 4 };
    expect(
      codeOf(() => {
        requireMemory('large', beyond, 'wasm');
      }),
    ).toBe('RUN_MEMORY');
    // A GPU has memory of its own, which nobody here knows.
    expect(() => {
      requireMemory('large', { host: 0, engine: 1e15 }, 'webgpu');
    }).not.toThrow();
  });
});

describe('a failure for want of memory', () => {
  it.each([
    new WebAssembly.RuntimeError('Aborted(). Build with -sASSERTIONS for more info.'),
    new WebAssembly.RuntimeError('memory access out of bounds'),
    new RangeError('Array buffer allocation failed'),
    new RangeError('Invalid typed array length: 9007199254740991'),
    new Error('Device ran out of memory'),
  ])('is told as such: %s', (error) => {
    expect(tellMemory('mine', error)).toMatchObject({ code: 'RUN_MEMORY', details: { run: 'mine' } });
  });
  it('and nothing else is', () => {
    for (const error of [new Error('no tensor w'), new IsoflopError('FILE_NOT_FOUND', { file: 'out of memory' })])
      expect(tellMemory('mine', error)).toBe(error);
  });
});
