/** Files that are looked at at once: one by one takes long, and a folder may hold more than a process may have open. */
const atOnce = 64;

/** Looks at all of them, in order, and leaves out where nothing was found. */
export async function lookAtAll<Item, Found>(
  items: readonly Item[],
  look: (item: Item) => Promise<Found | undefined>,
): Promise<Found[]> {
  const found: (Found | undefined)[] = [];
  for (let start = 0; start < items.length; start += atOnce)
    found.push(...(await Promise.all(items.slice(start, start + atOnce).map(look))));
  return found.filter((one) => one !== undefined);
}

/**
 * One scan at a time, however many ask. Who asks during a scan gets the next one and shares it with all others who wait, so
 * that nobody is told what was before the question.
 */
export function shareScans<Found>(scan: () => Promise<Found>): () => Promise<Found> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<Found> | undefined;
  const begin = (): Promise<Found> => {
    waiting = undefined;
    return scan();
  };
  return () => {
    if (waiting === undefined) last = waiting = last.then(begin, begin);
    return waiting;
  };
}
