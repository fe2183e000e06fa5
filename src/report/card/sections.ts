import { paramValues, type Fit } from '../../fit/result.ts';
import { objectives } from '../../fit/objectives/index.ts';
import type { Law } from '../../laws/law.ts';
import type { WarningLevel } from '../../core/warnings.ts';
import { formatNumber, numericFormula, plainSymbol, symbolicFormula } from '../formula.ts';
import { referenceText } from '../lawFields.ts';
import { formatWhole } from '../layout.ts';
import { formatPercent, precisionOf, strongCorrelations, whyNoError } from '../paramsText.ts';
import { planTable } from '../planText.ts';
import { statusMeanings } from '../statusText.ts';
import { countOf } from '../keptText.ts';
import type { CardBlock, CardSection, CardTable } from './document.ts';

const leftThenRight = (names: readonly string[], left: readonly number[]): CardTable['columns'] =>
  names.map((name, k) => ({ name, align: left.includes(k) ? 'left' : 'right' }));

/** The law in symbols and in numbers. */
export function lawSection(fit: Fit, law: Law): CardSection {
  const numbers = numericFormula(law, paramValues(fit));
  const units = [...law.inputs, law.response]
    .filter(({ unit }) => unit !== '')
    .map(({ symbol, unit }) => `${plainSymbol(symbol)} in ${unit.replace('/', ' per ')}`);
  const blocks: CardBlock[] = [
    { kind: 'formula', tex: law.formula, text: symbolicFormula(law) },
    ...(numbers === null ? [] : [{ kind: 'formula' as const, tex: null, text: numbers }]),
    ...(units.length === 0 ? [] : [{ kind: 'text' as const, text: `${units.join(', ')}.` }]),
    // A law that a user wrote has no source but its user.
    ...(law.spec === undefined ? [{ kind: 'text' as const, text: `The law: ${referenceText(law.reference)}.` }] : []),
  ];
  return { id: 'law', heading: 'Law', blocks };
}

/** Every parameter with its error and interval, and the pairs that the data hardly tell apart. */
export function paramsSection(fit: Fit, law: Law): CardSection {
  const confidence = formatPercent(fit.confidence);
  const rows = law.params.map(({ name, description, unit }) => {
    const { value, stderr, interval, state } = fit.params[name];
    const tie = state === 'tied' && name in fit.settings.tied ? ` to ${fit.settings.tied[name]}` : '';
    const held = fit.points === 0 ? 'published' : state + tie;
    const missing = stderr !== null || state === 'fixed' ? '' : `; no error bar: ${whyNoError(fit, name)}`;
    return [
      name,
      formatNumber(value, 6),
      stderr === null ? '-' : formatNumber(stderr, 3),
      stderr === null || value === 0 ? '-' : `${formatNumber(100 * Math.abs(stderr / value), 3)}%`,
      interval === null ? '-' : `${formatNumber(interval[0])} to ${formatNumber(interval[1])}`,
      held,
      `${description}${unit === '1' || unit === '' ? '' : `; ${unit}`}${missing}`,
    ];
  });
  const pairs = strongCorrelations(fit, law).map(({ names, value }) => `${names.join(' with ')} (${value.toFixed(4)})`);
  return {
    id: 'parameters',
    heading: 'Parameters',
    blocks: [
      {
        kind: 'table',
        caption: `Parameters: ${precisionOf(fit)}`,
        columns: leftThenRight(
          ['Parameter', 'Value', 'Std. error', 'Relative', `${confidence} interval`, 'State', 'Meaning'],
          [0, 5, 6],
        ),
        rows,
      },
      ...(pairs.length === 0
        ? []
        : [
            {
              kind: 'text' as const,
              text: `Correlated above 0.9, so only known together: ${pairs.join(', ')}.`,
            },
          ]),
    ],
  };
}

