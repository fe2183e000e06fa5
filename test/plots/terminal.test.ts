import { describe, expect, it } from 'vitest';
import { terminalFigure, type Figure, type PlainObject } from '../../src/plots/index.ts';
import { everyFigure } from './everyFigure.ts';

const axis = { range: [0, 10], tickvals: [0, 5, 10], ticktext: ['0', '5', '10'] };
const figureOf = (data: PlainObject[], layout: PlainObject = {}): Figure => ({
  data,
  layout: { xaxis: { ...axis, title: { text: 'Compute' } }, yaxis: { ...axis, title: { text: 'Loss' } }, ...layout },
  config: {},
});
const draw = (data: PlainObject[], layout?: PlainObject): string[] =>
  terminalFigure(figureOf(data, layout), { columns: 44, rows: 8 }).split('\n');

it('draws axes with their ticks, points, lines with letters, bands and a legend', () => {
  const lines = draw(
    [
      { mode: 'lines', name: 'Band', x: [0, 10, 10, 0], y: [0, 0, 2, 2], fill: 'toself', line: { width: 0 } },
      { mode: 'lines', name: 'Law', x: [0, 10], y: [10, 0], line: { width: 2 } },
      { mode: 'markers', name: 'Runs', x: [5, 9.9], y: [9, 9], marker: {} },
    ],
    { title: { text: 'Loss of C<sup>2</sup>', subtitle: { text: 'two | facts' } } },
  );
  expect(lines).toMatchInlineSnapshot(`
    [
      "Loss of C^2",
      "two; facts",
      "",
      "Loss",
      "10 ┤⠉⠑⠢⠤⣀               o                  o",
      "   │     ⠉⠑⠢⠤⣀",
      "   │          ⠉⠑⠢⠤⣀",
      " 5 ┤               ⠉⠑⠢⠤⣀",
      "   │                    a⠑⠢⠤⣀",
      "   │                         ⠉⠑⠢⠤⣀",
      "   │░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░⠉⠑⠢⠤⣀░░░░░",
      " 0 ┤░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░⠉⠑⠢⠤⣀",
      "   └┬───────────────────┬──────────────────┬",
      "   0                   5                 10",
      "                   Compute",
      "",
      "░ Band   a Law   o Runs",
    ]
  `);
});

it('shows the size of runs by digits, and where lines have gaps', () => {
  const marker = {
    color: [0, 5, 10],
    colorscale: [
      [0, '#000000'],
      [1, '#ffffff'],
    ],
    colorbar: { title: { text: 'Size' } },
  };
  const text = draw([{ mode: 'markers', name: 'Runs', x: [1, 5, 9], y: [5, 5, 5], marker }]).join('\n');
  expect(text).toMatch(/1 +3 +5/);
  expect(text).toContain('1-5 Runs: Size');
  const broken = draw([{ mode: 'lines', name: 'a', x: [0, 2, null, 8, 10], y: [5, 5, null, 5, 5] }]);
  expect(broken.some((line) => /[^ ⠀]{3,} {15,}[^ ]{3,}/.test(line.slice(4)))).toBe(true);
});

it('draws tables as shades with their texts', () => {
  const text = draw(
    [
      {
        type: 'heatmap',
        x: [2.5, 7.5],
        y: [2.5, 7.5],
        z: [
          [0, 1],
          [1, null],
        ],
        text: [
          ['low', 'high'],
          ['high', ''],
        ],
        colorscale: [
          [0, '#000000'],
          [1, '#ffffff'],
        ],
        colorbar: { title: { text: 'Error' }, ticktext: ['small', 'large'] },
      },
    ],
    {},
  );
  expect(text.join('\n')).toContain('▓ low ▓');
  expect(text.at(-1)).toBe('Error: ▓ small to blank large');
});

describe('every figure', async () => {
  it.each((await everyFigure()).map((one) => [one.id, one.figure] as const))(
    '%s fits a terminal of 60 columns',
    (_, figure) => {
      const lines = terminalFigure(figure, { columns: 60 }).split('\n');
      expect(lines.length).toBeGreaterThan(15);
      expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(60);
      expect(lines.join('\n')).not.toMatch(/NaN|undefined|<sup>/);
      // Signs of the legend are different, and points and lines are there.
      const entries = lines
        .slice(lines.lastIndexOf('') + 1)
        .join('   ')
        .split('   ');
      expect(new Set(entries.map((entry) => entry[0])).size).toBe(entries.length);
      expect(lines.join('')).toMatch(/[\u2801-\u28ff]/);
    },
  );
});
