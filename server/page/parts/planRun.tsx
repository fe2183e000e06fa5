import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatQuantity, tryParseQuantity } from '../../../src/core/quantity.ts';
import { formatTime } from '../../../src/plan/budget/units.ts';
import { FigureCard } from '../figures/figureCard.tsx';
import type { Plan } from '../contract.ts';
import { percent } from '../state/format.ts';
import { ask, follow, planning, type PlanField } from '../state/planning.ts';
import { isLive } from '../state/workspace.ts';
import { Slider } from './slider.tsx';
import { Warnings } from './warnings.tsx';

/** Sliders, with the ends of their logarithmic scales. */
const sliders: readonly { name: PlanField; label: string; range: readonly [number, number]; none: string }[] = [
  { name: 'flops', label: 'Compute, FLOP', range: [1e18, 1e27], none: 'no limit' },
  { name: 'inferenceTokens', label: 'Tokens to be served', range: [1e9, 1e15], none: 'none' },
  { name: 'uniqueTokens', label: 'Distinct tokens', range: [1e8, 1e14], none: 'enough' },
  { name: 'maxParams', label: 'Largest model', range: [1e7, 1e13], none: 'any' },
];

const boxes: readonly { name: PlanField; label: string; hint: string }[] = [
  { name: 'count', label: 'How many', hint: 'any' },
  { name: 'days', label: 'Days at most', hint: 'any' },
  { name: 'price', label: 'Price of an hour', hint: 'none' },
  { name: 'money', label: 'Money at most', hint: 'any' },
];

function QuantitySlider({ name, label, range, none }: (typeof sliders)[number]) {
  const text = planning.asked.value[name];
  const [low, high] = [Math.log(range[0]), Math.log(range[1])];
  const value = tryParseQuantity(text);
  const isWrong = text.trim() !== '' && !(value !== undefined && value > 0);
  // The left end of a slider is "none", except of the budget, which a plan usually has.
  const place =
    value === undefined || value <= 0 ? 0 : Math.min(1, Math.max(0, (Math.log(value) - low) / (high - low)));
  return (
    <Slider
      label={label}
      text={text}
      place={place}
      placeholder={none}
      valueText={text === '' ? none : text}
      problem={isWrong ? 'Write it like 70B, 1.4T or 5.76e23.' : undefined}
      onPlace={(share) => {
        ask(name, share === 0 ? '' : formatQuantity(Math.exp(low + share * (high - low))));
      }}
      onText={(typed) => {
        ask(name, typed);
      }}
    />
  );
}

function Box({ name, label, hint }: { readonly name: PlanField; readonly label: string; readonly hint: string }) {
  return (
    <label class="plan-box">
      {label}
      <input
        type="text"
        spellcheck={false}
        autocomplete="off"
        value={planning.asked.value[name]}
        placeholder={hint}
        onInput={({ currentTarget }) => {
          ask(name, currentTarget.value);
        }}
      />
    </label>
  );
}

const between = (pair: readonly [number, number] | null | undefined): string =>
  pair == null ? '' : `${pair[0].toFixed(3)} – ${pair[1].toFixed(3)}`;

function rowsOf(plan: Plan): readonly (readonly [string, string, string])[] {
  const { cost, time, batch, calibrated } = plan;
  return [
    ['parameters', formatQuantity(plan.params), `${formatQuantity(plan.tokensPerParam)} tokens each`],
    [
      'tokens',
      formatQuantity(plan.tokens),
      plan.epochs === null ? '' : `${formatQuantity(plan.epochs)} epochs of the distinct ones`,
    ],
    ['loss', plan.loss.toFixed(3), between(calibrated?.newRun ?? plan.interval)],
    ['batch, tokens', formatQuantity(batch.tokens), `critical ${formatQuantity(batch.critical)}`],
    ['learning rate', plan.learningRate.value.toPrecision(3), `${formatQuantity(plan.steps)} steps`],
    [
      'compute, FLOP',
      formatQuantity(cost.flops),
      cost.inferenceFlops === 0 ? '' : `${percent(cost.inferenceFlops / cost.flops)} of it to serve`,
    ],
    ...(time === null
      ? []
      : [['time', formatTime(time.seconds), `${formatQuantity(Math.ceil(time.accelerators))} accelerators`] as const]),
    ...(cost.money === null ? [] : [['money', formatQuantity(cost.money), ''] as const]),
  ];
}

/** What it costs when the coefficients are others that the data allow. */
function Wrong({ plan }: { readonly plan: Plan }) {
  const { wrong, limits, nearOptimal, goal } = plan;
  const binding = limits.filter(({ isBinding }) => isBinding).map(({ title }) => title.replace('the ', ''));
  return (
    <>
      <p>
        {formatQuantity(nearOptimal.params[0])} to {formatQuantity(nearOptimal.params[1])} parameters are within{' '}
        {percent(nearOptimal.within)} of the best {goal}
        {binding.length > 0 && `; what binds: ${binding.join(', ')}`}.
      </p>
      {wrong !== null && (
        <p>
          If the coefficients are wrong, the best size lies between {formatQuantity(wrong.params[0])} and{' '}
          {formatQuantity(wrong.params[1])}, and this plan then loses {wrong.lossLost.mean.toFixed(4)} in the mean and
          rarely more than {wrong.lossLost.most.toFixed(4)}.
        </p>
      )}
    </>
  );
}

function Asked() {
  const { accelerators, accelerator } = planning;
  return (
    <div class="plan-asked">
      {sliders.map((slider) => (
        <QuantitySlider key={slider.name} {...slider} />
      ))}
      <Box name="targetLoss" label="Loss to reach, at the least cost" hint="as low as the limits allow" />
      <label class="plan-box">
        Accelerator
        <select
          value={accelerator.value}
          onChange={({ currentTarget }) => {
            accelerator.value = currentTarget.value;
          }}
        >
          <option value="">none</option>
          {accelerators.value.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {accelerator.value !== '' && boxes.map((box) => <Box key={box.name} {...box} />)}
    </div>
  );
}

function Answer() {
  const found = planning.answer.value;
  const isStale = planning.problem.value !== null;
  if (found === null) return null;
  return (
    <div class={isStale ? 'plan-answer stale' : 'plan-answer'}>
      <table>
        <caption class="sr-only">The plan</caption>
        <tbody>
          {rowsOf(found.plan).map(([name, value, note]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number value">{value}</td>
              <td class="muted">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div>
        <Wrong plan={found.plan} />
        <Warnings warnings={found.plan.warnings} quiet />
      </div>
      <FigureCard
        id="plan"
        title="The choice of size"
        description="Above, what each size reaches or costs with the best tokens that the limits leave it; shaded, the sizes that are nearly as good. Below, these tokens."
        figure={found.figure}
        linked={false}
        stale={isStale}
        wide
      />
    </div>
  );
}

/** The next run under limits that one can move; asked for once it is opened. */
export function PlanRun() {
  const isOpen = useSignal(false);
  useEffect(() => (isOpen.value && !isLive.value ? follow() : undefined), [isOpen.value, isLive.value]);
  if (isLive.value) return null;
  const problem = planning.problem.value;
  return (
    <details
      class="plan"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        <h2>Plan the next run</h2>
      </summary>
      {isOpen.value && (
        <>
          <Asked />
          {problem !== null && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
          <Answer />
        </>
      )}
    </details>
  );
}
