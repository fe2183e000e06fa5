/** A map that holds so many entries and forgets the one that was asked for longest ago. */
export interface Lru<Key, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
  readonly delete: (key: Key) => void;
}

/**
 * A map of bounded size.
 *
 * @param most - entries at most
 */
export function createLru<Key, Value>(most: number): Lru<Key, Value> {
  // A Map lists its keys in the order of insertion, so the first is the one used longest ago.
  const entries = new Map<Key, Value>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size > most) entries.delete(entries.keys().next().value as Key);
    },
    delete: (key) => {
      entries.delete(key);
    },
  };
}
