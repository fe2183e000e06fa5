import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { formatQuantity } from '../../../src/core/quantity.ts';
import type { Column } from '../contract.ts';
import { refitProblem } from '../state/engine.ts';
import { readPairs } from '../state/settings.ts';
import { dataset, lawInfo, settings } from '../state/workspace.ts';
import { set } from './controls.tsx';
import { laws } from 'virtual:tables';

const range = ({ kind, min, max, examples }: Column): string =>
  kind === 'number' && min !== null && max !== null
    ? `${formatQuantity(min)} … ${formatQuantity(max)}`
    : examples.slice(0, 3).join(', ');

const titles: Readonly<Record<string, string>> = {
  loss: 'Loss',
  params: 'Parameters N',
  tokens: 'Tokens D',
  flops: 'Compute C, FLOP',
  run: 'Name of the run',
};

/** Quantities that are asked for: those of the law, compute, which gives a missing one, and what tells runs apart. */
function quantities(): string[] {
  const law = lawInfo.value ?? laws.find(({ id }) => id === settings.value?.law);
  const taken = law?.inputs.map(({ name }) => name) ?? ['params', 'tokens'];
  return [...new Set([law?.response.name ?? 'loss', ...taken, 'params', 'tokens', 'flops', 'run'])];
}

/** A data set whose columns are not understood: the user says which is what. */
export function Mapping() {
  const id = useId();
  const { value } = dataset;
  const typed = useSignal<Readonly<Record<string, string>>>({});
  if (value === null) return <div class="skeleton block" aria-busy="true" aria-label="Loading" />;
  const pairs = readPairs(settings.value?.columns ?? '');
  const chosen: Readonly<Record<string, string>> = {
    ...value.quantities,
    ...(typeof pairs === 'string' ? {} : Object.fromEntries(pairs)),
    ...typed.value,
  };
  const problem = refitProblem.value ?? value.problem;
  const apply = (): void => {
    const differing = Object.entries(chosen).filter(
      ([name, column]) => column !== '' && value.quantities[name] !== column,
    );
    set(
      'columns',
      differing.map(([name, column]) => `${name}=${/^[\w ]+$/.test(column) ? column : `\`${column}\``}`).join(', '),
    );
  };
  return (
    <section class="mapping" aria-labelledby={id}>
      <h2 id={id}>Which column is what?</h2>
      {problem !== null && (
        <p class="problem-box" role="status">
          <strong>{problem.message}</strong>{' '}
          {'Choose the columns below; any two of parameters, tokens and compute give the third.'}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <div class="mapping-grid">
          {quantities().map((name) => {
            const candidates = value.ambiguous[name] as readonly string[] | undefined;
            return (
              <div class="setting" key={name}>
                <label for={`${id}-${name}`}>
                  {titles[name] ?? name}
                  {candidates !== undefined && <span class="tag">{candidates.length} candidates</span>}
                </label>
                <select
                  id={`${id}-${name}`}
                  value={chosen[name] ?? ''}
                  onChange={({ currentTarget }) => {
                    typed.value = { ...typed.value, [name]: currentTarget.value };
                  }}
                >
                  <option value="">{value.derived.includes(name) ? 'follows from the others' : '–'}</option>
                  {value.columns.map((column) => (
                    <option key={column.name} value={column.name}>
                      {candidates?.includes(column.name) ? '● ' : ''}
                      {column.name} ({range(column)})
                    </option>
                  ))}
                </select>
              </div>
            );
          })}
        </div>
        <button type="submit" class="primary">
          Fit with these columns
        </button>
      </form>
      <details class="columns" open>
        <summary>
          {value.columns.length} columns, {value.rows.toLocaleString('en-US')} rows
        </summary>
        <div class="data-table" tabIndex={0} role="region" aria-label="Columns">
          <table>
            <thead>
              <tr>
                <th scope="col">column</th>
                <th scope="col">taken for</th>
                <th scope="col">holds</th>
                <th scope="col" class="number">
                  filled
                </th>
                <th scope="col">range or examples</th>
              </tr>
            </thead>
            <tbody>
              {value.columns.map((column) => (
                <tr key={column.name}>
                  <th scope="row">{column.name}</th>
                  <td>
                    {Object.entries(chosen)
                      .filter(([, name]) => name === column.name)
                      .map(([name]) => name)
                      .join(', ')}
                  </td>
                  <td>{column.kind}</td>
                  <td class="number">{column.filled.toLocaleString('en-US')}</td>
                  <td>{range(column)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}
