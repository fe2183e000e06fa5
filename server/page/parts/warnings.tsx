import type { Warning } from '../contract.ts';

const levels = ['error', 'warning', 'info'] as const;
const words: Readonly<Record<Warning['level'], string>> = {
  error: 'Do not rely on it',
  warning: 'Be careful',
  info: 'Note',
};

/** What speaks against a result, the worst first, each with what to do about it. */
export function Warnings({ warnings, quiet }: { readonly warnings: readonly Warning[]; readonly quiet?: boolean }) {
  if (warnings.length === 0)
    return quiet === true ? null : <p class="hint">No warnings: nothing found that speaks against this fit.</p>;
  const sorted = warnings.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  return (
    <ul class="warnings">
      {sorted.map(({ code, level, message, remedy }) => (
        <li key={`${code} ${message}`} class={level}>
          <details>
            <summary title="What to do about it">
              <strong>{words[level]}</strong> <span>{message}</span>
            </summary>
            <p>{remedy}</p>
          </details>
        </li>
      ))}
    </ul>
  );
}
