import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cpu } from '../../../src/proxy/engines/cpu.ts';
import type { Engine, Tensor } from '../../../src/proxy/engines/engine.ts';
import { selfCheck } from '../../../src/proxy/engines/selfCheck.ts';
import { wasm } from '../../../src/proxy/engines/wasm.ts';

describe('the self-check', () => {
  it('finds wasm to be right, and leaves it as it was', async () => {
    const engine = await wasm.open();
    const before = engine.tf.memory();
    const { difference, tolerance } = await selfCheck(engine);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-5);
    expect(tolerance).toBe(1e-4);
    expect(engine.tf.getBackend()).toBe('wasm');
    expect(engine.tf.memory().numTensors).toBe(before.numTensors);
    expect(engine.tf.memory().numBytes).toBe(before.numBytes);
  });

  it('finds cpu to be itself', async () => {
    expect((await selfCheck(await cpu.open())).difference).toBe(0);
  });

  const broken: Readonly<Record<string, (engine: Engine) => Partial<Engine>>> = {
    'a product that is off by a thousandth': ({ tf, matMul }) => ({
      matMul: (a, b) => tf.mul(matMul(a, b), 1.001),
    }),
    'a product that is no number': ({ tf, matMul }) => ({ matMul: (a, b) => tf.mul(matMul(a, b), NaN) }),
    'rows of other symbols': ({ tf, rows }) => ({
      rows: (table, ids) => rows(table, tf.minimum(ids, tf.scalar(3, 'int32'))),
    }),
    'a sum of rows that forgets one': ({ tf, sumRows }) => ({
      sumRows: (rows: Tensor, ids: Tensor, size: number) => sumRows(tf.slice(rows, [1]), tf.slice(ids, [1]), size),
    }),
  };
  it.each(Object.entries(broken))('tells %s', async (_, change) => {
    const engine = await wasm.open();
    await expect(selfCheck({ ...engine, ...change(engine) })).rejects.toMatchObject({
      code: 'ENGINE_WRONG',
      message: expect.stringMatching(
        /^The engine wasm \(CPU \(WebAssembly.*\)\) computes wrongly: the .* differs/,
      ) as string,
    });
  });

  it('tells what an engine cannot compute', async () => {
    const engine = await wasm.open();
    const matMul = (): Tensor => {
      throw new Error("Kernel 'X' not registered for backend 'wasm'.");
    };
    await expect(selfCheck({ ...engine, matMul })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      statement: expect.stringContaining(`its self-check ends with "Kernel 'X' not registered`) as string,
    });
  });
});

describe('opening an engine', () => {
  /** Runs a module in a process of its own. */
  const run = (source: string) => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', source];
    return spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  };
  const opening = `
    const { openEngine } = await import(${JSON.stringify(import.meta.resolve('../../../src/proxy/engines/index.ts'))});
    const listeners = () => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event)).join();
    const before = listeners();
    await openEngine('wasm');
    await openEngine('cpu');
    if (listeners() !== before) console.log('listeners', before, listeners());`;

  it('says nothing on the streams and leaves the listeners of the process as they were', () => {
    const { status, stdout, stderr } = run(opening);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  it('lets a failure elsewhere be told in a few lines', () => {
    const { status, stderr } = run(`${opening}\nsetTimeout(() => { throw new Error('elsewhere'); });`);
    expect(status).not.toBe(0);
    expect(stderr).toContain('Error: elsewhere');
    expect(stderr.length).toBeLessThan(2000);
  });
});
