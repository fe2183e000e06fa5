import { ApiError, getFit, getFits, getLaws } from './api.ts';
import type { FitDetail } from './api.ts';
import { byId, make } from './dom.ts';
import { showFigures } from './figures.ts';
import { ask, isComplete, readQuery, showHint, writeQuery } from './query.ts';
import type { Inputs } from './query.ts';
import { showSummary } from './summary.ts';

/** The fit on the page. */
let shown: FitDetail | undefined;
/** The fit that was asked for last: answers for others come too late and are dropped. */
let wanted: string | undefined;
/** What each law takes, by id. */
let inputsOf: ReadonlyMap<string, Inputs> = new Map();

const picker = byId('fits', HTMLSelectElement);

/** The address after #: which fit, and the query, so that a link brings both back. */
const readHash = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

function writeHash(fit: string): void {
  const hash = `#${new URLSearchParams({ fit, ...readQuery() }).toString()}`;
  // Replaced, not pushed: every keystroke in the history would make the back button useless.
  if (hash !== location.hash) history.replaceState(null, '', hash);
}

/** One line in place of the content. */
function showState(...content: (Node | string)[]): void {
  byId('state').replaceChildren(...content);
  byId('state').hidden = content.length === 0;
}

function showFailure(error: unknown, retry: () => void): void {
  if (!(error instanceof ApiError)) throw error;
  const again = make('button', '', 'Try again');
  again.addEventListener('click', retry);
  byId('fit').hidden = true;
  showState(make('strong', '', 'This did not work. '), error.message, again);
}

async function showFit(id: string): Promise<void> {
  wanted = id;
  picker.value = id;
  byId('fit').setAttribute('aria-busy', 'true');
  try {
    const detail = await getFit(id);
    if (wanted !== id) return;
    shown = detail;
    document.title = `${id} - isoflop`;
    showState();
    showSummary(detail);
    showHint(inputsOf.get(detail.fit.law) ?? [], detail.fit);
    byId('fit').hidden = false;
    byId('fit').removeAttribute('aria-busy');
    await Promise.all([ask(id, detail.fit.confidence), showFigures(id, () => wanted === id)]);
  } catch (error) {
    showFailure(error, () => void showFit(id));
  }
}

/** Shows what the address asks for. */
async function followHash(): Promise<void> {
  const hash = readHash();
  writeQuery({
    params: hash.get('params') ?? '',
    tokens: hash.get('tokens') ?? '',
    flops: hash.get('flops') ?? '',
  });
  const id = hash.get('fit') ?? picker.value;
  if (shown?.id === id) await ask(id, shown.fit.confidence);
  else await showFit(id);
}

function submit(): void {
  if (shown === undefined) return;
  writeHash(shown.id);
  void ask(shown.id, shown.fit.confidence);
}

async function start(): Promise<void> {
  showState('Loading the fits\u2026');
  try {
    const [{ fits, broken }, { laws }] = await Promise.all([getFits(), getLaws()]);
    inputsOf = new Map(laws.map(({ id, inputs }) => [id, inputs.map(({ name }) => name)]));
    const option = (id: string, label: string): HTMLOptionElement => new Option(label, id);
    picker.replaceChildren(
      ...fits.map(({ id, law }) => option(id, id === law ? id : `${id} (${law})`)),
      ...broken.map(({ id }) => option(id, `${id} (cannot be read)`)),
    );
    byId('picker').hidden = picker.length < 2;
    if (picker.length > 0) await followHash();
    else
      showState(
        make('strong', '', 'There are no saved fits yet. '),
        'Make one, then load this page again:',
        make('code', '', 'isoflop fit runs.csv --out fits/mine.json'),
      );
  } catch (error) {
    showFailure(error, () => void start());
  }
}

picker.addEventListener('change', () => {
  writeHash(picker.value);
  void showFit(picker.value);
});
byId('query').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
let typing: ReturnType<typeof setTimeout> | undefined;
byId('query').addEventListener('input', () => {
  clearTimeout(typing);
  // Answers follow the typing, once it pauses.
  typing = setTimeout(() => {
    if (isComplete(readQuery(), inputsOf.get(shown?.fit.law ?? '') ?? [])) submit();
  }, 500);
});
window.addEventListener('hashchange', () => void followHash());

void start();
