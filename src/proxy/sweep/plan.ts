import { Compile } from 'typebox/compile';
import { parseQuantity } from '../../core/quantity.ts';
import { checkedRun, configError, resolveRun, type YamlDocument } from '../readConfig.ts';
import type { RunConfig } from '../runConfig.ts';
import type { RunInput } from '../runSchema.ts';
import { chooseModel } from './chooseModel.ts';
import { sweepSchema, type SweepInput } from './sweepSchema.ts';

/** The runs of a sweep. */
export interface SweepPlan {
  readonly name: string;
  readonly runs: readonly RunConfig[];
}

const check = Compile(sweepSchema);
/** Runs that one sweep may have. */
const mostRuns = 10_000;

type Patch = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Patch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One value with another laid over it, objects property by property. */
const overlay = (under: unknown, over: unknown): unknown =>
  isObject(under) && isObject(over)
    ? Object.fromEntries(
        [...new Set([...Object.keys(under), ...Object.keys(over)])].map((key) => [
          key,
          key in over ? overlay(under[key], over[key]) : under[key],
        ]),
      )
    : over;

/** What a list of the sweep adds to the name and the YAML of each run. */
interface Axis {
  readonly values: readonly { readonly label: string; readonly patch: Patch }[];
}

const axis = <T>(values: readonly T[] | undefined, label: (value: T) => string, patch: (value: T) => Patch): Axis => ({
  values: values?.map((value) => ({ label: label(value), patch: patch(value) })) ?? [{ label: '', patch: {} }],
});

const familyOf = (strategy: NonNullable<SweepInput['strategies']>[number]): string =>
  typeof strategy === 'string' ? strategy : strategy.map((one) => (typeof one === 'string' ? one : one.name)).join('+');

const short = (value: number | string): string => String(value).replace(/[^A-Za-z0-9.]/g, '-');

/** How a run's name says what its model is told apart by. */
const abbreviations: Readonly<Record<string, string | undefined>> = {
  layers: 'l',
  width: 'w',
  heads: 'h',
  hidden: 'f',
};

function axesOf(input: SweepInput): Axis[] {
  return [
    axis(input.strategies, familyOf, (one) => ({
      strategies: typeof one === 'string' ? [one] : one,
      family: familyOf(one),
    })),
    axis(
      input.models,
      (model) =>
        Object.entries(model)
          .map(([key, value]) => `${abbreviations[key] ?? key}${String(value)}`)
          .join(''),
      (model) => ({ model }),
    ),
    axis(
      input.tokens,
      (tokens) => `d${short(tokens)}`,
      (tokens) => ({ tokens }),
    ),
    axis(
      input.tokensPerParam,
      (ratio) => `tpp${short(ratio)}`,
      (tokensPerParam) => ({ tokensPerParam }),
    ),
    axis(
      input.rates,
      (rate) => `lr${short(rate)}`,
      (rate) => ({ schedule: { rate } }),
    ),
    axis(
      input.batches,
      (batch) => `b${String(batch)}`,
      (batch) => ({ batch }),
    ),
    axis(
      input.seeds,
      (seed) => `s${String(seed)}`,
      (seed) => ({ seed }),
    ),
  ];
}

/** Every run of a sweep, the cheapest first. */
export function planSweep(document: YamlDocument): SweepPlan {
  const { value } = document;
  if (!check.Check(value)) {
    const [first] = check.Errors(value);
    const path = first.instancePath.split('/').slice(1);
    const known = Object.keys(sweepSchema.properties).join(', ');
    throw configError(document, path, `${path.join('.') || 'the sweep'} ${first.message}`, `A sweep has ${known}.`);
  }
  const input = value;
  if (input.sizes !== undefined && input.models !== undefined)
    throw configError(document, ['models'], 'a sweep has sizes or models, not both', 'Leave one of them out.');

  const resolved = (over: unknown): RunConfig => {
    const merged = overlay(input.base, over) as RunInput;
    // Mistakes are told at their place in `base`, where most of a run stands.
    const place = { ...document, lineOf: (path: readonly (string | number)[]) => document.lineOf(['base', ...path]) };
    return resolveRun(place, checkedRun(place, merged));
  };
  let patches: { label: string; patch: unknown }[] = [{ label: '', patch: {} }];
  for (const { values } of [...sizeAxis(document, input, resolved), ...axesOf(input)]) {
    patches = patches.flatMap((one) =>
      values.map(({ label, patch }) => ({
        label: [one.label, label].filter((part) => part !== '').join('-'),
        patch: overlay(one.patch, patch),
      })),
    );
    if (patches.length > mostRuns)
      throw configError(document, [], `the sweep has more than ${String(mostRuns)} runs`, 'Shorten its lists.');
  }
  const isGrid = input.runs === undefined || patches.length > 1;
  const all = [
    ...(isGrid ? patches : []),
    ...(input.runs ?? []).map((patch, k) => ({ label: `run${String(k)}`, patch: patch })),
  ];
  const name = input.name ?? 'sweep';
  const runs = all.map(({ label, patch }) => {
    const run = resolved(patch);
    return isObject(patch) && 'name' in patch ? run : { ...run, name: label === '' ? name : label };
  });
  const names = new Set<string>();
  for (const run of runs) {
    if (names.has(run.name))
      throw configError(document, ['runs'], `two runs are called ${run.name}`, 'Give each a name of its own.');
    names.add(run.name);
  }
  return { name, runs };
}

/** The axis of sizes, whose models depend on the rest of the base. */
function sizeAxis(document: YamlDocument, { sizes }: SweepInput, resolved: (over: unknown) => RunConfig): Axis[] {
  if (sizes === undefined) return [];
  const values = sizes.map((size) => {
    const params = parseQuantity(String(size), 'sizes');
    const found = chooseModel(params, (layers, width) => {
      const { model, corpus } = resolved({ model: { layers, width }, tokens: 1, tokensPerParam: undefined });
      return { ...model, vocabulary: corpus.kind === 'text' ? 256 : corpus.vocabulary };
    });
    const { layers, width } = found;
    return { label: `n${short(size)}`, patch: { model: { layers, width } } };
  });
  return [{ values }];
}
