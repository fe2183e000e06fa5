/** Dots of a cell in Braille: two across and four down. */
const dots = { across: 2, down: 4 } as const;

/** Bits of the dots of a Braille letter, by column and row. */
const bits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** How many dots of a line are drawn and left out by turns, by the name of its dash. */
const patterns: Readonly<Record<string, readonly number[] | undefined>> = {
  dash: [5, 4],
  dot: [1, 2],
  dashdot: [5, 3, 1, 3],
  longdash: [8, 4],
  longdashdot: [8, 3, 1, 3],
};

/** A place within a panel: shares of its width and height, from the lower left. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * A panel of characters in layers: a shade at the bottom, lines of Braille dots above it, and letters on top. Places are
 * shares of the panel, so a figure is drawn the same at any size.
 */
export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  /** Draws a line between places; what lies outside is cut off. Gives the cells that it passes. */
  readonly line: (places: readonly Place[], dash?: string) => number[];
  readonly shade: (cell: number, shade: string) => void;
  /** Writes a letter at a place, over whatever is there. */
  readonly mark: (place: Place, letter: string) => void;
  /** Writes a letter into a cell that holds none yet. */
  readonly letter: (cell: number, letter: string) => boolean;
  /** Writes a text where its cells are free; `anchor` says which part of it is at the place. */
  readonly text: (place: Place, text: string, anchor?: 'start' | 'middle' | 'end') => void;
  readonly lines: () => string[];
}

const isInside = ({ x, y }: Place): boolean => x >= 0 && x <= 1 && y >= 0 && y <= 1;

/** The part of a stretch that lies within the panel, by Liang and Barsky's method. */
function clip(from: Place, to: Place): readonly [Place, Place] | null {
  let [first, last] = [0, 1];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  for (const [step, room] of [
    [-dx, from.x],
    [dx, 1 - from.x],
    [-dy, from.y],
    [dy, 1 - from.y],
  ]) {
    if (step === 0 && room < 0) return null;
    if (step < 0) first = Math.max(first, room / step);
    if (step > 0) last = Math.min(last, room / step);
  }
  const at = (share: number): Place => ({ x: from.x + share * dx, y: from.y + share * dy });
  return first > last ? null : [at(first), at(last)];
}

/** An empty panel. */
export function createCanvas(columns: number, rows: number): Canvas {
  const braille = new Uint8Array(columns * rows);
  const letters = new Array<string | undefined>(columns * rows);
  const shades = new Array<string | undefined>(columns * rows);
  const across = (x: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(x * count)));
  const cellOf = ({ x, y }: Place): number => across(1 - y, rows) * columns + across(x, columns);

  function dot(place: Place): number {
    const [px, py] = [across(place.x, columns * dots.across), across(1 - place.y, rows * dots.down)];
    const cell = Math.floor(py / dots.down) * columns + Math.floor(px / dots.across);
    braille[cell] |= bits[px % dots.across][py % dots.down];
    return cell;
  }

  function line(places: readonly Place[], dash = 'solid'): number[] {
    const pattern = patterns[dash];
    const length = pattern?.reduce((sum, part) => sum + part, 0) ?? 1;
    const passed: number[] = [];
    let drawn = 0;
    const isDrawn = (): boolean => {
      if (pattern === undefined) return true;
      let at = drawn % length;
      const part = pattern.findIndex((size) => (at -= size) < 0);
      return part % 2 === 0;
    };
    for (let k = 1; k < places.length; k++) {
      const ends = clip(places[k - 1], places[k]);
      if (ends === null || ![...ends].every(({ x, y }) => Number.isFinite(x + y))) continue;
      const [from, to] = ends;
      const steps = Math.ceil(
        Math.max(Math.abs(to.x - from.x) * columns * dots.across, Math.abs(to.y - from.y) * rows * dots.down, 1),
      );
      for (let step = 0; step < steps; step++, drawn++) {
        const share = step / steps;
        const place = { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
        const cell = isDrawn() ? dot(place) : cellOf(place);
        if (passed.at(-1) !== cell) passed.push(cell);
      }
    }
    return passed;
  }

  function letter(cell: number, text: string): boolean {
    if (letters[cell] !== undefined) return false;
    letters[cell] = text;
    return true;
  }

  function text(place: Place, words: string, anchor: 'start' | 'middle' | 'end' = 'start'): void {
    if (!Number.isFinite(place.x + place.y)) return;
    const shown = Array.from(words.slice(0, columns));
    const row = across(1 - place.y, rows);
    const shift = anchor === 'start' ? 0 : anchor === 'middle' ? Math.floor(shown.length / 2) : shown.length - 1;
    const start = Math.max(0, Math.min(columns - shown.length, across(place.x, columns) - shift));
    const cells = shown.map((_, k) => row * columns + start + k);
    if (cells.some((cell) => letters[cell] !== undefined)) return;
    for (const [k, cell] of cells.entries()) letters[cell] = shown[k];
  }

  return {
    columns,
    rows,
    line,
    letter,
    text,
    shade: (cell, shade) => {
      shades[cell] = shade;
    },
    mark: (place, sign) => {
      if (isInside(place)) letters[cellOf(place)] = sign;
    },
    lines: () =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => {
          const cell = row * columns + column;
          const dotted = braille[cell] === 0 ? undefined : String.fromCodePoint(0x2800 + braille[cell]);
          return letters[cell] ?? dotted ?? shades[cell] ?? ' ';
        }).join(''),
      ),
  };
}
