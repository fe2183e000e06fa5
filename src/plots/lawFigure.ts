import { evaluateLaw, lossResponse, type Law, type LawInput, type LawResponse } from '../laws/law.ts';
import { formatNumber, numericFormula, plainSymbol, symbolicFormula } from '../report/formula.ts';
import { linearAxis, logAxis, logSpace, logTicks, padLinear, padRange, quantityStyle } from './axis.ts';
import { plain, type Figure, type PlainObject } from './figure.ts';
import { floorMarks } from './floor.ts';
import { extent } from './plane.ts';
import { baseConfig, baseLayout, palette, sequentialColor } from './theme.ts';

/** How a law is shown where there are no runs. */
export interface LawView {
  /** Natural parameters by name. */
  readonly params: Readonly<Record<string, number>>;
  /** Where they come from, such as `coefficients of besiroglu-2024`. */
  readonly source: string;
  /** Range of each input in its own unit, by name. */
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  /** Input along which the curves run; the law's first unless given. */
  readonly along?: string;
  /** Input that tells the curves apart; the law's second unless given. */
  readonly by?: string;
}

/** Curves in a figure at most: more would need a legend of several lines. */
const mostCurves = 6;
const samples = 61;

/** What is drawn: the input along the axis, the one that tells the curves apart, and the values of all others. */
interface Plan {
  readonly along: LawInput;
  readonly by: LawInput | undefined;
  readonly values: readonly number[];
  readonly held: Readonly<Record<string, number>>;
}

function planOf(law: Law, { ranges, along, by }: LawView): Plan {
  const named = (name: string): LawInput => {
    const input = law.inputs.find((candidate) => candidate.name === name);
    if (input === undefined) throw new RangeError(`law ${law.id} has no input ${name}`);
    return input;
  };
  const first = along === undefined ? law.inputs[0] : named(along);
  const second = by === undefined ? law.inputs.find((input) => input !== first) : named(by);
  const rest = law.inputs.filter((input) => input !== first && input !== second);
  return {
    along: first,
    by: second,
    values: second === undefined ? [] : (schedulesOf(law, second) ?? roundValues(ranges[second.name])),
    held: Object.fromEntries(rest.map(({ name }) => [name, middle(ranges[name])])),
  };
}

/** The numbers of the schedules of a law of curves, where the input is that number. */
const schedulesOf = ({ curve }: Law, { name }: LawInput): number[] | undefined =>
  name === 'schedule' ? curve?.schedules.map((_, k) => k) : undefined;

/** A value of an input as the figures write it: a schedule by its name. */
const printed = (law: Law, { name }: LawInput, value: number): string =>
  (name === 'schedule' ? law.curve?.schedules[value]?.name : undefined) ?? quantityStyle(name, law).format(value);

/** Round values over a range, few enough to be told apart. */
const roundValues = ([low, high]: readonly [number, number]): number[] => logTicks(low, high, mostCurves);

/** A round value in the middle of a range. */
const middle = ([low, high]: readonly [number, number]): number => Number(Math.sqrt(low * high).toPrecision(1));

/** `learningRate` as a reader would write it: `learning rate`; the usual quantities have names of their own. */
function inWords(name: string): string {
  const usual = quantityStyle(name);
  if (usual.name !== name) return usual.name;
  return name
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^non /, 'non-')
    .replace(/\bparam(s?)$/, 'parameter$1');
}

/** Greek letters that symbols of inputs and responses use. */
const greek: Readonly<Record<string, string | undefined>> = { eta: 'η', epsilon: 'ε' };

/** A symbol in TeX as the figures write it, with its index below the line. */
function symbolHtml(tex: string): string {
  const [letter, ...index] = plainSymbol(tex).split('_');
  return (greek[letter] ?? letter) + index.map((text) => `<sub>${text}</sub>`).join('');
}

