import { createLru } from '../lru.ts';
import { loadFit } from '../../src/node/savedFits.ts';
import type { SavedFit } from '../../src/report/savedFit.ts';
import type { FitFile } from './tasks.ts';

/** Fits that a thread keeps parsed. */
const kept = createLru<string, Promise<SavedFit>>(20);

/** The fit of a file, parsed once until the file changes. */
export function loadedFit({ path, stamp }: FitFile): Promise<SavedFit> {
  const key = `${path} ${stamp}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const fit = loadFit(path);
  kept.set(key, fit);
  return fit;
}
