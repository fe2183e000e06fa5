import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';

/** An accelerator that can be bought or hired. */
export interface Accelerator {
  /** Short name, such as `h100-sxm`. */
  readonly id: string;
  readonly name: string;
  /** Peak of dense matrix products in 16 bits, FLOP/s. */
  readonly peakFlops: number;
  /** Bytes. */
  readonly memory: number;
  /** Share of the peak that training reaches (model FLOP utilisation). */
  readonly trainingMfu: number;
  /** Share of the peak that serving reaches. */
  readonly inferenceMfu: number;
  /** Money for an hour of one accelerator; `null` where nobody said. */
  readonly pricePerHour: number | null;
  /** Where the numbers were read. */
  readonly source: string;
}

const positive = ['peakFlops', 'memory', 'trainingMfu', 'inferenceMfu'] as const;
const shares: readonly string[] = ['trainingMfu', 'inferenceMfu'];

/**
 * Checks a list of accelerators as it stands in a file.
 *
 * @param value - what the JSON holds: `{ "accelerators": [...] }`
 * @param file - its name, for messages
 * @throws {@link IsoflopError} `ACCELERATORS_INVALID`
 * @example
 * ```ts
 * const one = { id: 'mine', name: 'Mine', peakFlops: 1e14, memory: 24e9, trainingMfu: 0.4, inferenceMfu: 0.1, pricePerHour: null, source: 'measured' };
 * parseAccelerators({ accelerators: [one] }, 'mine.json').length; // 1
 * ```
 */
export function parseAccelerators(value: unknown, file: string): Accelerator[] {
  const fail = (place: string, reason: string): never => {
    throw new IsoflopError('ACCELERATORS_INVALID', { file, place, reason });
  };
  const list = typeof value === 'object' && value !== null && 'accelerators' in value ? value.accelerators : undefined;
  if (!Array.isArray(list) || list.length === 0) return fail('accelerators', 'is not a list with entries');
  const seen = new Set<string>();
  return list.map((entry: unknown, k) => {
    const place = `accelerators[${String(k)}]`;
    if (typeof entry !== 'object' || entry === null) return fail(place, 'is not an object');
    const fields = entry as Readonly<Record<string, unknown>>;
    const text = (name: string): string => {
      const found = fields[name];
      return typeof found === 'string' && found !== '' ? found : fail(`${place}.${name}`, 'is not a text');
    };
    const number = (name: string): number => {
      const found = fields[name];
      if (typeof found !== 'number' || !(found > 0 && found < Infinity))
        return fail(
          `${place}.${name}`,
          `is ${found === undefined ? 'missing' : JSON.stringify(found)}, not a positive number`,
        );
      if (shares.includes(name) && found > 1) return fail(`${place}.${name}`, `is ${String(found)}, more than all`);
      return found;
    };
    const id = text('id');
    if (seen.has(id)) fail(`${place}.id`, `is ${JSON.stringify(id)} a second time`);
    seen.add(id);
    const [peakFlops, memory, trainingMfu, inferenceMfu] = positive.map(number);
    const pricePerHour = fields.pricePerHour == null ? null : number('pricePerHour');
    return {
      id,
      name: text('name'),
      peakFlops,
      memory,
      trainingMfu,
      inferenceMfu,
      pricePerHour,
      source: text('source'),
    };
  });
}

/**
 * The accelerator of a name.
 *
 * @throws {@link IsoflopError} `ACCELERATOR_UNKNOWN`
 */
export function acceleratorOf(list: readonly Accelerator[], id: string): Accelerator {
  const found = list.find((one) => one.id === id.trim().toLowerCase());
  if (found !== undefined) return found;
  const ids = list.map((one) => one.id);
  throw new IsoflopError('ACCELERATOR_UNKNOWN', { id, nearest: nearestName(id, ids), ids });
}
