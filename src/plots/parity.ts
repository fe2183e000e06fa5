import { IsoflopError } from '../core/errors.ts';
import { fixedPercent } from '../core/percent.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { linearAxis, logAxis, padLinear, padRange, quantityStyle } from './axis.ts';
import { defaultMaxPoints, plain, type Figure, type FigureDefinition, type FigureOptions } from './figure.ts';
import type { PlainObject } from './figure.ts';
import { extent } from './plane.ts';
import { pointsOf, subtitleOf } from './points.ts';
import { sizedTrace } from './sizedTrace.ts';
import { baseConfig, baseLayout, palette } from './theme.ts';

/** The line on which observed and predicted agree, and the band of the root mean square residual around it. */
function lineTraces([low, high]: readonly [number, number], rms: number, isLog: boolean, band: string): PlainObject[] {
  const off = (value: number, side: 1 | -1): number => (isLog ? value * Math.exp(side * rms) : value + side * rms);
  // Both are straight on these axes, so their ends say all.
  const ends = [low, high];
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name: band,
      x: plain([...ends, ...ends.toReversed()]),
      y: plain([...ends.map((end) => off(end, -1)), ...ends.toReversed().map((end) => off(end, 1))]),
      fill: 'toself',
      fillcolor: palette.band,
      line: { width: 0 },
      hoverinfo: 'skip',
    },
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Observed as predicted',
      x: plain(ends),
      y: plain(ends),
      line: { color: palette.law, width: 2 },
      hoverinfo: 'skip',
    },
  ];
}

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  const points = pointsOf(fit, law, options.maxPoints ?? defaultMaxPoints);
  const { loss: observed, predicted } = points;
  if (points.count === 0)
    throw new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'parity', reason: 'the fit holds no data' });
  const { name: response } = law.response;
  const isLog = fit.residualScale === 'log';
  const range = (isLog ? padRange : padLinear)(extent([...observed, ...predicted]));
  const style = quantityStyle(response, law);
  const size = isLog ? fixedPercent(fit.residualRms, 2) : style.format(fit.residualRms);
  const axis = (what: string): PlainObject => {
    const title = `${what} ${style.title.slice(0, 1).toLowerCase()}${style.title.slice(1)}`;
    return (isLog ? logAxis : linearAxis)({ quantity: response, range, law, title });
  };
  return {
    data: [...lineTraces(range, fit.residualRms, isLog, `Within ${size}`), sizedTrace(points, predicted, observed)],
    layout: baseLayout({
      title: `Observed ${response} is ${size} off the law (root mean square)`,
      subtitle: subtitleOf(fit, law, points.count, []),
      rest: { xaxis: axis('Predicted'), yaxis: axis('Observed') },
    }),
    config: baseConfig,
  };
}

/** What the law says each row should be against what it is: a good law leaves the points on the line at both ends. */
export const parity: FigureDefinition = {
  id: 'parity',
  title: 'Observed against predicted',
  description:
    'Observed against predicted value of every row, the line on which they agree, and the band of the root mean square residual around it.',
  build,
};
