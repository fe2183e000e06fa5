import { formatQuantity } from '../core/quantity.ts';
import type { Estimate, MultiplierModel } from '../plan/compare/multiplier.ts';
import { describePath } from '../plan/compare/path.ts';
import type { FamilyComparison } from '../plan/compare/result.ts';
import { formatNumber } from './formula.ts';
import { alignColumns, createPaint, wrapText, formatWhole } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

/** A multiplier, with "inf" where one family never reaches the loss of the other. */
const times = (value: number): string =>
  value === Infinity ? 'inf' : value >= 0.001 && value < 1000 ? value.toPrecision(3) : formatNumber(value, 3);

function cell({ value, interval }: Estimate, format = times): string {
  return interval === null ? format(value) : `${format(value)} [${interval.map(format).join(', ')}]`;
}

/**
 * The comparison of two families as a person reads it: what is settled and what is not, the multiplier along the range and at
 * the targets with and without a shared irreducible loss, single designs, paired runs without a law, and every reason to be
 * careful.
 *
 * @example
 * ```ts
 * const gadre = await readRuns('data/gadre.csv', { columns: 'params=N,tokens=D,loss=loss_c4_val,family=dataset' });
 * const fits = splitRuns(gadre, 'family').map((family) => fitLaw(chinchilla, family.runs));
 * const comparison = await compareFamilies(fits[0], fits[1], { names: ['C4', 'RedPajama'], resamples: 0 });
 * formatFamilies(comparison).split('\n')[0]; // 'C4 (baseline) against RedPajama'
 * ```
 */
export function formatFamilies(comparison: FamilyComparison, options: TextOptions = {}): string {
  const { color = false, width = 100 } = options;
  const paint = createPaint(color);
  const { baseline, candidate, verdict, confidence } = comparison;
  const level = formatPercent(confidence);
  const sections = [
    {
      heading: 'What the runs say',
      lines: verdict.sentences.flatMap((sentence) => wrapText(sentence, width, '  - ')),
    },
    {
      heading: `Multiplier: ${comparison.axis === 'flops' ? 'compute' : comparison.axis} of ${baseline.name} over that of ${candidate.name} at the same loss, ${level} intervals`,
      lines: multiplierLines(comparison),
    },
    { heading: 'Same loss at one design, each family with its own coefficients', lines: designLines(comparison) },
    { heading: 'Pairs of runs, without a law but for its slope', lines: rungLines(comparison) },
    { heading: 'Fits', lines: fitLines(comparison, width) },
    { heading: 'Warnings', lines: warningLines(comparison.warnings, { paint, width }) },
  ];
  return [
    paint.bold(`${baseline.name} (baseline) against ${candidate.name}`),
    ...wrapText(`${comparison.law}, ${describePath(comparison.path)}`, width, '  '),
    ...sections
      .filter(({ lines }) => lines.length > 0)
      .flatMap(({ heading, lines }) => ['', paint.bold(heading), ...lines]),
  ].join('\n');
}

/** Points of the curve that the table shows. */
const shown = 5;

function multiplierLines({ axis, free, tied, range }: FamilyComparison): string[] {
  const pick = (model: MultiplierModel): MultiplierModel['curve'] => {
    const { curve } = model;
    const last = curve.length - 1;
    const count = Math.min(shown, curve.length);
    return Array.from({ length: count }, (_, k) => curve[count === 1 ? 0 : Math.round((k * last) / (count - 1))]);
  };
  const others = tied === null ? [] : pick(tied);
  const rows = pick(free).map((point, k) => [
    `  ${formatQuantity(point.at)}`,
    range === null ? 'extrapolated' : '',
    point.loss.toPrecision(4),
    cell(point),
    ...(tied === null ? [] : [cell(others[k])]),
    point.settled,
  ]);
  const targets = free.targets.map((point, k) => [
    `  ${formatQuantity(point.at)}`,
    'target',
    point.loss.toPrecision(4),
    cell(point),
    ...(tied === null ? [] : [cell(tied.targets[k])]),
    point.settled,
  ]);
  const shared = tied === null ? [] : [`${tied.shared.join(', ')} in common`];
  const header = [`  ${axis === 'flops' ? 'compute' : axis}`, '', 'loss', 'each its own', ...shared, 'settled'];
  const slope = (model: MultiplierModel): string => cell(model.trend, (value) => formatNumber(value, 2));
  const trends = tied === null ? [] : [slope(tied)];
  return alignColumns(
    [
      header,
      ...rows,
      ...targets,
      ['  mean', '', '', cell(free.mean), ...(tied === null ? [] : [cell(tied.mean)]), free.settled],
      ['  slope', '', '', slope(free), ...trends, ''],
    ],
    header.map(() => 'left'),
  );
}

