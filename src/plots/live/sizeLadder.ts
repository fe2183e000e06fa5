import { roundPercent } from '../../core/percent.ts';
import { chinchilla } from '../../laws/chinchilla.ts';
import { evaluateLaw } from '../../laws/law.ts';
import { linearAxis, logAxis, logSpace, padLinear, padRange, quantityStyle } from '../axis.ts';
import { sizePlaces } from '../dynamics/courses.ts';
import { plain, type Figure, type PlainObject } from '../figure.ts';
import { extent } from '../plane.ts';
import { escapeText } from '../points.ts';
import { baseConfig, baseLayout, sequentialColor, series } from '../theme.ts';

/** A model and its tokens. */
interface Model {
  readonly params: number;
  readonly tokens: number;
}

interface LadderPoint extends Model {
  readonly loss: number;
}

/** Runs of one family, the law of those that have ended, and what it says of others. */
export interface LadderFamily {
  readonly family: string;
  readonly ended: readonly (LadderPoint & { readonly name: string })[];
  /** Coefficients of Chinchilla's law; null where there is none yet. */
  readonly law: Readonly<Record<string, number>> | null;
  readonly predictions: readonly (LadderPoint & { readonly interval: readonly [number, number] | null })[];
}

/** Budgets that have an entry in the legend; more could not be told apart. */
const mostEntries = 12;
/** Samples of a law along the sizes. */
const samples = 41;

const rough = (value: number): number => Number(value.toPrecision(2));

/** What runs are joined by: their tokens, or their tokens per parameter where these have fewer different values. */
interface Grouping {
  readonly of: (model: Model) => number;
  readonly label: (value: number) => string;
  /** Tokens of a size in a group that holds some points. */
  readonly tokens: (points: readonly Model[]) => (params: number) => number;
}

const byTokens: Grouping = {
  of: ({ tokens }) => rough(tokens),
  label: (value) => `${quantityStyle('tokens').format(value)} tokens`,
  tokens:
    ([{ tokens }]) =>
    () =>
      tokens,
};
const byRatio: Grouping = {
  of: ({ params, tokens }) => rough(tokens / params),
  label: (value) => `${quantityStyle('ratio').format(value)} tokens/param`,
  tokens:
    ([{ params, tokens }]) =>
    (size) =>
      (tokens / params) * size,
};

const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

/**
 * Loss of the ended runs over size, a colour a budget, with the law of them and what it predicts.
 *
 * @param planned - all runs there will be: colours and the axis of sizes are theirs, and stay while runs come in
 * @param confidence - of the intervals of predictions
 */
export function sizeLadder(families: readonly LadderFamily[], planned: readonly Model[], confidence: number): Figure {
  const all = families.flatMap(({ ended, predictions }): LadderPoint[] => [...ended, ...predictions]);
  const models: readonly Model[] = [...planned, ...all];
  const [tokens, ratios] = [byTokens, byRatio].map(({ of }) => distinct(models.map(of)));
  const [grouping, groups] = ratios.length < tokens.length ? [byRatio, ratios] : [byTokens, tokens];
  const place = sizePlaces(groups);
  const traces = families.flatMap((family, f) =>
    groups.flatMap((group) =>
      groupTraces(family, grouping, group, {
        color: sequentialColor(place(group)),
        symbol: series[f % series.length].symbol,
        dash: f === 0 ? 'dash' : series[f % series.length].dash,
        name: families.length > 1 ? `${grouping.label(group)}, ${escapeText(family.family)}` : grouping.label(group),
        showlegend: groups.length * families.length <= mostEntries,
      }),
    ),
  );
  const fitted = families.filter(({ law }) => law !== null).length;
  const ends = families.flatMap(({ predictions }) => predictions.flatMap(({ interval }) => interval ?? []));
  const isEmpty = all.length === 0;
  const law =
    fitted === 0
      ? 'no law yet'
      : `lines: Chinchilla's law fitted to them · open: predicted, with the ${roundPercent(confidence, 3)} interval of a run`;
  return {
    data: traces,
    layout: baseLayout({
      title: 'Loss over model size',
      subtitle: isEmpty ? 'no run has ended yet' : `points: ends of runs · ${law}`,
      rest: {
        xaxis: logAxis({
          quantity: 'params',
          range: padRange(models.length === 0 ? [1, 10] : extent(models.map(({ params }) => params))),
        }),
        yaxis: linearAxis({
          quantity: 'loss',
          range: padLinear(isEmpty ? [0, 1] : extent([...all.map(({ loss }) => loss), ...ends])),
        }),
      },
    }),
    config: baseConfig,
  };
}

interface Look {
  readonly color: string;
  readonly symbol: string;
  readonly dash: string;
  readonly name: string;
  readonly showlegend: boolean;
}

/** The ended runs, the law and the predictions of one group of a family. */
function groupTraces(
  { ended, law, predictions }: LadderFamily,
  grouping: Grouping,
  group: number,
  { color, symbol, dash, name, showlegend }: Look,
): PlainObject[] {
  const isIn = (point: LadderPoint): boolean => grouping.of(point) === group;
  const [own, predicted] = [ended.filter(isIn), predictions.filter(isIn)];
  const points = [...own, ...predicted];
  if (points.length === 0) return [];
  const shared = { type: 'scatter', legendgroup: name };
  const [low, high] = extent(points.map(({ params }) => params));
  const traces: PlainObject[] = [];
  if (law !== null && high > low) {
    const params = logSpace(low, high, samples);
    const loss = evaluateLaw(chinchilla, law, { params, tokens: params.map(grouping.tokens(points)) });
    traces.push({
      ...shared,
      mode: 'lines',
      name: `${name}, law`,
      x: plain(params),
      y: plain(loss),
      showlegend: false,
      line: { color, width: 1.6, dash },
      hoverinfo: 'skip',
    });
  }
  const marks = (of: readonly LadderPoint[], what: readonly string[]): PlainObject => ({
    ...shared,
    mode: 'markers',
    x: plain(of.map(({ params }) => params)),
    y: plain(of.map(({ loss }) => loss)),
    text: of.map(({ params, tokens }, k) => {
      const [size, budget] = [quantityStyle('params').format(params), quantityStyle('tokens').format(tokens)];
      return `<b>${what[k]}</b><br>N ${size}, D ${budget}`;
    }),
  });
  if (own.length > 0)
    traces.push({
      ...marks(
        own,
        own.map((run) => escapeText(run.name)),
      ),
      name,
      showlegend,
      hovertemplate: '%{text}<br>loss %{y:.4f}<extra></extra>',
      marker: { color, symbol, size: 8 },
    });
  if (predicted.length > 0) {
    const reach = (side: 0 | 1): (number | null)[] =>
      plain(predicted.map(({ loss, interval }) => (interval === null ? NaN : Math.abs(interval[side] - loss))));
    traces.push({
      ...marks(
        predicted,
        predicted.map(() => 'Predicted'),
      ),
      name: `${name}, predicted`,
      showlegend: showlegend && own.length === 0,
      hovertemplate: '%{text}<br>loss %{y:.4f} (+%{error_y.array:.4f} −%{error_y.arrayminus:.4f})<extra></extra>',
      marker: { color, symbol: `${symbol}-open`, size: 11, line: { color, width: 2 } },
      error_y: {
        type: 'data',
        symmetric: false,
        array: reach(1),
        arrayminus: reach(0),
        color,
        thickness: 1.6,
        width: 6,
      },
    });
  }
  return traces;
}
