import { formatQuantity, tryParseQuantity } from '../../src/core/quantity.ts';
import type { PredictedPointJson, PredictionJson } from '../../src/report/json.ts';
import type { FitJson } from '../../src/report/json.ts';
import { ApiError, getPrediction } from './api.ts';
import { byId, make, pairs } from './dom.ts';

const names = ['params', 'tokens', 'flops'] as const;
type Name = (typeof names)[number];

/** What the form holds, as the user wrote it; boxes left empty are not there. */
export type Query = Readonly<Partial<Record<Name, string>>>;

const box = (name: Name): HTMLInputElement => byId(name, HTMLInputElement);

/** What the form holds now. */
export function readQuery(): Query {
  const query: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const text = box(name).value.trim();
    if (text !== '') query[name] = text;
  }
  return query;
}

/** Puts a query into the form. */
export function writeQuery(query: Query): void {
  for (const name of names) box(name).value = query[name] ?? '';
}

/** Quantities that a law takes, by name. */
export type Inputs = readonly string[];

/** Says in the form what this fit takes. */
export function showHint(inputs: Inputs, { optimum }: FitJson): void {
  const words: Readonly<Record<string, string>> = { params: 'parameters', tokens: 'tokens', flops: 'compute' };
  const two = 'Fill in two of the three';
  if (inputs.length === 1) byId('hint').textContent = `This law needs ${words[inputs[0]] ?? inputs[0]} alone.`;
  else
    byId('hint').textContent = optimum === null ? `${two}.` : `${two}, or compute alone for the best model it can buy.`;
}

/** Whether a query could be answered, so that a form half filled is not called wrong while it is being filled. */
export function isComplete(query: Query, inputs: Inputs): boolean {
  const filled = Object.keys(query);
  return filled.length !== 1 || filled[0] === 'flops' || inputs.length === 1;
}

function showErrors(errors: Readonly<Partial<Record<Name | 'query', string>>>): void {
  for (const name of names) {
    byId(`${name}-error`).textContent = errors[name] ?? '';
    box(name).toggleAttribute('aria-invalid', errors[name] !== undefined);
  }
  byId('query-error').textContent = errors.query ?? '';
}

function checkQuery(query: Query): Partial<Record<Name | 'query', string>> {
  const errors: Partial<Record<Name | 'query', string>> = {};
  for (const name of names) {
    const text = query[name];
    if (text === undefined) continue;
    const value = tryParseQuantity(text);
    if (value === undefined) errors[name] = 'Not a number. Write it like 70B, 1.4T or 5.76e23.';
    else if (value <= 0) errors[name] = 'It has to be above zero.';
  }
  return errors;
}

let running: AbortController | undefined;

/** Asks the server about what the form holds and shows the answer, or what is wrong, in words. */
export async function ask(fit: string, confidence: number): Promise<void> {
  running?.abort();
  const query = readQuery();
  const answer = byId('answer');
  const errors = checkQuery(query);
  showErrors(errors);
  if (Object.keys(errors).length > 0 || Object.keys(query).length === 0) {
    answer.hidden = true;
    return;
  }
  const controller = new AbortController();
  running = controller;
  answer.setAttribute('aria-busy', 'true');
  try {
    const prediction = await getPrediction(fit, query, controller.signal);
    showAnswer(prediction, query, confidence);
  } catch (error) {
    if (controller.signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    answer.hidden = true;
    showErrors({ query: error.message });
  }
  answer.removeAttribute('aria-busy');
}

function showAnswer(prediction: PredictionJson, query: Query, confidence: number): void {
  const { response = 'loss', points, warnings } = prediction;
  const [point] = points;
  const predicted = (point as unknown as Readonly<Record<string, number>>)[response];
  const percent = `${String(Number((100 * confidence).toPrecision(4)))}%`;
  const interval =
    point.interval === null
      ? 'no interval'
      : `${percent} interval ${point.interval[0].toFixed(3)} to ${point.interval[1].toFixed(3)}`;
  const value = make('output', '', predicted.toFixed(3));
  value.title = String(predicted);
  value.dataset.loss = String(predicted);
  const atOptimum = query.flops !== undefined && query.params === undefined && query.tokens === undefined;
  byId('answer').replaceChildren(
    make(
      'p',
      'loss',
      make('span', '', response === 'loss' ? 'Loss' : response),
      value,
      make('span', 'interval', interval),
    ),
    make('dl', '', ...pairs(describePoint(point, atOptimum && point.params !== null))),
    ...warnings.map(({ level, message, remedy }) => make('p', `note ${level}`, `${message} ${remedy}`)),
  );
  byId('answer').hidden = false;
}

function describePoint(point: PredictedPointJson, optimal: boolean): [string, string][] {
  const { params, tokens, flops, extrapolation } = point;
  const entries: [string, string][] = [];
  if (params !== null) entries.push([optimal ? 'Optimal parameters' : 'Parameters', formatQuantity(params)]);
  if (tokens !== null) entries.push([optimal ? 'Optimal tokens' : 'Tokens', formatQuantity(tokens)]);
  if (params !== null && tokens !== null) entries.push(['Tokens per parameter', formatQuantity(tokens / params)]);
  if (flops !== null) entries.push(['Compute', `${formatQuantity(flops)} FLOP`]);
  entries.push(['Against the runs', describeDistance(extrapolation)]);
  return entries;
}

/** How far the point lies from the data in the quantity in which it lies farthest; the warning tells the rest. */
function describeDistance(distance: PredictedPointJson['extrapolation']): string {
  const words = {
    flops: ['largest', 'smallest', 'compute'],
    params: ['largest', 'smallest', 'model'],
    tokens: ['most', 'fewest', 'tokens'],
  } as const;
  const away = (factor: number): number => Math.max(factor, 1 / factor);
  let farthest: { readonly factor: number; readonly words: readonly [string, string, string] } | undefined;
  for (const name of ['flops', 'params', 'tokens'] as const) {
    const factor = distance[name];
    if (factor !== null && (farthest === undefined || away(factor) > away(farthest.factor)))
      farthest = { factor, words: words[name] };
  }
  if (farthest === undefined) return 'not known';
  const { factor } = farthest;
  const [most, least, what] = farthest.words;
  if (factor === 1) return 'inside them';
  return factor > 1
    ? `${formatQuantity(factor)}\u00d7 the ${most} ${what}`
    : `1/${formatQuantity(1 / factor)} of the ${least} ${what}`;
}
