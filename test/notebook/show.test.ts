import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../src/core/errors.ts';
import { showFigure, showList, showTable, type Displayed, type DisplayBundle } from '../../src/notebook/index.ts';

/** What Deno's kernel asks of the last value of a cell. */
function bundleOf(shown: Displayed): DisplayBundle {
  const ask = (shown as unknown as Record<symbol, () => DisplayBundle>)[Symbol.for('Jupyter.display')];
  return ask();
}

const figure = {
  data: [{ type: 'scatter', mode: 'lines', x: [1, 2], y: [3, 4] }],
  layout: { title: { text: 'A title', subtitle: { text: 'below it' } } },
  config: { responsive: true },
};

describe('showFigure', () => {
  it('gives the figure for Plotly, the picture, and its title', () => {
    const bundle = bundleOf(showFigure(figure));
    expect(bundle['application/vnd.plotly.v1+json']).toEqual(figure);
    expect(bundle['image/svg+xml']).toMatch(/^<svg .*width="820"/s);
    expect(bundle['text/plain']).toBe('A title');
    expect(bundleOf(showFigure({ ...figure, layout: {} }))['text/plain']).toBe('figure');
  });

  it('names parts of different pictures differently, and those of the same picture alike', () => {
    const svg = (of: typeof figure): unknown => bundleOf(showFigure(of))['image/svg+xml'];
    const id = (text: unknown): string | undefined => /id="(f[0-9a-f]{8})/.exec(String(text))?.[1];
    const other = { ...figure, data: [{ ...figure.data[0], y: [4, 3] }] };
    expect(id(svg(figure))).toBeDefined();
    expect(svg(figure)).toBe(svg(figure));
    expect(id(svg(other))).not.toBe(id(svg(figure)));
  });

  it('takes the options of the picture, and refuses what the picture cannot hold', () => {
    const bundle = bundleOf(showFigure(figure, { width: 400, description: 'Two points' }));
    expect(bundle['image/svg+xml']).toContain('width="400"');
    expect(bundle['text/plain']).toBe('Two points');
    expect(() => showFigure({ ...figure, data: [{ type: 'pie' }] })).toThrow(IsoflopError);
  });
});

describe('showTable', () => {
  it('aligns numbers to the right, also where one is missing', () => {
    const rows = [
      ['a|b', 1.5, '± 2%', 'none'],
      ['c', 10, '± 10%', '3 to 4'],
    ];
    const bundle = bundleOf(showTable(['law', 'E', 'error', 'interval'], rows));
    expect(String(bundle['text/markdown']).split('\n')).toEqual([
      '| law | E | error | interval |',
      '| --- | ---: | ---: | ---: |',
      '| a\\|b | 1.5 | ± 2% | none |',
      '| c | 10 | ± 10% | 3 to 4 |',
    ]);
    expect(String(bundle['text/plain']).split('\n')).toEqual([
      'law    E  error  interval',
      'a|b  1.5   ± 2%      none',
      'c     10  ± 10%    3 to 4',
    ]);
  });
});

describe('showList', () => {
  it('has an item for each line, without markup from its text', () => {
    const bundle = bundleOf(showList(['N* and D*', 'loss < 3']));
    expect(bundle['text/markdown']).toBe('- N\\* and D\\*\n- loss &lt; 3');
    expect(bundle['text/plain']).toBe('N* and D*\nloss < 3');
  });
});
