import { describe, expect, it } from 'vitest';
import type { Fit } from '../../../src/fit/result.ts';
import { buildFigures, figureSvg, type Figure, type PlainObject } from '../../../src/plots/index.ts';
import { elementsOf, parseMarkup, type MarkupNode } from '../../helpers/markup.ts';
import { bootstrappedFit, chinchillaFit, flopsFit, publishedFit, wholeFit } from '../exampleFit.ts';
import { errorOf } from '../traces.ts';

const figureOf = (data: PlainObject[], layout: PlainObject = {}): Figure => ({ data, layout, config: {} });
const draw = (data: PlainObject[], layout: PlainObject = {}): MarkupNode =>
  parseMarkup(figureSvg(figureOf(data, layout), { width: 500, height: 400 }));
const numbersIn = (node: MarkupNode, ...names: string[]): number[] =>
  names.map((name) => Number(node.attributes[name]));

describe('every registered figure', async () => {
  const fits: [string, Fit][] = [
    ['runs', chinchillaFit()],
    ['runs and a bootstrap', bootstrappedFit()],
    ['one input', flopsFit()],
    ['published coefficients', publishedFit()],
    ['learning curves', await wholeFit()],
  ];
  const cases = fits.flatMap(([what, fit]) =>
    buildFigures(fit, { maxPoints: 5000 }).flatMap(({ definition, figure }) =>
      figure === null ? [] : [[`${definition.id} of ${what}`, figure] as const],
    ),
  );

  it.each(cases)('%s is well-formed, whole and of plain numbers', (_, figure) => {
    const text = figureSvg(figure, { width: 520, height: 400, id: 'a' });
    const svg = parseMarkup(text);
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
    const names = (figure.data as readonly { name: string; showlegend?: boolean; type: string }[])
      .filter((trace) => trace.showlegend !== false && trace.type !== 'contour')
      .map((trace) => trace.name);
    // A single trace needs no legend.
    if (names.length > 1) for (const name of names) expect(svg.text).toContain(name);
    const axes = Object.entries(figure.layout).filter(([name]) => /^[xy]axis/.test(name));
    for (const [, axis] of axes) {
      const title = (axis as { title?: { text: string } }).title?.text ?? '';
      for (const word of title.split(' ')) expect(svg.text).toContain(word);
    }
    expect(elementsOf(svg, 'title')[0].text.length).toBeGreaterThan(5);
  });

  it('draws each run once', () => {
    const [frontier] = buildFigures(chinchillaFit());
    const svg = parseMarkup(figureSvg(frontier.figure ?? figureOf([])));
    // 45 runs, three milestones, and one in the legend.
    expect(elementsOf(svg, 'circle')).toHaveLength(45 + 3 + 1);
  });
});

describe('positions', () => {
  const log = { type: 'log', range: [0, 2], tickvals: [1, 10, 100], ticktext: ['1', '10', '100'] };

  it('are even in the logarithm, and rise upwards', () => {
    const svg = draw([{ type: 'scatter', mode: 'markers', x: [1, 10, 100], y: [1, 10, 100] }], {
      xaxis: log,
      yaxis: log,
    });
    const centers = elementsOf(svg, 'circle').map((circle) => numbersIn(circle, 'cx', 'cy'));
    const [clip] = elementsOf(elementsOf(svg, 'clipPath')[0], 'rect');
    const [left, top, width, height] = numbersIn(clip, 'x', 'y', 'width', 'height');
    for (const [k, [x, y]] of centers.entries()) {
      expect(x).toBeCloseTo(left + (k / 2) * width, 0);
      expect(y).toBeCloseTo(top + height - (k / 2) * height, 0);
    }
  });

  it('put labels under their ticks', () => {
    const svg = draw([{ type: 'scatter', mode: 'markers', x: [1, 10, 100], y: [1, 10, 100] }], {
      xaxis: log,
      yaxis: log,
    });
    const centers = elementsOf(svg, 'circle').map((circle) => circle.attributes.cx);
    const labels = elementsOf(svg, 'text').filter((text) => text.attributes['text-anchor'] === 'middle');
    expect(labels.map((label) => [label.text, label.attributes.x])).toEqual([
      ['1', centers[0]],
      ['10', centers[1]],
      ['100', centers[2]],
    ]);
  });

  it('find a range, ticks and categories where the layout gives none', () => {
    const svg = draw([{ mode: 'markers', x: ['a', 'b', 'c'], y: [0, 5, 10] }]);
    const xs = elementsOf(svg, 'circle').map((circle) => Number(circle.attributes.cx));
    expect(xs[1] - xs[0]).toBeCloseTo(xs[2] - xs[1], 0);
    const labels = elementsOf(svg, 'text').map(({ text }) => text);
    for (const label of ['a', 'b', 'c', '0', '10']) expect(labels).toContain(label);
  });

  it('keep two panels apart', () => {
    const svg = draw(
      [
        { mode: 'markers', x: [1], y: [1], name: 'one' },
        { mode: 'markers', x: [1], y: [1], xaxis: 'x2', yaxis: 'y2', name: 'two' },
      ],
      {
        showlegend: false,
        xaxis: { range: [0, 2], domain: [0, 0.4] },
        xaxis2: { range: [0, 2], domain: [0.6, 1], anchor: 'y2' },
        yaxis: { range: [0, 2] },
        yaxis2: { range: [0, 2], anchor: 'x2' },
      },
    );
    const frames = elementsOf(svg, 'clipPath').map((clip) => numbersIn(elementsOf(clip, 'rect')[0], 'x', 'width'));
    const xs = elementsOf(svg, 'circle').map((circle) => Number(circle.attributes.cx));
    expect(xs.map((x, k) => (x - frames[k][0]) / frames[k][1])).toEqual([
      expect.closeTo(0.5, 2),
      expect.closeTo(0.5, 2),
    ]);
    expect(frames[0][0] + frames[0][1]).toBeLessThan(frames[1][0]);
  });

  it('leave out tick labels that would touch', () => {
    const values = Array.from({ length: 30 }, (_, k) => k);
    const axis = { range: [0, 29], tickvals: values, ticktext: values.map((k) => `label ${String(k)}`) };
    const svg = draw([{ mode: 'markers', x: [1], y: [1] }], { xaxis: axis, yaxis: { range: [0, 2] } });
    const xs = elementsOf(svg, 'text')
      .filter(({ text }) => text.startsWith('label'))
      .map((text) => Number(text.attributes.x));
    expect(xs.length).toBeGreaterThan(3);
    for (let k = 1; k < xs.length; k++) expect(xs[k] - xs[k - 1]).toBeGreaterThan(45);
  });
});

