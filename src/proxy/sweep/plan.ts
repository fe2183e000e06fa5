import { Compile } from 'typebox/compile';
import { mistakeIn } from '../mistakes.ts';
import { checkedRun, quantityAt, resolveRun } from '../readConfig.ts';
import type { ModelShape } from '../model/shape.ts';
import type { RunConfig } from '../runConfig.ts';
import { configError, type YamlDocument, type YamlPath } from '../yaml.ts';
import { axesOf, short, type AxisValue, type Origin, type Patch } from './axes.ts';
import { chooseModel } from './chooseModel.ts';
import type { Resources } from './resourcesSchema.ts';
import { sweepSchema, type SweepInput } from './sweepSchema.ts';

/** The runs of a sweep. */
export interface SweepPlan {
  readonly name: string;
  readonly runs: readonly RunConfig[];
  /** What schedulers are asked for; no part of what the runs are. */
  readonly resources?: Resources;
}

const check = Compile(sweepSchema);
/** Runs that one sweep may have. */
const mostRuns = 10_000;

const isObject = (value: unknown): value is Patch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether both are corpora, and of different kinds: what one kind has says nothing of another. */
const isOtherCorpus = (under: Patch, over: Patch, key: string): boolean => {
  const [one, other] = [under[key], over[key]];
  return key === 'corpus' && isObject(one) && isObject(other) && 'kind' in other && other.kind !== one.kind;
};

/** One value with another laid over it, objects property by property. */
const overlay = (under: unknown, over: unknown): unknown =>
  isObject(under) && isObject(over)
    ? Object.fromEntries(
        [...new Set([...Object.keys(under), ...Object.keys(over)])].map((key) => [
          key,
          !(key in over) ? under[key] : isOtherCorpus(under, over, key) ? over[key] : overlay(under[key], over[key]),
        ]),
      )
    : over;

/** A run in the making: its name, what it changes in `base`, and where the document says so. */
interface Draft {
  readonly label: string;
  readonly patch: unknown;
  readonly origins: readonly Origin[];
}

/** The document, with the lines of a run's parts: where the sweep sets them, else in `base`, where most of a run stands. */
function placed(document: YamlDocument, origins: readonly Origin[]): YamlDocument {
  const placeOf = (path: YamlPath): YamlPath => {
    for (const { part, place } of origins) {
      const found = [...place, ...path.slice(part.length)];
      if (part.every((step, k) => step === path[k]) && document.has(found)) return found;
    }
    return ['base', ...path];
  };
  return { ...document, lineOf: (path) => document.lineOf(placeOf(path)) };
}

/**
 * Every run of a sweep, in the order of its lists: sizes change slowest and seeds fastest.
 *
 * @throws IsoflopError `CONFIG_INVALID`
 */
export function planSweep(document: YamlDocument): SweepPlan {
  const { value: input } = document;
  if (!check.Check(input)) throw mistakeIn(document, sweepSchema, input, 'the sweep');
  if (input.sizes !== undefined && input.models !== undefined)
    throw configError(document, ['models'], 'a sweep has sizes or models, not both', 'Leave one of them out.');

  const resolved = (over: unknown, origins: readonly Origin[]): RunConfig => {
    const place = placed(document, origins);
    return resolveRun(place, checkedRun(place, overlay(input.base, over)));
  };
  let drafts: Draft[] = [{ label: '', patch: {}, origins: [] }];
  for (const values of [...sizeAxis(document, input, resolved), ...axesOf(input)]) {
    if (drafts.length * values.length > mostRuns)
      throw configError(document, [], `the sweep has more than ${String(mostRuns)} runs`, 'Shorten its lists.');
    drafts = drafts.flatMap((one) =>
      values.map(({ label, patch, origins }) => ({
        label: [one.label, label].filter((part) => part !== '').join('-'),
        patch: overlay(one.patch, patch),
        origins: [...origins, ...one.origins],
      })),
    );
  }
  const { name = 'sweep', base: _base, runs: single = [], resources, ...lists } = input;
  // Without a list the one draft is `base` itself, which single runs only start from.
  const isGrid = single.length === 0 || Object.keys(lists).length > 0;
  const singles = single.map((patch, k): Draft => {
    return { label: `run${String(k)}`, patch, origins: [{ part: [], place: ['runs', k] }] };
  });
  const runs = [...(isGrid ? drafts : []), ...singles].map(({ label, patch, origins }) => {
    const run = resolved(patch, origins);
    return isObject(patch) && 'name' in patch ? run : { ...run, name: label === '' ? name : label };
  });
  const names = new Set<string>();
  for (const run of runs) {
    if (names.has(run.name))
      throw configError(document, ['runs'], `two runs are called ${run.name}`, 'Give each a name of its own.');
    names.add(run.name);
  }
  return { name, runs, ...(resources === undefined ? {} : { resources }) };
}

/** The axis of sizes, whose models depend on the rest of the base. */
function sizeAxis(
  document: YamlDocument,
  input: SweepInput,
  resolved: (over: unknown, origins: readonly Origin[]) => RunConfig,
): AxisValue[][] {
  const { sizes } = input;
  if (sizes === undefined) return [];
  const { heads } = ((input.base as { model?: unknown }).model ?? {}) as { heads?: unknown };
  const values = sizes.map((size, k): AxisValue => {
    const params = quantityAt(document, ['sizes', k], size);
    const shapeOf = (layers: number, width: number): ModelShape => {
      const { model, corpus } = resolved({ model: { layers, width }, tokens: 1, tokensPerParam: undefined }, []);
      return { ...model, vocabulary: corpus.kind === 'text' ? 256 : corpus.vocabulary };
    };
    const { layers, width } = chooseModel(params, shapeOf, typeof heads === 'number' ? heads : 1);
    return { label: `n${short(size)}`, patch: { model: { layers, width } }, origins: [] };
  });
  return [values];
}
