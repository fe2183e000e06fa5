import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import type { Engine, TensorLibrary } from './engine.ts';
import { briefly, needPackage } from './packages.ts';
import { loadQuietly } from './quiet.ts';
import { loadTensorFlow, plainOperations } from './tensorflow.ts';

/** The backend of `@tensorflow/tfjs-node` and `-gpu`, as far as it is used here. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** The name under which both packages register. */
const backendName = 'tensorflow';
type BackendFactory = ReturnType<TensorLibrary['findBackendFactory']>;
const factories = new Map<string, BackendFactory>();

/** TensorFlow's C library by one of the packages that bind it, and whether it found a GPU. */
export async function openBinding(id: string, packageName: string): Promise<Engine & { readonly hasGpu: boolean }> {
  const found = needPackage(id, packageName);
  prepareProcess();
  const tf = loadTensorFlow(found);
  try {
    const known = factories.get(packageName);
    const registered = tf.findBackendFactory(backendName) as BackendFactory | null;
    // The other package may have registered under the same name.
    if (registered !== null && registered !== known) tf.removeBackend(backendName);
    if (known === undefined) {
      loadQuietly(found.load);
      factories.set(packageName, tf.findBackendFactory(backendName));
    } else tf.registerBackend(backendName, known);
    await tf.setBackend(backendName);
  } catch (error) {
    throw new IsoflopError('ENGINE_UNAVAILABLE', {
      engine: id,
      reason: `${packageName} ${found.version} is installed but does not load: ${briefly(error)}`,
      remedy: 'docs/engines.md says what it needs, and how its addon is built where it cannot be downloaded.',
    });
  }
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as NodeBackend;
  return {
    id,
    tf,
    hasGpu: isUsingGpuDevice,
    device: isUsingGpuDevice ? `${graphicsCards() ?? 'GPU'} (CUDA)` : `CPU (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    versions: { '@tensorflow/tfjs': tf.version.tfjs, [packageName]: found.version, TensorFlow: binding.TF_Version },
    ...plainOperations(tf),
  };
}

/** What has to be so before TensorFlow loads. */
function prepareProcess(): void {
  // Its log goes to stderr and is mostly about processor features and plugins; what fails is an error here as well.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // Processes share a GPU: none takes its whole memory at once.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // Products in TensorFloat-32 keep ten bits of the mantissa; losses would depend on the card.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  // Node 23 dropped a function that version 4.22 of the packages calls.
  const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === undefined || value === null;
}

/** Names of the NVIDIA cards that the driver knows. */
function graphicsCards(folder = '/proc/driver/nvidia/gpus'): string | undefined {
  try {
    const names = readdirSync(folder).map(
      (card) => /^Model:\s*(.*)$/m.exec(readFileSync(join(folder, card, 'information'), 'utf8'))?.[1],
    );
    return [...new Set(names.filter((name) => name !== undefined))].join(', ');
  } catch {
    return undefined;
  }
}
