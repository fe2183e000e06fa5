import { dependOn } from '../state/dependOn.ts';
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Figure } from '../contract.ts';
import { address, go } from '../state/address.ts';
import { isDark } from '../state/theme.ts';
import { spoken } from '../state/messages.ts';
import { adaptFigure } from './adaptFigure.ts';
import { darkFigure } from '../../../src/plots/dark.ts';
import { markRows, pointed } from './linking.ts';
import { loadPlotly, type PlotElement, type Plotly } from './plotly.ts';
import { rowOf, rowsOf } from './rows.ts';
import { steadyAxes } from './steadyAxes.ts';

/** Drags on a touch screen scroll the page; on others they zoom. */
const isTouch = matchMedia('(pointer: coarse)').matches;

interface Properties {
  readonly figure: Figure;
  /** What is seen, in words. */
  readonly label: string;
  /** Whether runs can be chosen, which only makes sense where other figures show the same. */
  readonly linked: boolean;
}

function choose(figure: Figure, step: { row: number; fit: number } | null): void {
  const text = step === null ? undefined : rowsOf(figure).find(({ row, fit }) => row === step.row && fit === step.fit);
  const isSame = address.peek().row === (text?.row ?? null);
  if (text === undefined || isSame) go({ row: null, run: null }, { replace: true });
  else go({ row: text.row, run: text.run }, { replace: true });
}

/** The arrow keys go from run to run, Enter chooses one, Escape lets go. */
function onKey(event: KeyboardEvent, figure: Figure): void {
  const steps: Readonly<Record<string, number | undefined>> = {
    ArrowRight: 1,
    ArrowDown: 1,
    ArrowLeft: -1,
    ArrowUp: -1,
  };
  const step = steps[event.key];
  const rows = rowsOf(figure);
  if (rows.length === 0) return;
  if (event.key === 'Escape') {
    pointed.value = null;
    go({ row: null, run: null }, { replace: true });
  } else if (event.key === 'Enter' && pointed.peek() !== null) choose(figure, pointed.peek());
  else if (step !== undefined) {
    event.preventDefault();
    const now = pointed.peek();
    const k = rows.findIndex(({ row, fit }) => row === now?.row && fit === now.fit);
    const next = rows[(k + step + rows.length) % rows.length];
    pointed.value = { row: next.row, fit: next.fit };
    spoken.value = next.lines.join(', ');
  }
}

function draw(plotly: Plotly, element: PlotElement, figure: Figure): Promise<unknown> {
  const adapted = adaptFigure(figure, element.clientWidth);
  const { data, layout } = isDark.peek() ? darkFigure(adapted) : adapted;
  const background = 'rgba(0, 0, 0, 0)';
  const see = { paper_bgcolor: background, plot_bgcolor: background, dragmode: isTouch ? false : 'zoom' };
  return plotly.react(
    element,
    data,
    { ...steadyAxes(element, layout), ...see },
    { displayModeBar: false, responsive: false, doubleClick: 'reset' },
  );
}

/** A figure as Plotly draws it. Hovering a run marks it in every figure, a click chooses it. */
export function Plot({ figure, label, linked }: Properties) {
  const holder = useRef<HTMLDivElement>(null);
  const layer = useRef<SVGSVGElement>(null);
  const current = useRef(figure);
  current.current = figure;
  const isListening = useRef(false);

  const mark = (): void => {
    const [element, rings] = [holder.current as PlotElement | null, layer.current];
    if (element === null || rings === null || !linked) return;
    const [row, hovered] = [address.peek().row, pointed.peek()];
    markRows(element, rings, [
      ...(row === null ? [] : [{ row, fit: 0, kind: 'chosen' as const }]),
      ...(hovered === null ? [] : [{ ...hovered, kind: 'pointed' as const }]),
    ]);
  };

  const listen = (element: PlotElement): void => {
    if (isListening.current || element.on === undefined) return;
    isListening.current = true;
    const found = (event: { points: readonly { data: Readonly<Record<string, unknown>>; pointNumber?: number }[] }) =>
      event.points.map(({ data, pointNumber }) => rowOf(data, pointNumber)).find((row) => row !== null) ?? null;
    element.on('plotly_hover', (event) => {
      pointed.value = found(event);
    });
    element.on('plotly_unhover', () => {
      pointed.value = null;
    });
    element.on('plotly_click', (event) => {
      const row = found(event);
      if (row !== null && linked) choose(current.current, row);
    });
    element.on('plotly_relayout', mark);
  };

  useEffect(() => {
    const element = holder.current as PlotElement | null;
    if (element === null) return;
    let isOver = false;
    const stop = effect(() => {
      dependOn(isDark);
      void loadPlotly().then(async (plotly) => {
        if (isOver) return;
        await draw(plotly, element, figure);
        listen(element);
        mark();
      });
    });
    return () => {
      isOver = true;
      stop();
    };
  }, [figure]);

  useEffect(() => {
    const element = holder.current as PlotElement | null;
    if (element === null) return;
    const stop = effect(() => {
      dependOn(address);
      dependOn(pointed);
      mark();
    });
    let width = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === width || element.clientWidth === 0) return;
      width = element.clientWidth;
      void loadPlotly().then(async (plotly) => {
        await draw(plotly, element, current.current);
        mark();
      });
    });
    observer.observe(element);
    return () => {
      stop();
      observer.disconnect();
      void loadPlotly().then((plotly) => {
        plotly.purge(element);
      });
    };
  }, []);

  return (
    <div class="plot-frame">
      <div
        class="plot"
        ref={holder}
        role="img"
        aria-label={label}
        tabIndex={0}
        onKeyDown={(event) => {
          onKey(event, current.current);
        }}
        onBlur={() => {
          pointed.value = null;
        }}
      />
      <svg class="rings" ref={layer} aria-hidden="true" />
    </div>
  );
}
