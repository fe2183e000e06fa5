import type { PlainObject } from '../figure.ts';
import { palette } from '../theme.ts';
import { colorAt, colorScaleOf, paint } from './color.ts';
import { element } from './markup.ts';
import { listOf, numberOf, objectOf, textOf, unsupported } from './read.ts';
import { fontOf } from './axis.ts';
import type { Axis } from './axis.ts';
import { readLines, textBlock, type Font } from './richText.ts';
import type { Panel } from './scatter.ts';

/** Rows of a grid; NaN stands for what is no number. */
export function rowsOf(trace: PlainObject): number[][] {
  return (listOf(trace, 'z') ?? []).map((row) =>
    (Array.isArray(row) ? (row as unknown[]) : []).map((value) => (typeof value === 'number' ? value : NaN)),
  );
}

/** Values at the ends of the color scale of a grid. */
export function gridRange(trace: PlainObject): [number, number] {
  const values = rowsOf(trace).flat().filter(Number.isFinite);
  return [
    numberOf(trace, 'zmin', undefined) ?? values.reduce((a, b) => Math.min(a, b), Infinity),
    numberOf(trace, 'zmax', undefined) ?? values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** Place of a value between the ends of a scale. */
export const placeIn = ([low, high]: readonly [number, number], value: number): number =>
  high > low ? (value - low) / (high - low) : 0.5;

/** Whether a table is shaded as a function of the plane, not cell by cell. */
export const isSmooth = (trace: PlainObject): boolean => textOf(trace, 'zsmooth', '') === 'best';

/** Edges of cells about their centers, in shares of an axis. */
function edgesOf(centers: readonly unknown[], axis: Axis): number[] {
  const at = centers.map((value) => axis.at(value));
  const isAlone = at.length === 1;
  return Array.from({ length: at.length + 1 }, (_, k) => {
    if (isAlone) return k === 0 ? axis.from : axis.to;
    if (k === 0) return at[0] - (at[1] - at[0]) / 2;
    if (k === at.length) return at[k - 1] + (at[k - 1] - at[k - 2]) / 2;
    return (at[k - 1] + at[k]) / 2;
  });
}

/** Black or white, whichever is read better on a color. */
function inkOn(color: string): string {
  const [r, g, b] = [1, 3, 5].map((k) => Number.parseInt(color.slice(k, k + 2), 16) / 255);
  return 0.299 * r + 0.587 * g + 0.114 * b > 0.55 ? palette.ink : palette.paper;
}

/** A table of colored cells with their texts. */
export function drawHeatmap(trace: PlainObject, panel: Panel, font: Font): string {
  const z = rowsOf(trace);
  const x = edgesOf(listOf(trace, 'x') ?? (z.at(0) ?? []).map((_, k) => k), panel.x);
  const y = edgesOf(listOf(trace, 'y') ?? z.map((_, k) => k), panel.y);
  const range = gridRange(trace);
  const scale = colorScaleOf(trace);
  const gap = { x: numberOf(trace, 'xgap', 0), y: numberOf(trace, 'ygap', 0) };
  const texts = listOf(trace, 'text') ?? [];
  const template = textOf(trace, 'texttemplate', '');
  if (template !== '' && template !== '%{text}') return unsupported('the text template', template);
  return z
    .flatMap((row, j) =>
      row.map((value, i) => {
        if (!Number.isFinite(value)) return '';
        const color = colorAt(scale, placeIn(range, value));
        const [left, right] = [Math.min(x[i], x[i + 1]), Math.max(x[i], x[i + 1])];
        const [top, bottom] = [Math.min(y[j], y[j + 1]), Math.max(y[j], y[j + 1])];
        const cell = element('rect', {
          x: left + gap.x / 2,
          y: top + gap.y / 2,
          width: Math.max(0, right - left - gap.x),
          height: Math.max(0, bottom - top - gap.y),
          ...paint('fill', color),
        });
        const line = texts[j];
        const text: unknown = template === '' || !Array.isArray(line) ? undefined : line[i];
        if (typeof text !== 'string' || text === '') return cell;
        const look = fontOf(objectOf(trace, 'textfont'), { ...font, color: inkOn(color) });
        const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
        return cell + textBlock(readLines(text), look, { ...middle, anchor: 'middle', vertical: 'middle' });
      }),
    )
    .join('');
}
