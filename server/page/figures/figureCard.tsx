import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Figure } from '../contract.ts';
import { fixed } from '../state/format.ts';
import { titleOf } from './adaptFigure.ts';
import { formats, saveFigure } from './download.ts';
import { Plot } from './plot.tsx';
import { RichText } from './richText.tsx';
import { tableOf } from './table.ts';
import { Menu } from '../parts/menu.tsx';

/** Rows of a table that are shown; more would take longer to lay out than anybody reads. The CSV has all. */
const mostRows = 500;

function DataTable({ figure, label }: { readonly figure: Figure; readonly label: string }) {
  const { header, rows } = tableOf(figure);
  return (
    <div class="data-table" tabIndex={0} role="region" aria-label={`Numbers of: ${label}`}>
      <table>
        <thead>
          <tr>
            {header.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((row, r) => (
            <tr key={r}>
              {row.map((cell, c) => (
                <td key={c} class={typeof cell === 'number' ? 'number' : ''}>
                  {typeof cell === 'number' ? (Number.isInteger(cell) && cell < 1e6 ? cell : fixed(cell, 4)) : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > mostRows && (
        <p class="hint">
          The first {mostRows} of {rows.length} rows; the CSV has all.
        </p>
      )}
    </div>
  );
}

interface Properties {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly figure: Figure | null;
  /** Why there is none. */
  readonly absence?: string | null;
  readonly error?: string | null;
  readonly stale?: boolean;
  readonly linked?: boolean;
  readonly wide?: boolean;
  readonly children?: ComponentChildren;
}

/** A figure with its title in words, its numbers as a table, and its downloads. */
export function FigureCard(properties: Properties) {
  const { id, title, description, figure, absence = null, error = null, linked = true, stale = false } = properties;
  const isTable = useSignal(false);
  const heading = useId();
  const texts = figure === null ? { title: '', subtitle: '' } : titleOf(figure);
  const shownTitle = texts.title === '' ? title : texts.title;
  const words = `${shownTitle} ${texts.subtitle}`.replaceAll('<sup>', '^').replaceAll(/<[^>]*>/g, ' ');
  const isMissing = figure === null && (absence !== null || error !== null);
  return (
    <figure
      class={`card ${properties.wide === true ? 'wide' : ''} ${isMissing ? 'missing' : ''}`}
      aria-labelledby={heading}
      id={`figure-${id}`}
      aria-busy={stale}
    >
      <header>
        <div class="titles">
          <h3 id={heading}>
            <RichText text={shownTitle} />
          </h3>
          {texts.subtitle !== '' && (
            <p class="subtitle">
              <RichText text={texts.subtitle} />
            </p>
          )}
        </div>
        {figure !== null && (
          <div class="tools">
            <button
              type="button"
              class="quiet"
              aria-pressed={isTable.value}
              onClick={() => (isTable.value = !isTable.value)}
            >
              Table
            </button>
            <Menu label="Save" about={`Save ${title}`}>
              {formats.map((format) => (
                <button type="button" key={format} onClick={() => void saveFigure(id, figure, format)}>
                  {format}
                </button>
              ))}
            </Menu>
          </div>
        )}
      </header>
      {properties.children}
      {figure === null ? (
        <Absence absence={absence} error={error} />
      ) : isTable.value ? (
        <DataTable figure={figure} label={title} />
      ) : (
        <Plot figure={figure} label={`${words}. ${description}`} linked={linked} />
      )}
      {!isMissing && <figcaption>{description}</figcaption>}
    </figure>
  );
}

function Absence({ absence, error }: { readonly absence: string | null; readonly error: string | null }) {
  if (error !== null) return <p class="absence bad">{error}</p>;
  if (absence !== null) return <p class="absence">{absence}</p>;
  return <div class="plot skeleton" aria-hidden="true" />;
}
