import { batch, signal } from '@preact/signals';

/** What the main column shows. */
export type View =
  | { readonly kind: 'home' }
  | { readonly kind: 'fit'; readonly id: string }
  | { readonly kind: 'data'; readonly ids: readonly string[] }
  | { readonly kind: 'compare'; readonly ids: readonly string[] }
  | { readonly kind: 'job'; readonly id: string }
  | { readonly kind: 'sweep'; readonly id: string };

/** Settings of a fit that differ from those it was made with, as the boxes hold them. */
export type Changes = Readonly<Partial<Record<Setting, string>>>;

/** Settings that the page offers; `columns` is `params=N,loss=L`, the others are called as on the command line. */
export const settingNames = [
  'law',
  'positive',
  'objective',
  'delta',
  'maxLoss',
  'minParams',
  'minTokens',
  'where',
  'fix',
  'tie',
  'columns',
] as const;
export type Setting = (typeof settingNames)[number];

/** Everything that a link to the page brings back. */
export interface Address {
  readonly view: View;
  /** The query bar's text. */
  readonly query: string;
  readonly confidence: number | null;
  /** The run whose learning curve is shown: its name, or its size where runs have no names. */
  readonly run: string | null;
  /** The chosen row among the fitted ones, marked in every figure. */
  readonly row: number | null;
  readonly hidden: readonly string[];
  /** Colours that were chosen against those of the system. */
  readonly theme: 'light' | 'dark' | null;
  readonly changes: Changes;
}

const list = (text: string | null): string[] => (text ?? '').split(',').filter((part) => part !== '');

function readView(hash: URLSearchParams): View {
  const [fit, job, sweep] = [hash.get('fit'), hash.get('job'), hash.get('sweep')];
  const [data, compare] = [list(hash.get('data')), list(hash.get('compare'))];
  if (compare.length > 0) return { kind: 'compare', ids: compare };
  if (job !== null) return { kind: 'job', id: job };
  if (sweep !== null) return { kind: 'sweep', id: sweep };
  if (data.length > 0) return { kind: 'data', ids: data };
  return fit === null ? { kind: 'home' } : { kind: 'fit', id: fit };
}

/**
 * Reads the address after `#`.
 *
 * @example
 * ```ts
 * readAddress('#fit=chinchilla&q=70B, 1.4T').query; // '70B, 1.4T'
 * ```
 */
export function readAddress(text: string): Address {
  const hash = new URLSearchParams(text.replace(/^#/, ''));
  const confidence = Number(hash.get('ci'));
  const theme = hash.get('theme');
  const row = hash.get('row');
  const changes: Partial<Record<Setting, string>> = {};
  for (const name of settingNames) {
    const value = hash.get(name);
    if (value !== null) changes[name] = value;
  }
  // Links of earlier versions had one box each for parameters, tokens and compute.
  const boxes = (['params', 'tokens', 'flops'] as const).flatMap((name) => {
    const value = hash.get(name);
    return value === null ? [] : [`${value} ${name === 'flops' ? 'FLOP' : name}`];
  });
  return {
    view: readView(hash),
    query: hash.get('q') ?? boxes.join(', '),
    confidence: confidence > 0 && confidence < 1 ? confidence : null,
    run: hash.get('run'),
    row: row === null || !/^\d+$/.test(row) ? null : Number(row),
    hidden: list(hash.get('hide')),
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    changes,
  };
}

/** The address after `#`, as short as it can be and with commas as they are: people read and send it. */
function writeAddress({ view, query, confidence, run, row, hidden, theme, changes }: Address): string {
  const pairs: [string, string][] = [];
  if (view.kind === 'fit' || view.kind === 'job' || view.kind === 'sweep') pairs.push([view.kind, view.id]);
  if (view.kind === 'data' || view.kind === 'compare') pairs.push([view.kind, view.ids.join(',')]);
  for (const [name, value] of Object.entries(changes)) pairs.push([name, value]);
  if (query !== '') pairs.push(['q', query]);
  if (confidence !== null) pairs.push(['ci', String(confidence)]);
  if (run !== null) pairs.push(['run', run]);
  if (row !== null) pairs.push(['row', String(row)]);
  if (hidden.length > 0) pairs.push(['hide', hidden.join(',')]);
  if (theme !== null) pairs.push(['theme', theme]);
  return pairs.length === 0 ? '' : `#${new URLSearchParams(pairs).toString().replaceAll('%2C', ',')}`;
}

/** What the address says now. */
export const address = signal<Address>(readAddress(location.hash));

const sameView = (a: View, b: View): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Changes the address. A new view goes into the history; everything else replaces what is there, since every keystroke in
 * the history would make the back button useless.
 */
export function go(change: Partial<Address>, options: { replace?: boolean } = {}): void {
  const before = address.peek();
  const after = { ...before, ...change };
  const text = writeAddress(after) || location.pathname + location.search;
  if (writeAddress(after) === writeAddress(before)) return;
  batch(() => {
    address.value = after;
  });
  const isNew = options.replace !== true && !sameView(before.view, after.view);
  if (isNew) history.pushState(null, '', text);
  else replaceSoon(text);
}

/** Browsers allow a hundred changes of the address in half a minute; a slider makes more. */
const pauseMs = 250;
let waiting: ReturnType<typeof setTimeout> | undefined;
let latest = '';

function replaceSoon(text: string): void {
  latest = text;
  waiting ??= setTimeout(flushAddress, pauseMs);
}

/** Writes at once what waits to be written. */
export function flushAddress(): void {
  if (waiting === undefined) return;
  clearTimeout(waiting);
  waiting = undefined;
  history.replaceState(null, '', latest);
}

/** A view with nothing chosen in it; the query stays, since one asks several fits the same. */
export function show(view: View, options: { replace?: boolean; changes?: Changes } = {}): void {
  flushAddress();
  go({ view, run: null, row: null, changes: options.changes ?? {} }, options);
}

/** The address of a view, for links that can be opened in another tab. */
export function linkTo(view: View): string {
  return writeAddress({ ...address.value, view, run: null, row: null, changes: {} });
}

function follow(): void {
  clearTimeout(waiting);
  waiting = undefined;
  const found = readAddress(location.hash);
  if (writeAddress(found) !== writeAddress(address.peek())) address.value = found;
}

/** Follows the back button and links. */
export function followAddress(): void {
  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', follow);
}