/** What was minimised, how the optimum was looked for, and what certifies it. */
export function searchSection(fit: Fit): CardSection {
  const heading = { id: 'search', heading: 'Objective and search' };
  if (fit.points === 0) return { ...heading, blocks: [{ kind: 'text', text: 'Nothing was fitted here.' }] };
  const { name, value } = fit.objective;
  const { fixed, tied, bounds, start, solver } = fit.settings;
  const pairs = (entries: Readonly<Record<string, unknown>>): string =>
    Object.entries(entries)
      .map(([left, right]) => `${left} = ${Array.isArray(right) ? right.join(' to ') : String(right)}`)
      .join(', ');
  const title = objectives.find((objective) => objective.id === name)?.title;
  const rows: (readonly [string, string])[] = [
    ['status', `${fit.status}: ${statusMeanings[fit.status]}`],
    ['objective', `${title === undefined ? '' : `${title} (`}${objectiveText(fit)}${title === undefined ? '' : ')'}`],
    ['value', `${formatNumber(value, 11)}, summed over ${countOf(fit.points, 'point')}`],
    [
      'residuals',
      fit.residualScale === 'log'
        ? `${formatNumber(100 * fit.residualRms, 3)}% root mean square of ln(observed / predicted)`
        : `${formatNumber(fit.residualRms, 5)} root mean square of observed - predicted`,
    ],
    ['search', searchText(fit)],
    [
      'certificate',
      `largest gradient ${formatNumber(fit.gradientNorm, 2)}, condition number ${fit.condition === null ? 'not finite' : formatNumber(fit.condition, 2)}`,
    ],
    ['fixed', pairs(fixed)],
    ['tied', pairs(tied)],
    ['bounds', pairs(bounds)],
    ['start', pairs(start)],
  ];
  const reasons = fit.reasons.map((reason) => ({ kind: 'text' as const, text: reason }));
  const caption = `Objective and search by the ${solver} solver`;
  return { ...heading, blocks: [{ kind: 'facts', caption, rows: rows.filter(([, text]) => text !== '') }, ...reasons] };
}

/** The objective with its width, as an option names it. */
export function objectiveText({ objective: { name, delta } }: Fit): string {
  return delta === null ? name : `${name}, delta ${formatNumber(delta)}`;
}

/** Where the search started and how many starts agree. */
export function searchText({ seeds, settings }: Fit): string {
  return `${settings.solver}; ${formatWhole(seeds.reached)} of ${countOf(seeds.tried, 'start')} reached this optimum`;
}

/** Where the errors come from. */
export function uncertaintySection(fit: Fit): CardSection {
  const { bootstrap, covariance } = fit;
  const text = precisionOf(fit);
  const covers =
    bootstrap !== null || covariance.matrix !== null
      ? 'Intervals of predictions hold the error of the coefficients; not the spread of single runs, nor another form of the law beyond the data.'
      : 'There are no intervals.';
  return {
    id: 'uncertainty',
    heading: 'Uncertainty',
    blocks: [{ kind: 'text', text: `${text.slice(0, 1).toUpperCase()}${text.slice(1)}. ${covers}` }],
  };
}

/** What the law advises at the end of the data and beyond. */
export function planSection(fit: Fit, law: Law): CardSection[] {
  const plan = planTable(fit, law);
  if (plan === null) return [];
  const { heading, growth, header, rows } = plan;
  return [
    {
      id: 'plan',
      heading: growth === null ? 'Predictions' : 'Compute-optimal plan',
      blocks: [
        ...(growth === null ? [] : [{ kind: 'formula' as const, tex: null, text: growth }]),
        {
          kind: 'table',
          caption: heading,
          columns: header.map((name, k) => ({
            name: name === '' ? 'beyond the data' : name,
            align: k === 1 ? 'left' : 'right',
          })),
          rows: rows.map((row) => row.map((cell) => (cell === '' ? '-' : cell))),
        },
      ],
    },
  ];
}

const levels: readonly WarningLevel[] = ['error', 'warning', 'info'];

/** Every warning with its remedy, the most serious first. */
export function diagnosticsSection(fit: Fit): CardSection {
  const warnings = levels
    .flatMap((level) => fit.warnings.filter((warning) => warning.level === level))
    .map(({ code, level, message, remedy }) => ({ code, level, message, remedy }));
  const none = fit.points === 0 ? 'Nothing was fitted here, so nothing was diagnosed.' : 'No warnings were raised.';
  return {
    id: 'diagnostics',
    heading: 'Diagnostics',
    blocks: [warnings.length === 0 ? { kind: 'text', text: none } : { kind: 'warnings', warnings }],
  };
}

/** How to make the fit again. */
export function reproductionSection(fit: Fit, command: string | null): CardSection {
  const { sha256 } = fit.data;
  const how: CardBlock =
    command === null
      ? {
          kind: 'text',
          text:
            fit.points === 0
              ? `The coefficients are those of isoflop laws ${fit.law}.`
              : 'No command line was recorded: a program made this fit, with the settings above.',
        }
      : { kind: 'command', text: command };
  const rows: (readonly [string, string])[] = [
    ['data', fit.points === 0 ? '' : `${fit.data.source}, SHA-256 ${sha256}`],
    ['made by', `isoflop ${fit.version}`],
    ['seed', fit.bootstrap === null ? '' : String(fit.bootstrap.seed)],
  ];
  return {
    id: 'reproduction',
    heading: 'Reproduction',
    blocks: [how, { kind: 'facts', caption: 'What made the fit', rows: rows.filter(([, text]) => text !== '') }],
  };
}
