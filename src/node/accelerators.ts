import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../core/errors.ts';
import { parseAccelerators, type Accelerator } from '../plan/budget/accelerator.ts';
import type { ShapeFamily } from '../plan/budget/shapeFamilies.ts';
import { parseShapeFamily, shapeFamilyOf } from '../plan/budget/shapes.ts';
import { packageRoot } from './packageRoot.ts';
import { readFailure } from './readFailure.ts';

/** The file of accelerators that ships with the package. */
const shipped = 'data/accelerators.json';

/**
 * The accelerators in a file, or those that ship with isoflop.
 *
 * @param file - a JSON file like `data/accelerators.json`
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `ACCELERATORS_INVALID`
 * @example
 * ```ts
 * (await loadAccelerators()).find((one) => one.id === 'h100-sxm')?.peakFlops; // 9.89e14
 * ```
 */
export async function loadAccelerators(file?: string): Promise<Accelerator[]> {
  const path = file ?? join(packageRoot(), shipped);
  return parseAccelerators(await readJson(path, 'ACCELERATORS_INVALID'), file ?? shipped);
}

/**
 * A family of shapes by its name, or from a JSON file with the fields of one.
 *
 * @throws {@link IsoflopError} `SHAPE_UNKNOWN`, `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `SHAPES_INVALID`
 */
export async function loadShapes(name: string): Promise<ShapeFamily> {
  // No name of a family ends so.
  if (!name.endsWith('.json')) return shapeFamilyOf(name);
  return parseShapeFamily(await readJson(name, 'SHAPES_INVALID'), name);
}

async function readJson(path: string, code: 'ACCELERATORS_INVALID' | 'SHAPES_INVALID'): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw readFailure(path, error);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new IsoflopError(code, { file: path, place: 'the file', reason: 'is not JSON' });
  }
}
