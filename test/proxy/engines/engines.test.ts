import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../../src/core/errors.ts';
import type { Engine, EngineDefinition } from '../../../src/proxy/engines/engine.ts';
import { engines, findEngine, openEngine, tryEngine } from '../../../src/proxy/engines/index.ts';
import { findPackage } from '../../../src/proxy/engines/packages.ts';
import type { SelfCheck } from '../../../src/proxy/engines/selfCheck.ts';
import { tfjsNode } from '../../../src/proxy/engines/tfjsNode.ts';
import { tfjsNodeGpu } from '../../../src/proxy/engines/tfjsNodeGpu.ts';
import { webgpu } from '../../../src/proxy/engines/webgpu.ts';

/** An engine that opens, or says why it does not. */
function fake(id: string, about: { passOver?: string; missing?: string; crash?: string } = {}): EngineDefinition {
  return {
    id,
    title: id,
    needs: 'nothing',
    open: () => {
      if (about.crash !== undefined) return Promise.reject(new Error(about.crash));
      if (about.missing !== undefined) {
        const details = { engine: id, reason: about.missing, remedy: 'Install it.' };
        return Promise.reject(new IsoflopError('ENGINE_UNAVAILABLE', details));
      }
      const { passOver } = about;
      return Promise.resolve({ id, device: 'a device', ...(passOver === undefined ? {} : { passOver }) } as Engine);
    },
  };
}

/** Lets every engine pass but those named. */
const checkBut =
  (...wrong: string[]) =>
  ({ id, device }: Engine): Promise<SelfCheck> => {
    const figures = { what: 'loss', difference: 0.25, tolerance: 1e-4 };
    return wrong.includes(id)
      ? Promise.reject(new IsoflopError('ENGINE_WRONG', { engine: id, device, ...figures }))
      : Promise.resolve({ what: 'loss', difference: 1e-7, tolerance: 1e-4, ms: 1 });
  };

const chosen = async (from: readonly EngineDefinition[], ...wrong: string[]): Promise<string> =>
  (await openEngine('auto', from, checkBut(...wrong))).engine.id;

describe('the choice of an engine', () => {
  it('knows the engines in the order of preference', () => {
    expect(engines.map(({ id }) => id)).toEqual(['tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm', 'cpu']);
  });

  it('takes the first that is there', async () => {
    const gpu = fake('tfjs-node-gpu');
    const missing = fake('tfjs-node-gpu', { missing: 'it is not installed' });
    const rest = [fake('webgpu'), fake('tfjs-node'), fake('wasm'), fake('cpu')];
    expect(await chosen([gpu, ...rest])).toBe('tfjs-node-gpu');
    expect(await chosen([missing, ...rest])).toBe('webgpu');
    const software = fake('webgpu', { passOver: 'its adapter is software' });
    expect(await chosen([missing, software, ...rest.slice(1)])).toBe('tfjs-node');
    const crashing = fake('tfjs-node', { crash: 'libtensorflow.so.2: not found\nat line 3' });
    expect(await chosen([missing, software, crashing, ...rest.slice(2)])).toBe('wasm');
  });

  it('passes over what computes wrongly and says why, figures included', async () => {
    const from = [
      fake('tfjs-node-gpu', { missing: 'it is not installed' }),
      fake('webgpu', { passOver: 'its adapter is software' }),
      fake('tfjs-node', { crash: 'libtensorflow.so.2: not found\nat line 3' }),
      fake('wasm'),
      fake('cpu'),
    ];
    const { engine, passedOver } = await openEngine('auto', from, checkBut('wasm'));
    expect(engine.id).toBe('cpu');
    expect(passedOver.map(({ id }) => id)).toEqual(['tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm']);
    const [gpu, software, broken, wrong] = passedOver.map(({ reason }) => reason);
    expect(gpu).toBe('it is not installed');
    expect(software).toBe('its adapter is software');
    expect(broken).toBe('libtensorflow.so.2: not found');
    expect(wrong).toMatch(/computes wrongly: the loss differs .* by 2\.5e-1 relative, where 1\.0e-4 is allowed$/);
  });

  it('uses software where it is named, and checks it', async () => {
    const from = [fake('webgpu', { passOver: 'its adapter is software' })];
    expect((await openEngine('webgpu', from, checkBut())).engine.id).toBe('webgpu');
    await expect(openEngine('webgpu', from, checkBut('webgpu'))).rejects.toMatchObject({ code: 'ENGINE_WRONG' });
  });

  it('does not check what it passes over anyway', async () => {
    const check = (): Promise<SelfCheck> => Promise.reject(new Error('was checked'));
    const tried = await tryEngine(fake('webgpu', { passOver: 'its adapter is software' }), false, check);
    expect(tried).toMatchObject({ reason: 'its adapter is software' });
  });

  it('says what an engine that is named lacks', async () => {
    const from = [fake('webgpu', { missing: 'it is not installed' }), fake('cpu')];
    await expect(openEngine('webgpu', from, checkBut())).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: 'The engine webgpu cannot be used here: it is not installed. Install it.',
      exit: 1,
    });
  });

  it('lists the engines to who names one that is not', async () => {
    expect(() => findEngine('wasn')).toThrow(
      'There is no engine "wasn". Did you mean "wasm"? The engines are auto, tfjs-node-gpu, webgpu, tfjs-node, wasm, cpu.',
    );
    await expect(openEngine('cuda')).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN', exit: 2 });
  });

  it('says all reasons where nothing works', async () => {
    const from = [fake('webgpu', { missing: 'it is not installed' }), fake('wasm')];
    await expect(openEngine('auto', from, checkBut('wasm'))).rejects.toThrow(
      /webgpu: it is not installed; wasm: The engine wasm .* computes wrongly/,
    );
  });
});

describe('optional engines that are not installed', () => {
  const optional = [
    { definition: tfjsNodeGpu, packages: ['@tensorflow/tfjs-node-gpu'] },
    { definition: tfjsNode, packages: ['@tensorflow/tfjs-node'] },
    { definition: webgpu, packages: ['webgpu', '@tensorflow/tfjs-backend-webgpu'] },
  ];
  for (const { definition, packages } of optional)
    it.skipIf(packages.every((name) => findPackage(name) !== undefined))(`${definition.id} says how to`, async () => {
      await expect(definition.open()).rejects.toMatchObject({
        code: 'ENGINE_UNAVAILABLE',
        statement: `The engine ${definition.id} cannot be used here: ${packages[0]} is not installed.`,
        remedy: `Install it with "npm install ${packages.join(' ')}"; docs/engines.md says what else it needs.`,
      });
    });
});
