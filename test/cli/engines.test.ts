import { expect, it } from 'vitest';
import { isoflop, jsonOf } from './run.ts';

interface EnginesDocument {
  readonly auto?: string;
  readonly engines: readonly {
    readonly id: string;
    readonly status: string;
    readonly device: string | null;
    readonly versions: Readonly<Record<string, string>>;
    readonly check: { readonly difference: number; readonly tolerance: number } | null;
    readonly reason: string | null;
    readonly remedy: string | null;
  }[];
}

it('lists every engine as JSON, with a check or a reason', async () => {
  const { auto, engines } = await jsonOf<EnginesDocument>(['engines', '--json']);
  expect(engines.map(({ id }) => id)).toEqual(['tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm', 'cpu']);
  for (const { status, device, versions, check, reason, remedy } of engines) {
    if (status === 'works') {
      expect(device).not.toBe('');
      expect(Object.keys(versions)).toContain('@tensorflow/tfjs');
      expect(check?.difference).toBeLessThanOrEqual(check?.tolerance ?? -1);
      expect([reason, remedy]).toEqual([null, null]);
    } else expect(reason).not.toBe(null);
  }
  const working = engines.filter(({ status }) => status === 'works').map(({ id }) => id);
  // These two come with isoflop.
  expect(working).toEqual(expect.arrayContaining(['wasm', 'cpu']));
  expect(auto).toBe(working[0]);
});

it('checks one that is named, and says which there are when it is unknown', async () => {
  const { auto, engines } = await jsonOf<EnginesDocument>(['engines', 'cpu', '--json']);
  expect([auto, engines.map(({ id, status }) => [id, status])]).toEqual([undefined, [['cpu', 'works']]]);
  const { status, stdout, stderr } = await isoflop(['engines', 'cup']);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'error: There is no engine "cup". Did you mean "cpu"? The engines are auto, tfjs-node-gpu, webgpu, tfjs-node, wasm, cpu.\n',
  );
});
