import { formatQuantity } from '../core/quantity.ts';
import type { Plan, ShapeChoice } from '../plan/budget/plan.ts';
import { formatTime } from '../plan/budget/units.ts';
import { formatNumber } from './formula.ts';
import { alignColumns, createPaint, wrapText } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

type Pair = readonly [number, number];
type Rows = (readonly [string, string])[];

const count = (value: number): string => formatQuantity(value);
const lossText = (value: number): string => value.toFixed(4);
const between = (pair: Pair | null, format: (value: number) => string): string =>
  pair === null ? '' : ` [${format(pair[0])}, ${format(pair[1])}]`;

const units = { flops: 'FLOP', acceleratorHours: 'accelerator hours', money: 'money' } as const;

/**
 * A plan as people read it: what to train, what it reaches and costs, which limits bind, how wide the choice is, and what it
 * costs to be wrong.
 *
 * @example
 * ```ts
 * formatPlan(planRun(fit, { flops: 5.76e23 })).split('\n')[0]; // 'Least loss within the limits'
 * ```
 */
export function formatPlan(plan: Plan, options: TextOptions = {}): string {
  const paint = createPaint(options.color ?? false);
  const width = options.width ?? 100;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      plan.goal === 'loss'
        ? 'Least loss within the limits'
        : `Least cost of a loss of ${formatNumber(plan.targetLoss ?? NaN)}`,
      table(runRows(plan)),
    ],
    ['Cost', table(costRows(plan))],
    ['Limits', limitLines(plan)],
    ['How much the choice of size matters', nearLines(plan, width)],
    [`If the coefficients are wrong (${formatPercent(plan.confidence)} interval)`, wrongLines(plan, width)],
    ['Shapes', shapeLines(plan.shapes)],
  ];
  const warnings =
    plan.warnings.length === 0 ? [] : ['', paint.bold('Warnings'), ...warningLines(plan.warnings, { paint, width })];
  const lines = sections.flatMap(([heading, body], k) =>
    body.length === 0 ? [] : [...(k === 0 ? [] : ['']), paint.bold(heading), ...body],
  );
  return [...lines, ...warnings].join('\n');
}

const table = (rows: Rows): string[] =>
  alignColumns(
    rows.map(([name, value]) => [`  ${name}`, value]),
    ['left', 'left'],
  );

function runRows(plan: Plan): Rows {
  const { params, tokens, epochs, batch, learningRate, calibrated } = plan;
  const rows: Rows = [
    ['params', count(params)],
    ['tokens', `${count(tokens)} (${formatNumber(plan.tokensPerParam, 3)} for each parameter)`],
  ];
  if (epochs !== null) rows.push(['epochs', formatNumber(epochs, 3)]);
  rows.push(['loss', `${lossText(plan.loss)}${between(plan.interval, lossText)}`]);
  if (calibrated !== null)
    rows.push([
      'calibrated loss',
      `${lossText(calibrated.loss)}${between(calibrated.newRun, lossText)} for the run itself`,
    ]);
  const worth =
    batch.worth < 0.9995 ? `; a token is worth ${formatPercent(batch.worth)} of one at ${count(batch.best)}` : '';
  rows.push(
    [
      'batch',
      `${count(batch.tokens)} tokens (critical ${count(batch.critical)})${between(batch.interval, count)}${worth}`,
    ],
    [
      'learning rate',
      `${formatNumber(learningRate.value, 3)}${between(learningRate.interval, (x) => formatNumber(x, 3))}`,
    ],
    ['steps', count(plan.steps)],
  );
  return rows;
}

