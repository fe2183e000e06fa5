import { takesParamsAndTokens } from '../laws/allocation.ts';
import type { Law, LawInput, LawParam, LawResponse, PublishedFit } from '../laws/law.ts';
import { formatNumber } from './formula.ts';

/** What is known of published coefficients. */
export type Checked = 'verified' | 'as read';

/**
 * Whether published coefficients were recomputed or only read.
 *
 * @example
 * ```ts
 * checkedLabel(findLaw('chinchilla').published[0]); // 'verified'
 * ```
 */
export function checkedLabel(fit: PublishedFit): Checked {
  return fit.verified ? 'verified' : 'as read';
}

/**
 * The same for all published coefficients of a law: `none` where there are none, both where they differ.
 *
 * @example
 * ```ts
 * coefficientsLabel(findLaw('params-irreducible')); // 'none'
 * ```
 */
export function coefficientsLabel(law: Law): string {
  const labels = new Set(law.published.map(checkedLabel));
  return (['verified', 'as read'] as const).filter((label) => labels.has(label)).join(', ') || 'none';
}

/** The section of a source in words, or nothing. */
export function sectionText({ section }: Law['reference']): string[] {
  if (section === undefined) return [];
  return [/^\d/.test(section) ? `section ${section}` : section];
}

/**
 * Where a law comes from: title, arXiv number and section.
 *
 * @example
 * ```ts
 * referenceText(findLaw('params').reference); // 'Scaling Laws for Neural Language Models, arXiv 2001.08361, section 1.2, equation 1.1'
 * ```
 */
export function referenceText(reference: Law['reference']): string {
  const { title, arxiv } = reference;
  return [title, ...(arxiv === undefined ? [] : [`arXiv ${arxiv}`]), ...sectionText(reference)].join(', ');
}

/**
 * The range of a parameter in words.
 *
 * @example
 * ```ts
 * findLaw('chinchilla').params.map(rangeText); // ['positive', 'positive', 'positive', '0 to 20', '0 to 20']
 * ```
 */
export function rangeText({ transform, bounds: [low, high] }: LawParam): string {
  if (transform === 'log' && low === 0) return high === Infinity ? 'positive' : `positive, up to ${formatNumber(high)}`;
  if (low === -Infinity) return high === Infinity ? 'any' : `up to ${formatNumber(high)}`;
  return high === Infinity ? `${formatNumber(low)} and above` : `${formatNumber(low)} to ${formatNumber(high)}`;
}

/**
 * Which columns a file needs, in a sentence.
 *
 * @example
 * ```ts
 * columnsNeeded(['params', 'loss']); // 'The file has columns params and loss; --columns loss=NAME takes one of another name.'
 * ```
 */
export function columnsNeeded(columns: readonly string[], quote = ''): string {
  const names = columns.map((name) => `${quote}${name}${quote}`);
  const list = `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  return `The file has columns ${list}; ${quote}--columns ${columns[columns.length - 1]}=NAME${quote} takes one of another name.`;
}

/** Objectives of `isoflop fit`, as published fits name them. */
const objective = /^(huber|log-mse|mse)\b/;

/** How to fit a law on the command line. */
export interface FitExample {
  readonly line: string;
  /** Columns that the file needs, by their names. */
  readonly columns: readonly string[];
}

/**
 * A line that fits a law, with the objective of its paper where that is not the usual one. A law of any one quantity `x`
 * is fitted to tokens.
 *
 * @example
 * ```ts
 * fitExample(findLaw('chinchilla')); // { line: 'isoflop fit runs.csv --law chinchilla', columns: ['params', 'tokens', 'loss'] }
 * ```
 */
export function fitExample(law: Law): FitExample {
  const inputs = law.curve === undefined ? law.inputs.map(({ name }) => name) : ['run', 'step', 'learningRate'];
  const names = [...inputs, law.response.name];
  const found = law.published.map((fit) => objective.exec(fit.objective ?? '')?.[1]).find((name) => name !== undefined);
  return {
    line: [
      `isoflop fit runs.csv --law ${law.id}`,
      ...(names.includes('x') ? ['--columns x=tokens'] : []),
      ...(found === undefined ? [] : [`--objective ${found}`]),
    ].join(' '),
    columns: names.map((name) => (name === 'x' ? 'tokens' : name)),
  };
}

/** The formula of a law in the names of its inputs and parameters, or `null` where it has none. */
function formulaText(law: Law): string | null {
  if (law.text !== undefined) return law.text;
  if (law.separable === undefined) return null;
  return law.separable
    .map(({ amplitude, power }) =>
      power === undefined ? amplitude : `${amplitude} / ${power.input}^${power.exponent}`,
    )
    .join(' + ');
}

/** A law as `isoflop laws --json` prints it. A bound without limit is null, as is a `text` that there is not. */
export interface LawJson extends Pick<Law, 'id' | 'title' | 'formula' | 'reference' | 'scale'> {
  /** The formula in the names of inputs and parameters. */
  readonly text: string | null;
  readonly inputs: readonly Required<LawInput>[];
  readonly response: LawResponse;
  readonly params: readonly (Omit<LawParam, 'bounds'> & { readonly bounds: readonly [number | null, number | null] })[];
  /** Parameters that enter linearly. */
  readonly linear: readonly string[];
  /** Whether there is a compute-optimal split of a budget between params and tokens. */
  readonly allocation: boolean;
  readonly published: readonly PublishedFit[];
  /** A line that fits it. */
  readonly example: string;
}

const limit = (bound: number): number | null => (Number.isFinite(bound) ? bound : null);

/**
 * Every field of a law that is data, ready for JSON.
 *
 * @example
 * ```ts
 * lawToJson(findLaw('params')).response.name; // 'loss'
 * ```
 */
export function lawToJson(law: Law): LawJson {
  const { id, title, formula, reference, scale, response, published } = law;
  return {
    id,
    title,
    formula,
    text: formulaText(law),
    reference,
    inputs: law.inputs.map((input) => ({ ...input, transform: input.transform ?? 'log' })),
    response,
    scale,
    params: law.params.map(({ bounds: [low, high], ...param }) => ({ ...param, bounds: [limit(low), limit(high)] })),
    linear: law.linear(),
    allocation: takesParamsAndTokens(law),
    published,
    example: fitExample(law).line,
  };
}
