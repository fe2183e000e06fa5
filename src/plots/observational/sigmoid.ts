import { capabilitiesOf } from '../../observational/capabilities.ts';
import type { ObservedTask } from '../../observational/observation.ts';
import { roundPercent } from '../../core/percent.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { linearAxis, padLinear } from '../axis.ts';
import { plain, type Figure, type PlainObject } from '../figure.ts';
import { extent } from '../plane.ts';
import { escapeText } from '../points.ts';
import { baseConfig, baseLayout, palette } from '../theme.ts';

/** The task against what the sigmoid takes, with the models it was learnt from and those held out. */
export function sigmoidFigure({ name, model, holdout }: ObservedTask): Figure {
  const { table, capabilities, sigmoid, components } = model;
  const p = table.benchmarks.length;
  const argument = (row: number): number => {
    const s = capabilitiesOf(capabilities, table.scores.subarray(row * p, row * p + p));
    return sigmoid.weights.reduce((sum, w, k) => sum + w * s[k], sigmoid.offset);
  };
  const scored = (rows: readonly number[]): number[] =>
    rows.filter((row) => !Number.isNaN(table.observed[row]) && Number.isFinite(argument(row)));
  const train = scored(model.rows);
  const held = holdout?.heldOut ?? [];
  const places = [...train, ...held.map(({ row }) => row)].map(argument);
  const range = padLinear(extent(places), 0.05);
  const steps = Array.from({ length: 121 }, (_, k) => range[0] + ((range[1] - range[0]) * k) / 120);
  const curve = steps.map((u) => sigmoid.floor + (1 - sigmoid.floor) / (1 + Math.exp(-u)));
  const points = (rows: readonly number[], rest: PlainObject): PlainObject => ({
    type: 'scatter',
    mode: 'markers',
    x: plain(rows.map(argument)),
    y: plain(rows.map((row) => table.observed[row])),
    text: rows.map(
      (row) => `<b>${escapeText(table.models[row])}</b><br>${escapeText(name)} ${table.observed[row].toFixed(3)}`,
    ),
    hovertemplate: '%{text}<extra></extra>',
    ...rest,
  });
  const intervals = held.flatMap(({ row, intervals: { capabilities: interval } }) =>
    interval === null ? [] : [{ at: argument(row), interval }],
  );
  const own = holdout?.errors.find(({ way }) => way === 'capabilities');
  const level = roundPercent(holdout?.confidence ?? 0.95, 4);
  const title =
    own === undefined || own.models === 0
      ? `${escapeText(name)} as a sigmoid of ${String(components)} capabilities`
      : `${escapeText(name)} of ${String(own.models)} held-out models: predictions are off by ${own.meanAbsolute.toFixed(3)} on average`;
  const subtitle =
    holdout === null
      ? `${String(train.length)} models  |  standard deviation about the curve ${sigmoid.noise.toFixed(3)}`
      : `Learnt from ${String(holdout.train)} models up to ${formatQuantity(holdout.cutoff)} FLOP  |  ${level} intervals held ${own?.coverage == null ? 'none' : roundPercent(own.coverage, 3)}`;
  return {
    data: [
      ...(intervals.length === 0
        ? []
        : [
            {
              type: 'scatter',
              mode: 'lines',
              name: `${level} interval of a held-out model`,
              // A gap after each keeps the intervals apart.
              x: intervals.flatMap(({ at }) => [...plain([at, at]), null]),
              y: intervals.flatMap(({ interval }) => [...plain(interval), null]),
              line: { color: palette.faint, width: 1.5 },
              hoverinfo: 'skip',
            },
          ]),
      {
        type: 'scatter',
        mode: 'lines',
        name: 'Sigmoid',
        x: plain(steps),
        y: plain(curve),
        line: { color: palette.law, width: 2.5 },
        hoverinfo: 'skip',
      },
      points(train, {
        name: holdout === null ? 'Models' : 'Below the cutoff',
        marker: { size: 7, color: palette.data, symbol: 'circle', line: { width: 0.5, color: palette.paper } },
      }),
      ...(held.length === 0
        ? []
        : [
            points(
              held.map(({ row }) => row),
              {
                name: 'Held out',
                marker: { size: 8, color: palette.ink, symbol: 'diamond', line: { width: 0.5, color: palette.paper } },
              },
            ),
          ]),
    ],
    layout: baseLayout({
      title,
      subtitle,
      rest: {
        xaxis: linearAxis({ quantity: 'argument', range, title: 'w · S + w₀ of the capabilities S (logits)' }),
        yaxis: linearAxis({
          quantity: 'score',
          range: [
            -0.02,
            Math.min(
              1,
              Math.max(
                ...curve,
                ...train.map((row) => table.observed[row]),
                ...held.map(({ observed }) => observed),
                ...intervals.map(({ interval }) => interval[1]),
              ) + 0.03,
            ),
          ],
          title: `${escapeText(name)} (share of right answers)`,
        }),
      },
    }),
    config: baseConfig,
  };
}