function costRows({ cost, time, unlimited, loss, goal, params }: Plan): Rows {
  const rows: Rows = [['training', `${count(cost.trainingFlops)} FLOP`]];
  if (cost.inferenceFlops > 0) rows.push(['serving', `${count(cost.inferenceFlops)} FLOP`]);
  if (cost.acceleratorHours !== null) rows.push(['accelerator hours', count(cost.acceleratorHours)]);
  if (cost.money !== null) rows.push(['money', count(cost.money)]);
  if (time !== null)
    rows.push(['wall clock', `${formatTime(time.seconds)} on ${count(Math.ceil(time.accelerators))} accelerators`]);
  if (unlimited !== null && Math.abs(Math.log(unlimited.params / params)) > 1e-3)
    rows.push([
      'for comparison',
      goal === 'loss'
        ? `compute-optimal with this training compute: ${count(unlimited.params)} params, ${count(unlimited.tokens)} tokens, loss ${lossText(unlimited.loss)} (${signed(unlimited.loss - loss)})`
        : `cheapest training to this loss: ${count(unlimited.params)} params, ${count(unlimited.tokens)} tokens, ${count(unlimited.cost.flops)} FLOP in all`,
    ]);
  return rows;
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;

function limitLines({ limits }: Plan): string[] {
  return alignColumns(
    limits.map(({ title, text, isBinding, used, limit }) => [
      `  ${title}`,
      text,
      isBinding ? 'binds' : `${formatPercent(used / limit)} used`,
    ]),
    ['left', 'left', 'left'],
  );
}

function nearLines({ nearOptimal, goal, currency }: Plan, width: number): string[] {
  const { within, params, tokens, isLimited, values } = nearOptimal;
  const what = goal === 'loss' ? 'loss' : `cost in ${units[currency]}`;
  const show = goal === 'loss' ? lossText : count;
  const ends = ([0, 1] as const)
    .filter((k) => isLimited[k])
    .map((k) => `the ${k === 0 ? 'smallest' : 'largest'} is that of a limit`);
  return wrapText(
    `Sizes from ${count(params[0])} (${count(tokens[0])} tokens, ${show(values[0])}) to ${count(params[1])} (${count(tokens[1])} tokens, ${show(values[1])}) are within ${formatPercent(within)} of the best ${what}${ends.length === 0 ? '' : `; ${ends.join(', ')}`}.`,
    width,
    '  ',
  );
}

function wrongLines({ wrong, wrongMissing, currency, confidence }: Plan, width: number): string[] {
  if (wrong === null) return wrapText(`What that costs is not known: ${wrongMissing ?? 'no draws'}.`, width, '  ');
  const [low, high] = wrong.params;
  const rows = wrong.ends.map((end, k) => [
    `  if ${count(wrong.params[k])} were best`,
    `${lossText(end.loss)} instead of ${lossText(end.bestLoss)}`,
    `loses ${end.lossLost.toFixed(4)}`,
    end.costLost === null ? '' : `wastes ${count(end.costLost)} ${units[currency]}`,
  ]);
  const spread =
    high / low < 1.001
      ? 'The best size is that of a limit, whatever the coefficients are.'
      : `The best size lies between ${count(low)} and ${count(high)}. Followed all the same, the plan loses ${wrong.lossLost.mean.toFixed(4)} in the mean, and less than ${wrong.lossLost.most.toFixed(4)} in ${formatPercent(confidence)} of the cases.`;
  return [
    ...wrapText(spread, width, '  '),
    ...(high / low < 1.001 ? [] : alignColumns(rows, ['left', 'left', 'left', 'left'])),
  ];
}

function shapeLines(shapes: readonly ShapeChoice[]): string[] {
  if (shapes.length === 0) return [];
  const rows = shapes.map(({ shape, params, deviation, tokens, loss, flopsRatio }) => [
    `  ${String(shape.layers)}`,
    String(shape.width),
    String(shape.heads),
    String(shape.keyValueHeads ?? shape.heads),
    String(shape.feedForwardWidth),
    formatQuantity(params, 4),
    `${deviation < 0 ? '' : '+'}${(100 * deviation).toFixed(2)}%`,
    count(tokens),
    lossText(loss),
    flopsRatio.toFixed(3),
  ]);
  const header = [
    '  layers',
    'width',
    'heads',
    'KV heads',
    'feed-forward',
    'params',
    'off by',
    'tokens',
    'loss',
    'FLOP / kND',
  ];
  return alignColumns(
    [header, ...rows],
    header.map(() => 'left'),
  );
}
