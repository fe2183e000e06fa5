/** A map that holds so many entries at most, and forgets first those that were not asked for lately. */
export interface Lru<Key, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
  readonly delete: (key: Key) => void;
}

/**
 * A map of bounded size, in two generations: when the young one holds half of all, the old one is forgotten and the young
 * one grows old. An entry that is asked for becomes young again. So the half that was asked for last is always there, and
 * asking for a young entry, which is the common case, moves nothing.
 *
 * @param most - entries at most, at least 2
 */
export function createLru<Key, Value>(most: number): Lru<Key, Value> {
  let young = new Map<Key, Value>();
  let old = new Map<Key, Value>();
  const add = (key: Key, value: Value): void => {
    young.set(key, value);
    if (young.size < most / 2) return;
    old = young;
    young = new Map();
  };
  return {
    get: (key) => {
      const value = young.get(key);
      if (value !== undefined) return value;
      const kept = old.get(key);
      if (kept === undefined) return undefined;
      old.delete(key);
      add(key, kept);
      return kept;
    },
    set: (key, value) => {
      old.delete(key);
      add(key, value);
    },
    delete: (key) => {
      young.delete(key);
      old.delete(key);
    },
  };
}