function designLines({ designs, candidate, baseline }: FamilyComparison): string[] {
  if (designs.length === 0) return [];
  const header = ['  params', 'tokens', `loss of ${candidate.name}`, `tokens of ${baseline.name}`, 'params', 'compute'];
  const rows = designs.map((design) => [
    `  ${formatQuantity(design.params)}`,
    formatQuantity(design.tokens),
    design.loss.toPrecision(4),
    `x ${cell(design.tokensMultiplier)}`,
    `x ${cell(design.paramsMultiplier)}`,
    `x ${cell(design.computeMultiplier)}`,
  ]);
  return alignColumns(
    [header, ...rows],
    header.map(() => 'left'),
  );
}

function rungLines({ observed, axis, baseline, candidate }: FamilyComparison): string[] {
  if (observed === null) return [];
  const header = [
    `  ${axis === 'flops' ? 'compute' : axis}`,
    'pairs',
    'loss difference',
    'multiplier (one standard error)',
  ];
  const rows = observed.rungs.map(({ at, pairs, difference, multiplier, interval, fitted, contradicts }) => [
    `  ${formatQuantity(at)}`,
    String(pairs),
    `${formatNumber(100 * difference, 2)}%`,
    multiplier === null ? '-' : cell({ value: multiplier, interval }),
    `${fitted === null ? '-' : times(fitted)}${contradicts ? '  contradicted' : ''}`,
  ]);
  const noise = observed.seedNoise.flatMap((value, k) =>
    value === null ? [] : [`${[baseline, candidate][k].name} ${formatNumber(100 * value, 2)}%`],
  );
  return [
    ...alignColumns(
      [header, ...rows],
      header.map(() => 'left'),
    ),
    ...(noise.length === 0 ? [] : [`  spread of the loss among runs of one design: ${noise.join(', ')}`]),
  ];
}

function fitLines({ baseline, candidate, sharing, pairing, bootstrap }: FamilyComparison, width: number): string[] {
  const params = (values: Readonly<Record<string, number>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} = ${formatNumber(value)}`)
      .join(', ');
  const fact = (label: string, text: string): string[] => wrapText(text, width, `  ${label.padEnd(11)}  `);
  const { pairs, alone, by, correlation } = pairing;
  return [
    ...[baseline, candidate].flatMap((family) =>
      fact(family.name, `${formatWhole(family.points)} points, ${family.status}: ${params(family.params)}`),
    ),
    ...(sharing === null
      ? []
      : fact(
          `${sharing.shared.join(', ')} shared`,
          `${sharing.params.map(params).join('; ')}; the objective rises by ${formatNumber((100 * sharing.raised) / sharing.objective, 2)}%${sharing.probability === null ? '' : `, p = ${formatNumber(sharing.probability, 2)}`}`,
        )),
    ...fact(
      'pairs',
      `${formatWhole(pairs)} by ${by}; ${String(alone[0])} and ${String(alone[1])} runs alone${correlation === null ? '' : `; their residuals correlate by ${formatNumber(correlation, 2)}`}`,
    ),
    ...fact(
      'bootstrap',
      `${formatWhole(bootstrap.certified)} of ${formatWhole(bootstrap.resamples)} resamples certified, ${bootstrap.resampling === 'wild' ? 'random signs of residuals' : 'runs drawn with replacement'}, seed ${String(bootstrap.seed)}`,
    ),
  ];
}
