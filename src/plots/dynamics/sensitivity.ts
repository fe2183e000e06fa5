import { formatQuantity } from '../../core/quantity.ts';
import { linearAxis, logAxis, padLinear, padRange } from '../axis.ts';
import type { Figure } from '../figure.ts';
import { coursesFigure, sizePlaces } from './courses.ts';

/** Final losses of one model over learning rates. */
export interface RateLine {
  readonly family: string;
  readonly params: number;
  readonly tokens: number;
  readonly batch: number;
  readonly rates: readonly number[];
  readonly losses: readonly (number | null)[];
  readonly startLoss: number;
  readonly sensitivity: number;
}

/** Final loss over the learning rate, a line a model; a run that diverged counts as untrained. */
export function sensitivityFigure(lines: readonly RateLine[]): Figure {
  const place = sizePlaces(lines.map(({ params }) => params));
  const families = new Set(lines.map(({ family }) => family));
  const worst = lines.reduce((one, other) => (other.sensitivity > one.sensitivity ? other : one));
  const print = (value: number): string => value.toPrecision(3);
  return coursesFigure(
    lines.map(({ family, params, tokens, batch, rates, losses, startLoss }) => ({
      name: `${formatQuantity(params)} on ${formatQuantity(tokens)}, batch ${String(batch)}${families.size > 1 ? `, ${family}` : ''}`,
      x: rates,
      y: losses.map((loss) => loss ?? startLoss),
      ...(families.size > 1 ? {} : { place: place(params) }),
    })),
    {
      title: 'Final loss over the learning rate',
      subtitle: `sensitivity (mean loss above the best of the grid) is largest for ${formatQuantity(worst.params)}: ${print(worst.sensitivity)} nats a token · a run that diverged counts as untrained`,
      xaxis: (range) => logAxis({ quantity: 'rate', range: padRange(range), title: 'Peak learning rate' }),
      yaxis: (range) => linearAxis({ quantity: 'loss', range: padLinear(range, 0.06) }),
      hover: { x: 'rate', y: 'loss' },
    },
  );
}
