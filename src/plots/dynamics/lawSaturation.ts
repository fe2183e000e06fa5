import { linearAxis, logAxis, padLinear, padRange } from '../axis.ts';
import type { Figure } from '../figure.ts';
import { coursesFigure } from './courses.ts';

/** How a small size compares with the law of the larger ones. */
export interface SaturationPoint {
  readonly family: string;
  readonly params: number;
  readonly final: number;
  readonly best: number;
}

/** How far each small size ends above the law of the larger ones, at its last and at its best evaluation. */
export function lawSaturationFigure(points: readonly SaturationPoint[]): Figure {
  const params = points.map((point) => point.params);
  const percent = (value: number): number => 100 * value;
  const worst = points.reduce((one, other) => (other.final > one.final ? other : one));
  return coursesFigure(
    [
      { name: 'Last evaluation', x: params, y: points.map(({ final }) => percent(final)) },
      { name: 'Best evaluation', x: params, y: points.map(({ best }) => percent(best)) },
    ],
    {
      title: 'Small models against the law of the larger ones',
      subtitle: `loss above the Chinchilla law fitted to all larger sizes, mean over runs · at most ${percent(worst.final).toFixed(1)}% at the end`,
      xaxis: (range) => logAxis({ quantity: 'params', range: padRange(range, 0.1) }),
      yaxis: ([low, high]) =>
        linearAxis({
          quantity: 'deviation',
          range: padLinear([Math.min(0, low), Math.max(0, high)], 0.08),
          title: 'Loss above the law (%)',
        }),
      threshold: { y: 0, text: 'the law' },
      hover: { x: 'parameters', y: '%' },
    },
  );
}