/** The title of an axis: what a quantity is, its symbol and its unit. */
function titleOf({ name, symbol, unit }: LawResponse): string {
  const usual = quantityStyle(name);
  // A law may count a usual quantity in a unit of its own; then the title of the usual axis would be wrong.
  if (usual.title !== name && plainSymbol(symbol) === usual.symbol) return usual.title;
  const words = inWords(name);
  const short = plainSymbol(symbol).toLowerCase();
  // A symbol that begins the name, as "Acc" does "accuracy", says nothing more, and neither does one that is the name.
  const isName = words === short || (short.length > 1 && words.startsWith(short));
  const title = isName ? words : `${words} ${symbolHtml(symbol)}`;
  const heading = name === symbol ? title : `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
  return unit === '' || unit === words ? heading : `${heading} (${unit})`;
}

/** A value of an input with its symbol, such as `D = 10B`. */
const valued = (law: Law, input: LawInput, value: number): string =>
  schedulesOf(law, input) === undefined
    ? `${symbolHtml(input.symbol)} = ${printed(law, input, value)}`
    : printed(law, input, value);

/** The loss that is left with everything without end, where the law has such a parameter. */
function irreducibleOf(law: Law, params: LawView['params']): number | undefined {
  const isLoss = law.response === lossResponse && law.params.some(({ name }) => name === 'E');
  return isLoss && params.E > 0 ? params.E : undefined;
}

/** The formula with its numbers, or, where it has no plain one, with its letters and their values. */
function formulaOf(law: Law, params: LawView['params']): string {
  const numeric = numericFormula(law, params, 'html');
  if (numeric !== null) return numeric;
  const values = law.params.map(({ name }) => `${name} = ${formatNumber(params[name])}`);
  return `${symbolicFormula(law, 'html')} with ${values.join(', ')}`;
}

/** Responses that are shares are read on a linear axis; what spans decades, and every loss, on a logarithmic one. */
const isLinear = (law: Law, low: number): boolean => low <= 0 || law.response.unit === '';

/**
 * What a figure of a law shows, in a sentence for readers who cannot see it.
 *
 * @example
 * ```ts
 * const coefficients = { params: { B: 20.16, beta: 0.095 }, source: 'coefficients of kaplan-2020' };
 * describeLawView(findLaw('tokens'), { ...coefficients, ranges: { tokens: [5e8, 1e12] } });
 * // 'Curve of the loss over training tokens from 500M to 1T, with coefficients of kaplan-2020.'
 * ```
 */
export function describeLawView(law: Law, view: LawView): string {
  const { along, by, values } = planOf(law, view);
  const print = (input: LawInput, value: number): string => printed(law, input, value);
  const [low, high] = view.ranges[along.name];
  const curves =
    by === undefined
      ? 'Curve'
      : `Curves for ${inWords(by.name)} of ${values.map((value) => print(by, value)).join(', ')}`;
  const what = by === undefined ? `of the ${inWords(law.response.name)}` : `: the ${inWords(law.response.name)}`;
  const link = by === undefined ? ' ' : '';
  return `${curves}${link}${what} over ${inWords(along.name)} from ${print(along, low)} to ${print(along, high)}, with ${view.source}.`;
}

/**
 * A law without runs: its response along one input, a curve for each of a few values of another; further inputs are held in
 * the middle of their ranges.
 *
 * @throws RangeError for a view that names an input which the law does not have
 * @example
 * ```ts
 * const [{ params: coefficients, id }] = chinchilla.published;
 * const view = { params: coefficients, source: id, ranges: { params: [3e7, 2e10], tokens: [5e8, 1e12] } };
 * lawFigure(chinchilla, view).data.length; // 4
 * ```
 */
export function lawFigure(law: Law, view: LawView): Figure {
  const { along, by, values, held } = planOf(law, view);
  const [low, high] = view.ranges[along.name];
  const isValue = along.transform === 'identity';
  const x = isValue
    ? Float64Array.from({ length: samples }, (_, k) => low + (k / (samples - 1)) * (high - low))
    : logSpace(low, high, samples);
  const constant = (value: number): Float64Array => new Float64Array(samples).fill(value);
  const inputs = Object.fromEntries(Object.entries(held).map(([name, value]) => [name, constant(value)]));
  const curve = (value?: number): Float64Array =>
    evaluateLaw(law, view.params, {
      ...inputs,
      [along.name]: x,
      ...(by === undefined || value === undefined ? {} : { [by.name]: constant(value) }),
    });
  const curves = by === undefined ? [curve()] : values.map(curve);
  const traces = curves.map((y, k): PlainObject => ({
    type: 'scatter',
    mode: 'lines',
    name: by === undefined ? law.id : valued(law, by, values[k]),
    x: plain(x),
    y: plain(y),
    line: { color: by === undefined ? palette.data : sequentialColor(k / Math.max(1, curves.length - 1)), width: 2.2 },
  }));
  const floor = irreducibleOf(law, view.params);
  const marks = floor === undefined ? undefined : floorMarks(floor);
  const range = extent([...curves.flatMap((y) => [...y]), ...(floor === undefined ? [] : [floor])]);
  const [xaxis, yaxis] = [
    { quantity: along.name, law, title: titleOf(along) },
    { quantity: law.response.name, law, title: titleOf(law.response) },
  ];
  const others = law.inputs.filter(({ name }) => name in held).map((input) => valued(law, input, held[input.name]));
  return {
    data: traces,
    layout: baseLayout({
      title: law.title,
      subtitle: [formulaOf(law, view.params), [...others, view.source].join(', ')].join('; '),
      rest: {
        xaxis: isValue ? linearAxis({ ...xaxis, range: [low, high] }) : logAxis({ ...xaxis, range: [low, high] }),
        yaxis: isLinear(law, range[0])
          ? linearAxis({ ...yaxis, range: padLinear(range) })
          : logAxis({ ...yaxis, range: padRange(range) }),
        ...(marks === undefined ? {} : { shapes: [marks.shape], annotations: [{ ...marks.note, xshift: 6 }] }),
      },
      height: 440,
    }),
    config: baseConfig,
  };
}
