/** What fits that were saved before a property existed mean by its absence. */
const absent: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  bootstrap: { resampling: 'cases' },
  data: { runs: null },
  settings: {
    weights: 'none',
    dropTokens: null,
    afterWarmup: null,
    lastPart: null,
    finals: false,
    thin: null,
    nearOptimal: null,
  },
};

/**
 * Adds to a saved fit of an earlier version, in place, the properties that this version expects. What is no saved fit at all
 * stays as it is: the schema says what is wrong with it.
 */
export function completeDocument(document: unknown): void {
  for (const [name, defaults] of Object.entries(absent)) {
    const part = ((document ?? {}) as Record<string, unknown>)[name];
    if (typeof part !== 'object' || part === null || Array.isArray(part)) continue;
    for (const [key, value] of Object.entries(defaults))
      if (!Object.hasOwn(part, key)) (part as Record<string, unknown>)[key] = value;
  }
}
