import { address, go } from '../state/address.ts';
import { drawingOf, inView } from '../state/drawing.ts';
import { pointed } from '../figures/linking.ts';
import { rowsOf, type RowText } from '../figures/rows.ts';
import { figures } from 'virtual:tables';

/** What the figures in view tell about a row. */
function textOf(row: number): RowText | null {
  for (const id of [...inView.value, ...figures.map((figure) => figure.id)]) {
    const figure = drawingOf(id).value?.figure;
    const found = figure == null ? undefined : rowsOf(figure).find((one) => one.row === row && one.fit === 0);
    if (found !== undefined) return found;
  }
  return null;
}

/** The run that is chosen, or the one under the mouse, in a line that stays in view. */
export function Run() {
  const { row } = address.value;
  const hovered = pointed.value;
  const shownRow = hovered?.fit === 0 ? hovered.row : row;
  if (shownRow === null) return null;
  const text = textOf(shownRow);
  if (text === null) return null;
  const isChosen = shownRow === row;
  return (
    <div class={`run ${isChosen ? 'chosen' : ''}`}>
      <span>{text.lines.join(' · ')}</span>
      {isChosen ? (
        <button
          type="button"
          class="quiet"
          aria-label="Let go of the run"
          onClick={() => {
            go({ row: null, run: null }, { replace: true });
          }}
        >
          ×
        </button>
      ) : (
        <span class="hint">click to keep</span>
      )}
    </div>
  );
}
