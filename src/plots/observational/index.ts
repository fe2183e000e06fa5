import { IsoflopError } from '../../core/errors.ts';
import type { Observation } from '../../observational/observation.ts';
import type { TitledFigure } from '../html.ts';
import { capabilityFigure } from './capability.ts';
import { screeFigure } from './scree.ts';
import { sigmoidFigure } from './sigmoid.ts';

/** Every figure of an observation, in the order in which they are shown. */
const builders = {
  capability: {
    description:
      'The first principal capability of public models against their training compute, a line for each family.',
    build: (observation: Observation) => (observation.lines.lines.length === 0 ? null : capabilityFigure(observation)),
    missing: 'no family has three models whose compute is known',
  },
  sigmoid: {
    description: 'The score on a task against what the sigmoid makes of the capabilities, with the models held out.',
    build: ({ task }: Observation) => (task === null ? null : sigmoidFigure(task)),
    missing: 'no task was asked for',
  },
  scree: {
    description: 'The share of the variance of the benchmarks along each principal capability.',
    build: screeFigure,
    missing: '',
  },
} as const;
type Id = keyof typeof builders;
const ids = Object.keys(builders) as readonly Id[];

/**
 * The figures of an observation: `capability`, `sigmoid` and `scree`.
 *
 * @param chosen - ids of figures; all that can be drawn unless given
 * @throws {@link IsoflopError} `FIGURE_UNKNOWN`; `FIGURE_UNAVAILABLE` when a figure that was chosen cannot be drawn
 * @example
 * ```ts
 * const table = await readBenchmarks('data/benchmarks.csv');
 * observationFigures(observe(table, { resamples: 20 })).map(({ id }) => id); // ['capability', 'scree']
 * ```
 */
export function observationFigures(observation: Observation, chosen?: readonly string[]): TitledFigure[] {
  const unknown = chosen?.find((id) => !Object.hasOwn(builders, id));
  if (unknown !== undefined) throw new IsoflopError('FIGURE_UNKNOWN', { figure: unknown, figures: ids });
  return ids.flatMap((id) => {
    if (chosen !== undefined && !chosen.includes(id)) return [];
    const { build, description, missing } = builders[id];
    const figure = build(observation);
    if (figure !== null) return [{ id, description, figure }];
    if (chosen !== undefined) throw new IsoflopError('FIGURE_UNAVAILABLE', { figure: id, reason: missing });
    return [];
  });
}
