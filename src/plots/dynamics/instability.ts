import { formatQuantity } from '../../core/quantity.ts';
import { logAxis, logSpace, padRange } from '../axis.ts';
import type { Figure } from '../figure.ts';
import { coursesFigure } from './courses.ts';

/** A quantity over sizes at one learning rate, and the parabola through it. */
export interface GrowthLine {
  readonly quantity: 'max_attention_logit' | 'gradient_rms';
  readonly family: string;
  readonly rate: number;
  readonly params: readonly number[];
  readonly values: readonly number[];
  readonly coefficients: readonly [number, number, number];
  readonly threshold: number;
  readonly unstableFrom: number | null;
}

const titles = {
  max_attention_logit: {
    title: 'Largest attention logit over model size',
    axis: 'Largest attention logit',
    side: 'above',
  },
  gradient_rms: { title: 'Gradient over model size', axis: 'Root mean square of the gradient', side: 'below' },
} as const;
const samples = 61;
/** The parabola is drawn so far beyond the largest size. */
const reach = 100;

/**
 * The largest attention logit, or the gradient, over model size at each learning rate, extrapolated, with the value from
 * which training is expected to break down.
 *
 * @param lines - all of the same quantity
 */
export function instabilityFigure(lines: readonly GrowthLine[]): Figure {
  const [{ quantity, threshold }] = lines;
  const { title, axis, side } = titles[quantity];
  const families = new Set(lines.map(({ family }) => family));
  const first = lines
    .filter(({ unstableFrom }) => unstableFrom !== null)
    .sort((a, b) => (a.unstableFrom ?? 0) - (b.unstableFrom ?? 0))
    .at(0);
  const outlook =
    first === undefined
      ? 'no instability within a million times the largest size'
      : `reaches it first at rate ${String(first.rate)}: from ${formatQuantity(first.unstableFrom ?? NaN)} parameters`;
  const longest = Math.max(...lines.flatMap(({ params }) => params));
  return coursesFigure(
    lines.flatMap(({ family, rate, params, values, coefficients: [c0, c1, c2], unstableFrom }) => {
      const name = `rate ${String(rate)}${families.size > 1 ? `, ${family}` : ''}`;
      const end = Math.min(reach * longest, Math.max(2 * longest, unstableFrom ?? 0));
      const x = Array.from(logSpace(params[0], end, samples));
      const y = x.map((size) => 10 ** (c0 + c1 * Math.log10(size) + c2 * Math.log10(size) ** 2));
      return [
        { name, group: name, x: params, y: values },
        { name: `${name}, extrapolated`, group: name, x, y, isLaw: true },
      ];
    }),
    {
      title,
      subtitle: `dashed: parabola in log N · ${outlook}`,
      xaxis: (range) => logAxis({ quantity: 'params', range: padRange(range) }),
      yaxis: (range) => logAxis({ quantity: 'value', range: padRange(range), title: axis }),
      threshold: { y: threshold, text: `unstable ${side} ${threshold.toExponential(0)}` },
      hover: { x: 'parameters', y: 'value' },
    },
  );
}
