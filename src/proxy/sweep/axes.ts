import type { YamlPath } from '../yaml.ts';
import type { SweepInput } from './sweepSchema.ts';

/** Parts of the YAML of a run, laid over others. */
export type Patch = Readonly<Record<string, unknown>>;

/** Where the document sets a part of a run. */
export interface Origin {
  readonly part: YamlPath;
  readonly place: YamlPath;
}

/** What one entry of a list adds to the name and the YAML of a run. */
export interface AxisValue {
  readonly label: string;
  readonly patch: Patch;
  readonly origins: readonly Origin[];
}

/** Text of a label, which becomes the name of a folder. */
export const short = (value: number | string): string => String(value).replace(/[^A-Za-z0-9.]/g, '-');

/** How a run's name says what its model is told apart by. */
const abbreviations: Readonly<Record<string, string | undefined>> = {
  layers: 'l',
  width: 'w',
  heads: 'h',
  hidden: 'f',
};

/** Name of strategies that are used together. */
const familyOf = (strategy: NonNullable<SweepInput['strategies']>[number]): string =>
  typeof strategy === 'string' ? strategy : strategy.map((one) => (typeof one === 'string' ? one : one.name)).join('+');

/** The one entry of a list that is not there. */
const nothing: AxisValue[] = [{ label: '', patch: {}, origins: [] }];

/** The lists of a sweep but `sizes`, in the order in which their entries stand in names. */
export function axesOf(input: SweepInput): AxisValue[][] {
  /** @param part - of a run, that an entry of the list sets */
  const axis = <T>(
    list: keyof SweepInput,
    values: readonly T[] | undefined,
    part: YamlPath,
    label: (value: T) => string,
    patch: (value: T) => Patch,
  ): AxisValue[] =>
    values?.map((value, k) => ({
      label: label(value),
      patch: patch(value),
      origins: [{ part, place: [list, k] }],
    })) ?? nothing;
  return [
    input.strategies?.map((one, k) => ({
      label: familyOf(one),
      patch: { strategies: typeof one === 'string' ? [one] : one, family: familyOf(one) },
      // A name stands for a list of one.
      origins: [{ part: typeof one === 'string' ? ['strategies', 0] : ['strategies'], place: ['strategies', k] }],
    })) ?? nothing,
    axis(
      'models',
      input.models,
      ['model'],
      (model) =>
        Object.entries(model)
          .map(([key, value]) => `${abbreviations[key] ?? key}${String(value)}`)
          .join(''),
      (model) => ({ model }),
    ),
    axis(
      'tokens',
      input.tokens,
      ['tokens'],
      (tokens) => `d${short(tokens)}`,
      (tokens) => ({ tokens }),
    ),
    axis(
      'tokensPerParam',
      input.tokensPerParam,
      ['tokensPerParam'],
      (ratio) => `tpp${short(ratio)}`,
      (tokensPerParam) => ({ tokensPerParam }),
    ),
    axis(
      'rates',
      input.rates,
      ['schedule', 'rate'],
      (rate) => `lr${short(rate)}`,
      (rate) => ({ schedule: { rate } }),
    ),
    axis(
      'batches',
      input.batches,
      ['batch'],
      (batch) => `b${String(batch)}`,
      (batch) => ({ batch }),
    ),
    axis(
      'seeds',
      input.seeds,
      ['seed'],
      (seed) => `s${String(seed)}`,
      (seed) => ({ seed }),
    ),
  ];
}
