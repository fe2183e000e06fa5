import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { cpu } from './cpu.ts';
import type { Engine, EngineDefinition } from './engine.ts';
import { briefly } from './packages.ts';
import { selfCheck, type SelfCheck } from './selfCheck.ts';
import { tfjsNode } from './tfjsNode.ts';
import { tfjsNodeGpu } from './tfjsNodeGpu.ts';
import { wasm } from './wasm.ts';
import { webgpu } from './webgpu.ts';

/** The engines, in the order in which `auto` prefers them. */
export const engines: readonly EngineDefinition[] = [tfjsNodeGpu, webgpu, tfjsNode, wasm, cpu];

/** An engine that works. */
export interface OpenedEngine {
  readonly engine: Engine;
  readonly check: SelfCheck;
  /** Those that `auto` would rather have taken, and why it did not. */
  readonly passedOver: readonly PassedOver[];
}

export interface PassedOver {
  readonly id: string;
  readonly reason: string;
}

/** An engine that was tried: it works, it works but is for those who name it, or there is an error. */
export type TriedEngine =
  | { readonly engine: Engine; readonly check: SelfCheck }
  | { readonly engine: Engine; readonly reason: string }
  | { readonly error: IsoflopError };

/**
 * Opens an engine and lets it check itself; it is then TensorFlow.js's backend.
 *
 * @param byName - whether it was named; else one that `auto` passes over is not checked, which may take it long
 */
export async function tryEngine(
  definition: EngineDefinition,
  byName: boolean,
  check = selfCheck,
): Promise<TriedEngine> {
  try {
    const engine = await definition.open();
    const { passOver } = engine;
    if (passOver !== undefined && !byName) return { engine, reason: passOver };
    return { engine, check: await check(engine) };
  } catch (error) {
    if (error instanceof IsoflopError) return { error: error as IsoflopError };
    const details = { engine: definition.id, reason: briefly(error), remedy: 'docs/engines.md says what it needs.' };
    return { error: new IsoflopError('ENGINE_UNAVAILABLE', details) };
  }
}

/** What an error of an engine says beside the engine's name. */
export const inShort = ({ details, statement }: IsoflopError): string =>
  'reason' in details ? details.reason : statement.replace(/\.$/, '');

/**
 * Opens an engine, checked against `cpu`.
 *
 * @param id - an engine, or `auto` for the first of the list that works and is no software GPU
 * @throws IsoflopError `ENGINE_UNKNOWN`, `ENGINE_UNAVAILABLE`, `ENGINE_WRONG`
 */
export async function openEngine(id: string, from = engines, check = selfCheck): Promise<OpenedEngine> {
  const passedOver: PassedOver[] = [];
  for (const definition of id === 'auto' ? from : [findEngine(id, from)]) {
    const tried = await tryEngine(definition, id !== 'auto', check);
    if ('check' in tried) return { ...tried, passedOver };
    if ('error' in tried && id !== 'auto') throw tried.error;
    passedOver.push({ id: definition.id, reason: 'error' in tried ? inShort(tried.error) : tried.reason });
  }
  throw new IsoflopError('ENGINE_UNAVAILABLE', {
    engine: id,
    reason: passedOver.map((one) => `${one.id}: ${one.reason}`).join('; '),
    remedy: 'Reinstall isoflop: wasm and cpu come with it.',
  });
}

/**
 * The definition of an engine.
 *
 * @throws IsoflopError `ENGINE_UNKNOWN`
 */
export function findEngine(id: string, from = engines): EngineDefinition {
  const found = from.find((one) => one.id === id);
  if (found !== undefined) return found;
  const names = ['auto', ...from.map((one) => one.id)];
  throw new IsoflopError('ENGINE_UNKNOWN', { engine: id, nearest: nearestName(id, names), engines: names });
}
