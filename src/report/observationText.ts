import { roundPercent } from '../core/percent.ts';
import { formatQuantity } from '../core/quantity.ts';
import { wideningFor, type Holdout, type Way } from '../observational/holdout.ts';
import type { Observation, ObservedTask } from '../observational/observation.ts';
import { formatNumber } from './formula.ts';
import { alignColumns, createPaint, formatWhole, wrapText } from './layout.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

const level = (value: number): string => value.toFixed(3);
const between = ([low, high]: readonly [number, number], format: (value: number) => string): string =>
  `[${format(low)}, ${format(high)}]`;
const wayNames: Readonly<Record<Way, string>> = {
  capabilities: 'its other benchmarks',
  family: 'family and compute',
  compute: 'compute alone',
  mean: 'the mean below',
};
/** Held-out models that the report lists; JSON has all. */
const mostListed = 12;

/**
 * An observation as a person reads it: capabilities and their variance, lines of families, what each family's compute is
 * worth, the task with its held-out models, predictions, and every reason to be careful.
 *
 * @example
 * ```ts
 * const table = await readBenchmarks('data/benchmarks.csv');
 * formatObservation(observe(table, { resamples: 20 })).split('\n')[0]; // '148 models of 47 families, 8 benchmarks (data/benchmarks.csv)'
 * ```
 */
export function formatObservation(observation: Observation, options: TextOptions = {}): string {
  const { color = false, width = 100 } = options;
  const paint = createPaint(color);
  const { table, benchmarks, task, confidence, warnings, capabilities } = observation;
  const percent = roundPercent(confidence, 4);
  const counts = `${formatWhole(table.models.length)} models of ${formatWhole(new Set(table.families).size)} families`;
  const filled =
    capabilities.imputed === 0
      ? ''
      : `, ${formatWhole(capabilities.imputed)} of ${formatWhole(capabilities.models * benchmarks.length)} scores filled in`;
  const sections = [
    {
      heading: `Principal capabilities of ${String(benchmarks.length)} benchmarks${task === null ? '' : ` (without ${task.name})`}${filled}`,
      lines: capabilityLines(observation),
    },
    {
      heading: `Lines of families: capability 1 against log10 of compute, ${percent} intervals`,
      lines: familyLines(observation, width),
    },
    ...(task === null ? [] : [{ heading: `Task ${task.name}`, lines: taskLines(task, width) }]),
    ...(task?.holdout == null
      ? []
      : [
          {
            heading: `${String(task.holdout.test)} models above ${formatQuantity(task.holdout.cutoff)} FLOP, predicted by the ${String(task.holdout.train)} below`,
            lines: holdoutLines(task.holdout, percent, width),
          },
        ]),
    { heading: `Predictions, ${percent} intervals of a further model`, lines: predictionLines(observation) },
    { heading: 'Warnings', lines: warningLines(warnings, { paint, width }) },
  ];
  return [
    paint.bold(`${counts}, ${String(table.benchmarks.length)} benchmarks (${table.source})`),
    ...sections
      .filter(({ lines }) => lines.length > 0)
      .flatMap(({ heading, lines }) => ['', paint.bold(heading), ...lines]),
  ].join('\n');
}

function capabilityLines({ capabilities, errors, benchmarks, components }: Observation): string[] {
  const p = benchmarks.length;
  const header = ['  capability', 'variance', ...benchmarks];
  const rows = Array.from({ length: components }, (_, k) => [
    `  ${String(k + 1)}`,
    `${(100 * capabilities.explained[k]).toFixed(1)}%${errors === null ? '' : ` +/- ${(100 * errors.explained[k]).toFixed(1)}`}`,
    ...Array.from({ length: p }, (_, j) => capabilities.loadings[k * p + j].toFixed(2)),
  ]);
  const together = capabilities.explained.subarray(0, components).reduce((sum, share) => sum + share, 0);
  return [
    ...alignColumns([header, ...rows], ['left', 'left', ...benchmarks.map(() => 'right' as const)]),
    `  together ${(100 * together).toFixed(1)}% of the variance${errors === null ? '' : `; errors from ${String(errors.resamples)} draws of ${String(errors.families)} families`}`,
  ];
}

