import { pathToFileURL } from 'node:url';
import { IsoflopError } from '../../core/errors.ts';
import type { EngineDefinition } from './engine.ts';
import { briefly, needPackage } from './packages.ts';
import { loadQuietly } from './quiet.ts';
import { loadTensorFlow, plainOperations } from './tensorflow.ts';

/** The parts of WebGPU that are used here. */
interface Gpu {
  readonly requestAdapter: (options: { powerPreference: string }) => Promise<Adapter | null>;
}
interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
}
interface Dawn {
  readonly create: (flags: readonly string[]) => Gpu;
  readonly globals: object;
}

const id = 'webgpu';
const dawnName = 'webgpu';
const backendName = '@tensorflow/tfjs-backend-webgpu';
const packages = [dawnName, backendName];
/** Drivers that compute on the CPU, where an adapter does not say so itself. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

const unavailable = (reason: string, remedy: string): IsoflopError =>
  new IsoflopError('ENGINE_UNAVAILABLE', { engine: id, reason, remedy });

/** WebGPU by Dawn, on Vulkan, Metal or Direct3D 12. */
export const webgpu: EngineDefinition = {
  id,
  title: 'TensorFlow.js on WebGPU (Dawn)',
  needs: packages.join(', '),
  open: async () => {
    const dawn = needPackage(id, dawnName, packages);
    const backend = needPackage(id, backendName, packages);
    const tf = loadTensorFlow(backend);
    try {
      const gpu = await startDawn(dawn.entry);
      // As the backend asks for it.
      const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
      if (adapter === null)
        throw unavailable(
          'there is no adapter: no GPU with a driver for WebGPU',
          'docs/engines.md says what it needs.',
        );
      loadQuietly(backend.load);
      await tf.setBackend(id);
      const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
      const device = [vendor, architecture, description].filter((part) => part !== '').join(', ');
      return {
        id,
        tf,
        device: `${device} (WebGPU)`,
        versions: {
          '@tensorflow/tfjs': tf.version.tfjs,
          [dawnName]: dawn.version,
          [backendName]: backend.version,
        },
        ...(isFallbackAdapter === true || software.test(device) ? { passOver: 'its adapter is software' } : {}),
        ...plainOperations(tf),
      };
    } catch (error) {
      if (error instanceof IsoflopError) throw error;
      throw unavailable(
        `${packages.join(' and ')} are installed but do not start: ${briefly(error)}`,
        'docs/engines.md says what they need.',
      );
    }
  },
};

let started: Promise<Gpu> | undefined;

/** Puts WebGPU where a browser has it; the backend looks for it when it is loaded. */
function startDawn(entry: string): Promise<Gpu> {
  started ??= (async () => {
    const { create, globals } = (await import(pathToFileURL(entry).href)) as Dawn;
    const gpu = create([]);
    Object.assign(globalThis, globals);
    // Node has a navigator since version 21.
    const known = (globalThis as { navigator?: object }).navigator;
    const navigator = known ?? { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
    if (known === undefined) Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
    return gpu;
  })();
  return started;
}
