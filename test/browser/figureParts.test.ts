import { describe, expect, it } from 'vitest';
import { makeRoom, thinTicks } from '../../server/page/figures/crowding.ts';
import { toCsv } from '../../server/page/figures/table.ts';

describe('numbers of a figure as CSV', () => {
  it('are numbers, and no text is one that a spreadsheet computes', () => {
    const texts = ['=1+1', '+cmd|x', '-2+3', '@sum(a)', '\tx', '\rx', 'plain', 'a"b,c', '-0.5', ''];
    const rows = texts.map((text) => [text, -0.25, 1e-7, null]);
    const [header, ...lines] = toCsv({ header: ['=name', 'x', 'y', 'z'], rows }).split('\n');
    expect(header).toBe("'=name,x,y,z");
    expect(lines.map((line) => line.replace(/,-0.25,1e-7,$/, ''))).toEqual([
      "'=1+1",
      "'+cmd|x",
      "'-2+3",
      "'@sum(a)",
      "'\tx",
      '"\'\rx"',
      'plain',
      '"a""b,c"',
      '-0.5',
      '',
      '',
    ]);
  });
});

describe('labels of a narrow axis', () => {
  const decades = {
    type: 'log',
    range: [8, 11],
    tickvals: [1e8, 3e8, 1e9, 3e9, 1e10, 3e10, 1e11],
    ticktext: ['100M', '300M', '1B', '3B', '10B', '30B', '100B'],
  };

  it('are left out evenly until they stand apart', () => {
    expect(thinTicks(decades, 600).ticktext).toEqual(decades.ticktext);
    expect(thinTicks(decades, 200).ticktext).toEqual(['100M', '', '1B', '', '10B', '', '100B']);
    const one = thinTicks({ ...decades, range: [8, 1000] }, 200).ticktext as string[];
    expect(one.filter((text) => text !== '')).toHaveLength(1);
    expect(thinTicks({ type: 'log', range: [8, 11] }, 200)).toEqual({ type: 'log', range: [8, 11] });
  });

  it('beside the last mark of a curve have room, and the axis begins where it did', () => {
    const curve = { cliponaxis: false, textposition: 'top right', x: [1e9, 1e10], text: ['', '100x: 1.953'] };
    const { range } = makeRoom({ xaxis: { ...decades, range: [8, 10.1] } }, [curve], 400).xaxis as { range: number[] };
    expect(range[0]).toBe(8);
    // 11 characters of 7.6 pixels right of the mark at 1e10.
    expect(((range[1] - 10) / (range[1] - 8)) * 400).toBeCloseTo(83.6, 6);
    expect(makeRoom({ xaxis: decades }, [{ ...curve, x: [1e9, 1e9] }], 400)).toEqual({ xaxis: decades });
  });
});