function familyLines({ lines, equivalence, components }: Observation, width: number): string[] {
  const worth = new Map(equivalence?.families.map((family) => [family.family, family]));
  const header = ['  family', 'models', 'compute, FLOP', 'slope per decade', 'at 1e22'];
  const priced = equivalence === null ? [] : [`FLOP worth in FLOP of ${equivalence.reference}`];
  const rows = [...lines.lines]
    .sort((a, b) => b.models - a.models)
    .map(({ family, models, range, lines: [first] }) => {
      const one = worth.get(family);
      const ratio = one === undefined ? '' : `x ${one.ratio.toPrecision(3)}`;
      const interval = one?.interval == null ? '' : ` ${between(one.interval, (value) => value.toPrecision(2))}`;
      return [
        `  ${family}`,
        String(models),
        `${formatQuantity(range[0], 2)} to ${formatQuantity(range[1], 2)}`,
        `${level(first.slope)} ${between(first.interval, level)}`,
        level(first.intercept + 22 * first.slope),
        ...(equivalence === null ? [] : [ratio + interval]),
      ];
    });
  const sd = Array.from({ length: components }, (_, k) => Math.sqrt(lines.covariance[k * components + k]));
  const alone = lines.without
    .filter(({ models }) => models > 0)
    .map(({ family, models }) => `${family} (${String(models)})`);
  const unknown = lines.without.filter(({ models }) => models === 0).map(({ family }) => family);
  return [
    ...(rows.length === 0
      ? []
      : alignColumns([[...header, ...priced], ...rows], ['left', 'right', 'left', 'left', 'right', 'left'])),
    ...(lines.degreesOfFreedom === 0
      ? []
      : [
          `  spread of models about the lines ${sd.map(level).join(', ')} (capabilities 1 to ${String(components)}), ${String(lines.degreesOfFreedom)} degrees of freedom`,
        ]),
    ...(alone.length === 0 ? [] : wrapText(alone.join(', '), width, '  too few models for a line: ')),
    ...(unknown.length === 0 ? [] : wrapText(unknown.join(', '), width, '  compute not known: ')),
  ];
}

function taskLines({ model, calibration, name }: ObservedTask, width: number): string[] {
  const { sigmoid, components, table, capabilities, draws } = model;
  const terms = [...sigmoid.weights].map(
    (w, k) => `${w < 0 ? '-' : '+'} ${formatNumber(Math.abs(w), 3)} S${String(k + 1)}`,
  );
  const argument =
    `${terms.join(' ')} ${sigmoid.offset < 0 ? '-' : '+'} ${formatNumber(Math.abs(sigmoid.offset), 3)}`.replace(
      /^\+ /,
      '',
    );
  const floor = formatNumber(sigmoid.floor, 3);
  const height = formatNumber(1 - sigmoid.floor, 3);
  const p = table.benchmarks.length;
  // In the benchmarks themselves the weights do not depend on how the components are turned.
  const byBenchmark = table.benchmarks.map((_, j) => {
    let sum = 0;
    for (let k = 0; k < components; k++) sum += sigmoid.weights[k] * capabilities.loadings[k * p + j];
    return sum;
  });
  const rehearsed = (['capabilities', 'family'] as const).flatMap((way) => {
    const { splits, largest } = calibration[way];
    if (splits.length === 0) return [];
    const asked = splits.reduce((sum, { scores }) => sum + scores.length, 0);
    const { factor } = wideningFor(calibration[way], 10 * largest);
    return [
      `${factor.toPrecision(2)} times as wide from ${wayNames[way]} (${String(asked)} predictions at ${String(splits.length)} lower cutoffs)`,
    ];
  });
  return [
    ...wrapText(`${name} = ${floor} + ${height} sigma(${argument})`, width, '  '),
    ...wrapText(
      `${String(sigmoid.rows)} models, ${sigmoid.status}; single models are off by ${formatNumber(sigmoid.noise, 2)} (standard deviation)`,
      width,
      '  ',
    ),
    ...wrapText(
      `in benchmarks: ${table.benchmarks.map((benchmark, j) => `${benchmark} ${byBenchmark[j].toFixed(2)}`).join(', ')}`,
      width,
      '  ',
    ),
    ...wrapText(
      `errors from ${String(draws.length)} draws of families${rehearsed.length === 0 ? '' : `; by lower cutoffs, intervals a factor of 10 beyond these models are ${rehearsed.join(', ')}`}`,
      width,
      '  ',
    ),
  ];
}

