import { useEffect, useRef } from 'preact/hooks';
import { address, go } from '../state/address.ts';
import { inputs, query, shown } from '../state/workspace.ts';
import { answerProblem } from '../state/engine.ts';

const words: Readonly<Record<string, string>> = { params: 'parameters', tokens: 'tokens', flops: 'compute' };

/** What can be asked of the law on the page. */
function hint(): string {
  const names = inputs.value;
  if (names.length === 1) return `This law takes ${words[names[0]] ?? names[0]} alone.`;
  const two = 'Two of parameters, tokens and compute';
  return shown.value?.fit.optimum == null ? `${two}.` : `${two}, or compute alone for the best model that it buys.`;
}

const placeholder = (names: readonly string[]): string => {
  if (names.length !== 1) return '70B, 1.4T   or   5.76e23 FLOP';
  return names[0] === 'flops' ? '5.76e23' : names[0] === 'tokens' ? '1.4T' : '70B';
};

/** One box for every question: the answer follows the typing. */
export function QueryBar() {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, []);
  const asked = query.value;
  const problem = asked.state === 'wrong' ? asked.problem : answerProblem.value;
  const note = asked.state === 'unfinished' ? asked.hint : hint();
  return (
    <form
      class="query"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <label for="query">What loss would it reach?</label>
      <div class="query-box">
        <input
          id="query"
          ref={box}
          type="text"
          autocomplete="off"
          spellcheck={false}
          value={address.value.query}
          placeholder={placeholder(inputs.value)}
          aria-describedby="query-note"
          aria-invalid={problem !== null}
          aria-keyshortcuts="/"
          onInput={({ currentTarget }) => {
            go({ query: currentTarget.value }, { replace: true });
          }}
        />
        {address.value.query === '' ? (
          <kbd aria-hidden="true">/</kbd>
        ) : (
          <button
            type="button"
            class="quiet clear"
            aria-label="Clear the query"
            onClick={() => {
              go({ query: '' }, { replace: true });
              box.current?.focus();
            }}
          >
            ×
          </button>
        )}
      </div>
      <p id="query-note" class={problem === null ? 'hint' : 'problem'} role={problem === null ? undefined : 'alert'}>
        {problem ?? note}
      </p>
    </form>
  );
}