describe('traces', () => {
  const plain = { xaxis: { range: [0, 10] }, yaxis: { range: [0, 10] } };
  const frameOf = (svg: MarkupNode): number[] =>
    numbersIn(elementsOf(elementsOf(svg, 'clipPath')[0], 'rect')[0], 'x', 'y', 'width', 'height');

  it('break a line where a point is missing', () => {
    const svg = draw([{ mode: 'lines', x: [1, 2, null, 3, 4], y: [1, 2, null, 3, 4] }], plain);
    const [path] = elementsOf(svg, 'path');
    expect(path.attributes.d.match(/M/g)).toHaveLength(2);
  });

  it('close a band upon the trace before it', () => {
    const svg = draw(
      [
        { mode: 'lines', x: [0, 10], y: [2, 2], line: { width: 0 } },
        {
          mode: 'lines',
          x: [0, 10],
          y: [8, 8],
          line: { width: 0 },
          fill: 'tonexty',
          fillcolor: 'rgba(213, 94, 0, 0.16)',
        },
      ],
      { ...plain, showlegend: false },
    );
    const [left, top, width, height] = frameOf(svg);
    const [band] = elementsOf(svg, 'path');
    expect(band.attributes['fill-opacity']).toBe('0.16');
    const points = [...band.attributes.d.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    const at = (share: number): number => top + height * share;
    expect(points).toEqual([
      [expect.closeTo(left, 0), expect.closeTo(at(0.2), 0)],
      [expect.closeTo(left + width, 0), expect.closeTo(at(0.2), 0)],
      [expect.closeTo(left + width, 0), expect.closeTo(at(0.8), 0)],
      [expect.closeTo(left, 0), expect.closeTo(at(0.8), 0)],
    ]);
  });

  it('reach with error bars as far as the errors', () => {
    const svg = draw([{ mode: 'markers', x: [5], y: [5], error_y: { array: [2], arrayminus: [1] } }], plain);
    const [, top, , height] = frameOf(svg);
    const [bars] = elementsOf(svg, 'path');
    const ys = [...bars.attributes.d.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    expect(Math.min(...ys)).toBeCloseTo(top + 0.3 * height, 0);
    expect(Math.max(...ys)).toBeCloseTo(top + 0.6 * height, 0);
  });

  it('color markers by their scale', () => {
    const marker = {
      color: [0, 5, 10],
      colorscale: [
        [0, '#000000'],
        [1, '#ffffff'],
      ],
      colorbar: { title: { text: 'Heat' } },
    };
    const svg = draw([{ mode: 'markers', x: [1, 2, 3], y: [1, 2, 3], marker }], plain);
    const fills = elementsOf(svg, 'g')
      .map((g) => g.attributes.fill)
      .filter(Boolean);
    expect(fills.slice(0, 3)).toEqual(['#000000', '#808080', '#ffffff']);
    expect(svg.text).toContain('Heat');
  });

  it('shade a plane so that each shade covers its share of it', () => {
    const centers = Array.from({ length: 11 }, (_, k) => k);
    const contour = {
      type: 'contour',
      x: centers,
      y: centers,
      z: centers.map((y) => centers.map((x) => (x + y) / 20)),
      zmin: 0,
      zmax: 1,
      contours: { coloring: 'heatmap' },
      line: { width: 0 },
      colorscale: [
        [0, '#000000'],
        [1, '#ffffff'],
      ],
      showscale: false,
    };
    const svg = draw([contour], plain);
    const [, , width, height] = frameOf(svg);
    const shares = elementsOf(svg, 'path').map(({ attributes: { d } }) => areaOf(d) / (width * height));
    // Above x + y = 20 t lies 1 - 2 t^2 of the square, or 2 (1 - t)^2 of it.
    for (const [k, share] of shares.entries()) {
      const t = k / shares.length;
      expect(share).toBeCloseTo(t <= 0.5 ? 1 - 2 * t * t : 2 * (1 - t) ** 2, 2);
    }
  });

  it('draw tables of cells with their texts, dark on light and light on dark', () => {
    const table = {
      type: 'heatmap',
      x: ['4 models', '8 models'],
      y: ['10%', '20%'],
      z: [
        [0, 1],
        [null, 0.5],
      ],
      text: [
        ['0.1', '0.2'],
        ['', '<b>'],
      ],
      texttemplate: '%{text}',
      colorscale: [
        [0, '#000000'],
        [1, '#ffffff'],
      ],
      showscale: false,
    };
    const svg = draw([table]);
    const cells = elementsOf(elementsOf(svg, 'g')[0], 'rect');
    expect(cells.map((cell) => cell.attributes.fill)).toEqual(['#000000', '#ffffff', '#808080']);
    const texts = elementsOf(elementsOf(svg, 'g')[0], 'text');
    expect(texts.map(({ text, attributes }) => [text, attributes.fill])).toEqual([
      ['0.1', '#FFFFFF'],
      ['0.2', '#222222'],
      ['', '#FFFFFF'],
    ]);
  });

  it.each([
    ['a trace of type "bar"', { type: 'bar' }, {}],
    ['the marker symbol "hexagon"', { mode: 'markers', x: [1], y: [1], marker: { symbol: 'hexagon' } }, {}],
    ['the line shape "spline"', { mode: 'lines', x: [1], y: [1], line: { shape: 'spline' } }, {}],
    ['the fill "tonext"', { mode: 'lines', x: [1], y: [1], fill: 'tonext' }, {}],
    ['the dash "5px"', { mode: 'lines', x: [1], y: [1], line: { dash: '5px' } }, {}],
    ['the color "tomato"', { mode: 'lines', x: [1], y: [1], line: { color: 'tomato' } }, {}],
    ['contours colored by "fill"', { type: 'contour', z: [[1]], showscale: false }, {}],
    ['an axis of type "date"', { mode: 'lines', x: [1], y: [1] }, { xaxis: { type: 'date' } }],
    [
      'a shape of type "circle"',
      { mode: 'lines', x: [1], y: [1] },
      { shapes: [{ type: 'circle', x0: 0, x1: 1, y0: 0, y1: 1 }] },
    ],
  ])('refuse what they cannot draw: %s', (what, trace, layout) => {
    expect(errorOf(() => draw([trace], layout))).toMatchObject({
      code: 'FIGURE_UNSUPPORTED',
      message: expect.stringContaining(what) as string,
    });
  });
});

describe('texts', () => {
  const evil = '<script>alert("x")</script> & <b>bold</b>';

  it('are never markup, wherever they stand', () => {
    const svg = draw(
      [{ mode: 'markers+text', name: evil, x: [1, 2], y: [1, 2], text: [evil, evil], showlegend: true }],
      {
        title: { text: evil, subtitle: { text: evil } },
        xaxis: { title: { text: evil }, tickvals: [1], ticktext: [evil], range: [0, 3] },
        annotations: [{ x: 1, y: 1, text: evil, showarrow: false }],
      },
    );
    expect(elementsOf(svg, 'script')).toEqual([]);
    expect(svg.text).toContain('<script>alert("x")</script> & bold');
    expect(elementsOf(svg, 'tspan').some((span) => span.attributes['font-weight'] === 'bold')).toBe(true);
  });

  it('break into lines where the picture is narrow', () => {
    const words = Array.from({ length: 40 }, (_, k) => `word${String(k)}`);
    const svg = draw([{ mode: 'markers', x: [1], y: [1] }], { title: { text: words.join(' ') } });
    const lines = elementsOf(svg, 'text').filter(({ text }) => text.startsWith('word'));
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.map(({ text }) => text.trim()).join(' ')).toBe(words.join(' '));
  });

  it('describe the picture to those who cannot see it', () => {
    const svg = parseMarkup(
      figureSvg(figureOf([], { title: { text: 'Loss of C<sup>2</sup>' } }), { id: 'f', description: 'Dots.' }),
    );
    const [root] = elementsOf(svg, 'svg');
    expect(root.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'f-title f-desc' });
    expect(elementsOf(svg, 'title')[0]).toMatchObject({ text: 'Loss of C2', attributes: { id: 'f-title' } });
  });
});

/** Area of the region that a path of straight lines encloses, by the shoelace formula over its rings. */
function areaOf(path: string): number {
  return Math.abs(
    path
      .split('Z')
      .filter((ring) => ring !== '')
      .map((ring) => [...ring.matchAll(/([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]))
      .map((ring) =>
        ring.reduce((sum, [x, y], k) => {
          const [nextX, nextY] = ring[(k + 1) % ring.length];
          return sum + (x * nextY - nextX * y) / 2;
        }, 0),
      )
      .reduce((sum, area) => sum + area, 0),
  );
}