function holdoutLines({ errors, heldOut, model }: Holdout, percent: string, width: number): string[] {
  const header = ['  predicted from', 'models', 'off by', 'root mean square', 'off by, same models', `${percent} held`];
  const rows = errors
    .filter(({ models }) => models > 0)
    .map(({ way, models, meanAbsolute, meanSquare, meanAbsoluteShared, coverage }) => [
      `  ${wayNames[way]}`,
      String(models),
      level(meanAbsolute),
      level(Math.sqrt(meanSquare)),
      meanAbsoluteShared === null ? '' : level(meanAbsoluteShared),
      coverage === null ? '' : roundPercent(coverage, 3),
    ]);
  if (rows.length === 0) return ['  none'];
  const { table } = model;
  const largest = [...heldOut].sort((a, b) => table.flops[b.row] - table.flops[a.row]).slice(0, mostListed);
  const listed = largest.map(({ row, observed, predicted, intervals }) => [
    `  ${table.models[row]}`,
    formatQuantity(table.flops[row]),
    level(observed),
    `${level(predicted.capabilities ?? NaN)}${intervals.capabilities === null ? '' : ` ${between(intervals.capabilities, level)}`}`,
    predicted.family === null
      ? ''
      : `${level(predicted.family)}${intervals.family === null ? '' : ` ${between(intervals.family, level)}`}`,
  ]);
  const more = heldOut.length - listed.length;
  return [
    ...alignColumns([header, ...rows], ['left', 'right', 'right', 'right', 'right', 'right']),
    '',
    ...alignColumns(
      [['  model', 'FLOP', 'score', 'from its other benchmarks', 'from family and compute'], ...listed],
      ['left', 'left', 'left', 'left', 'left'],
    ),
    ...(more > 0 ? wrapText(`and ${String(more)} with less compute (--json has all)`, width, '  ') : []),
  ];
}

function predictionLines({ predictions, task }: Observation): string[] {
  if (predictions.length === 0) return [];
  const header = ['  family', 'FLOP', 'beyond its models', 'capability 1', 'worth'];
  const rows = predictions.map(({ family, flops, extrapolation, capabilities: [first], equivalent, task: scored }) => [
    `  ${family}`,
    formatQuantity(flops),
    extrapolation === 1 ? 'inside' : `x ${formatQuantity(extrapolation, 2)}`,
    `${level(first.value)}${first.interval === null ? '' : ` ${between(first.interval, level)}`}`,
    equivalent === null ? '' : `${formatQuantity(equivalent.flops)} of ${equivalent.reference}`,
    ...(task === null
      ? []
      : [
          scored === null
            ? 'no line below the cutoff'
            : `${level(scored.value)}${scored.interval === null ? '' : ` ${between(scored.interval, level)}`}`,
        ]),
  ]);
  const full = [...header, ...(task === null ? [] : [task.name])];
  return alignColumns(
    [full, ...rows],
    full.map(() => 'left'),
  );
}
