import type { PlainObject } from '../figure.ts';
import { isScatter } from '../svg/axes.ts';
import type { AxisSpec } from '../svg/axis.ts';
import { isSmooth } from '../svg/grid.ts';
import { listOf, numberOf, numbersOf, objectOf, textOf, textsOf } from '../svg/read.ts';
import { plainText } from '../svg/richText.ts';
import { modesOf } from '../svg/scatter.ts';
import type { Canvas, Place } from './canvas.ts';
import { levelPieces, shadeGrid, writeCells } from './shading.ts';
import { isBand, type Signs } from './signs.ts';

/** A letter on a line for every so many cells that it passes. */
const letterEvery = 36;

/** What a panel draws. */
export interface PanelContent {
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  readonly traces: readonly PlainObject[];
  readonly shapes: readonly PlainObject[];
  readonly notes: readonly PlainObject[];
}

const placesOf = (trace: PlainObject, { x, y }: PanelContent): Place[] => {
  const ys = listOf(trace, 'y') ?? [];
  return (listOf(trace, 'x') ?? []).map((value, i) => ({ x: x.share(value), y: y.share(ys[i]) }));
};

/** Draws everything of a panel, from the shades below to the texts on top. */
export function drawPanel(canvas: Canvas, content: PanelContent, signs: Signs): void {
  const { x, y, traces, shapes, notes } = content;
  const grids = traces.filter(({ type }) => type === 'heatmap' || type === 'contour');
  for (const grid of grids) if (objectOf(grid, 'contours').coloring !== 'none') shadeGrid(canvas, grid, x, y);
  const scatters = traces.filter(isScatter);
  for (const trace of scatters) if (isBand(trace)) shadeBand(canvas, placesOf(trace, content), signs.band(trace));
  for (const shape of shapes) if (shape.type === 'line') canvas.line(endsOf(shape, content), 'dot');
  // Texts before letters and points would be in the way of these; cells of a table hold nothing else.
  for (const grid of grids) if (grid.type === 'heatmap' && !isSmooth(grid)) writeCells(canvas, grid, x, y);
  for (const grid of grids)
    if (objectOf(grid, 'contours').coloring === 'none') drawLevel(canvas, grid, content, signs.line(grid));
  const letters: { readonly cells: readonly number[]; readonly letter: string }[] = [];
  for (const trace of scatters) {
    const places = placesOf(trace, content);
    if (isBand(trace)) continue;
    const modes = modesOf(trace);
    const line = objectOf(trace, 'line');
    if (modes.has('lines') && numberOf(line, 'width', 2) > 0) {
      const cells = canvas.line(stepped(places, textOf(line, 'shape', 'linear')), textOf(line, 'dash', 'solid'));
      const letter = signs.line(trace);
      if (letter !== undefined && !modes.has('markers')) letters.push({ cells, letter });
    }
    drawErrors(canvas, trace, content);
    if (modes.has('markers')) for (const [i, place] of places.entries()) canvas.mark(place, signs.point(trace, i));
  }
  for (const [k, { cells, letter }] of letters.entries()) writeLetters(canvas, cells, letter, k);
  for (const trace of scatters) if (modesOf(trace).has('text')) writeTexts(canvas, trace, placesOf(trace, content));
  for (const note of notes) writeNote(canvas, note, content);
}

/** The corners of a line of steps. */
function stepped(places: readonly Place[], shape: string): readonly Place[] {
  if (shape !== 'hv' && shape !== 'vh') return places;
  return places.flatMap((place, i) => {
    if (i === 0) return [place];
    const before = places[i - 1];
    return [shape === 'hv' ? { x: place.x, y: before.y } : { x: before.x, y: place.y }, place];
  });
}

/** Shades the cells whose middle lies within a closed outline. */
function shadeBand(canvas: Canvas, outline: readonly Place[], shade: string): void {
  for (let row = 0; row < canvas.rows; row++)
    for (let column = 0; column < canvas.columns; column++) {
      const at = { x: (column + 0.5) / canvas.columns, y: 1 - (row + 0.5) / canvas.rows };
      if (holds(outline, at)) canvas.shade(row * canvas.columns + column, shade);
    }
}

/** Whether an outline goes round a place, by the number of its edges to the right. */
function holds(outline: readonly Place[], { x, y }: Place): boolean {
  let inside = false;
  for (const [k, a] of outline.entries()) {
    const b = outline[(k + 1) % outline.length];
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  }
  return inside;
}

