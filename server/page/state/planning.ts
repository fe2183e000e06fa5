import { computed, effect, signal } from '@preact/signals';
import { tryParseQuantity } from '../../../src/core/quantity.ts';
import { api } from '../api.ts';
import type { AcceleratorList, PlanAnswer, PlanBody } from '../contract.ts';
import { address } from './address.ts';
import { showAnswer } from './loading.ts';
import { Latest } from './refit.ts';
import { isLive, shown, viewedFit } from './workspace.ts';

/** What is asked of a plan, as text; empty where nothing is asked. */
export const fields = ['flops', 'targetLoss', 'inferenceTokens', 'uniqueTokens', 'maxParams'] as const;
/** What is said of the hardware. */
export const machineFields = ['count', 'days', 'price', 'money'] as const;
export type PlanField = (typeof fields)[number] | (typeof machineFields)[number];

const empty: Readonly<Record<PlanField, string>> = {
  flops: '5.76e23',
  targetLoss: '',
  inferenceTokens: '',
  uniqueTokens: '',
  maxParams: '',
  count: '',
  days: '',
  price: '',
  money: '',
};
const asked = signal(empty);
const accelerator = signal('');
const answer = signal<PlanAnswer | null>(null);
const problem = signal<string | null>(null);
const accelerators = signal<AcceleratorList['accelerators']>([]);

/** The planner of the page: what is asked, what the server answers. */
export const planning = { asked, accelerator, answer, problem, accelerators };

/** Sets one field of what is asked. */
export function ask(name: PlanField, text: string): void {
  asked.value = { ...asked.peek(), [name]: text };
}

/** What is sent to the server; `null` while a number is half typed. */
const body = computed((): PlanBody | null => {
  const texts = asked.value;
  const isHalf = Object.values(texts).some((text) => text.trim() !== '' && tryParseQuantity(text) === undefined);
  if (isHalf) return null;
  const some = (names: readonly PlanField[]): Record<string, string> =>
    Object.fromEntries(names.filter((name) => texts[name].trim() !== '').map((name) => [name, texts[name].trim()]));
  const level = address.value.confidence;
  const id = accelerator.value;
  return {
    ...some(fields),
    ...(id === '' ? {} : { ...some(['days', 'money']), machine: { accelerator: id, ...some(['count', 'price']) } }),
    ...(level === null ? {} : { confidence: level }),
  };
});

const asking = new Latest<{ id: string; body: PlanBody }>(({ id, body }, abort) =>
  // The last plan stays to be looked at; it is shown as out of date.
  showAnswer(api.plan(id, body, abort), abort, { answer, problem }, true),
);

/** Asks whenever something changes, until it is stopped. */
export function follow(): () => void {
  if (accelerators.peek().length === 0)
    void api.listAccelerators().then(
      (list) => {
        accelerators.value = list.accelerators;
      },
      // Without the list the panel has no choice of hardware; the plan itself will say if the server is gone.
      () => undefined,
    );
  return effect(() => {
    const id = viewedFit.value;
    if (id === null || isLive.value || shown.value === null || body.value === null) return;
    asking.ask({ id, body: body.value });
  });
}