/** Ends of a shape, on an axis or as shares of the panel. */
function endsOf(shape: PlainObject, { x, y }: PanelContent): Place[] {
  const at = (name: string, axis: AxisSpec, reference: string): number => {
    const value = shape[name];
    const isShare = textOf(shape, reference, '') === 'paper' || textOf(shape, reference, '').endsWith('domain');
    return isShare && typeof value === 'number' ? value : axis.share(value);
  };
  return ['0', '1'].map((end) => ({ x: at(`x${end}`, x, 'xref'), y: at(`y${end}`, y, 'yref') }));
}

function drawLevel(canvas: Canvas, trace: PlainObject, { x, y }: PanelContent, letter: string | undefined): void {
  const level = numberOf(objectOf(trace, 'contours'), 'start', NaN);
  const cells = levelPieces(trace, level, x, y).flatMap((piece) => canvas.line(piece));
  if (letter !== undefined) writeLetters(canvas, cells, letter, 0);
}

/** Writes the letter of a line at some of its cells, at other places for each line. */
function writeLetters(canvas: Canvas, cells: readonly number[], letter: string, k: number): void {
  const count = Math.max(1, Math.round(cells.length / letterEvery));
  const shift = ((0.5 + 0.37 * k) % 1) / count;
  for (let part = 0; part < count; part++) {
    const start = Math.floor((shift + part / count) * cells.length);
    // Where another line has written its letter, the next free cell will do.
    for (let step = 0; step < letterEvery; step++)
      if (start + step < cells.length && canvas.letter(cells[start + step], letter)) break;
  }
}

function drawErrors(canvas: Canvas, trace: PlainObject, { x, y }: PanelContent): void {
  for (const name of ['x', 'y'] as const) {
    const bars = objectOf(trace, `error_${name}`);
    if (Object.keys(bars).length === 0 || bars.visible === false) continue;
    const [xs, ys] = [numbersOf(trace, 'x'), numbersOf(trace, 'y')];
    const plus = numbersOf(bars, 'array');
    const minus = listOf(bars, 'arrayminus') === undefined ? plus : numbersOf(bars, 'arrayminus');
    for (const [i, at] of xs.entries())
      canvas.line(
        [-minus[i], plus[i]].map((error) => ({
          x: x.share(at + (name === 'x' ? error : 0)),
          y: y.share(ys[i] + (name === 'y' ? error : 0)),
        })),
      );
  }
}

/** Texts beside points, on the side that the figure says. */
function writeTexts(canvas: Canvas, trace: PlainObject, places: readonly Place[]): void {
  const texts = textsOf(trace, 'text', places.length);
  const positions = textsOf(trace, 'textposition', places.length);
  const isMarked = modesOf(trace).has('markers');
  for (const [i, place] of places.entries()) {
    const words = plainText(texts[i] ?? '').trim();
    if (words === '' || !(place.x >= -0.01 && place.x <= 1.01 && place.y >= 0 && place.y <= 1)) continue;
    const [vertical, horizontal] = (positions.at(i) ?? 'middle center').split(' ');
    const down = vertical === 'top' ? 1 : vertical === 'bottom' ? -1 : 0;
    const aside = horizontal === 'right' ? 1 : horizontal === 'left' ? -1 : 0;
    canvas.text(
      { x: place.x + (aside * (isMarked ? 2 : 1)) / canvas.columns, y: place.y + down / canvas.rows },
      words,
      aside > 0 ? 'start' : aside < 0 ? 'end' : 'middle',
    );
  }
}

/** A note within the panel. */
function writeNote(canvas: Canvas, note: PlainObject, { x, y }: PanelContent): void {
  const at = (name: 'x' | 'y', axis: AxisSpec): number => {
    const reference = textOf(note, `${name}ref`, name);
    const value = note[name];
    const isShare = reference === 'paper' || reference.endsWith('domain');
    return isShare && typeof value === 'number' ? value : axis.noteShare(value);
  };
  const anchor = textOf(note, 'xanchor', 'center');
  const [across, up] = [at('x', x), at('y', y)];
  const vertical = textOf(note, 'yanchor', 'middle');
  const down = vertical === 'bottom' ? 1 : vertical === 'top' && textOf(note, 'yref', 'y') !== 'paper' ? -1 : 0;
  canvas.text(
    { x: across + (anchor === 'left' ? 1 : anchor === 'right' ? -1 : 0) / canvas.columns, y: up + down / canvas.rows },
    plainText(textOf(note, 'text', '')),
    anchor === 'left' ? 'start' : anchor === 'right' ? 'end' : 'middle',
  );
}
