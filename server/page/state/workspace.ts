import { computed, signal } from '@preact/signals';
import { laws } from 'virtual:tables';
import type { FitDetail, FitJson, Request } from '../contract.ts';
import { address } from './address.ts';
import { details, newestFit } from './library.ts';
import { nothing, type Loaded } from './loading.ts';
import { readQuery } from './query.ts';
import { buildRequest, settingsOf, withChanges, type Built, type Settings } from './settings.ts';

/** The saved fit on the page. */
export const saved = signal<Loaded<FitDetail>>(nothing);

/** A fit that is shown, saved or just made, with what it was asked for. */
export interface Shown {
  readonly fit: FitJson;
  readonly report: string;
  readonly command: string | null;
  /** Time from asking to the answer, for a fit made while one looks. */
  readonly tookMs: number | null;
}

/** The fit as the page shows it now; the last one stays while the next is made. */
export const shown = signal<Shown | null>(null);

/** The fit of the address; one without a view means the newest. */
export const viewedFit = computed<string | null>(() => {
  const { view } = address.value;
  if (view.kind === 'fit') return view.id;
  return view.kind === 'home' ? newestFit.value : null;
});

/** Data sets of what is shown: those chosen, or the one that the saved fit was made from, if it is here. */
export const viewedData = computed<readonly string[]>(() => {
  const { view } = address.value;
  if (view.kind === 'data') return view.ids;
  const { value } = saved.value;
  if (value === null) return [];
  return value.request?.datasets ?? [];
});

/** What the fit was asked for before anybody changed it; null where its data set is not here. */
export const base = computed<Request | null>(() => {
  const { view } = address.value;
  if (view.kind === 'data') return { datasets: [...view.ids] };
  return saved.value.value?.request ?? null;
});

const baseSettings = computed<Settings | null>(() => (base.value === null ? null : settingsOf(base.value)));

/** The settings as the boxes show them. */
export const settings = computed<Settings | null>(() => {
  const given = baseSettings.value;
  return given === null ? null : withChanges(given, address.value.changes);
});

/** The settings before the changes. */
export const originalSettings = baseSettings;

/** The request that is asked, or what is wrong with a setting. */
export const built = computed<Built | null>(() => {
  const [request, now] = [base.value, settings.value];
  return request === null || now === null ? null : buildRequest(request, now);
});

/** Whether what is shown is made while one looks, rather than a saved fit as it stands. */
export const isLive = computed<boolean>(() => {
  const { view, changes } = address.value;
  if (view.kind === 'data') return true;
  const original = baseSettings.value;
  if (original === null) return false;
  return Object.entries(changes).some(([name, value]) => original[name as keyof Settings] !== value);
});

/** The law on the page, as the tables know it; a formula is none of them. */
export const lawInfo = computed(() => {
  const id = shown.value?.fit.law ?? settings.value?.law;
  return laws.find((law) => law.id === id) ?? null;
});

/** Quantities that the law takes. */
export const inputs = computed<readonly string[]>(() => lawInfo.value?.inputs.map(({ name }) => name) ?? []);

/** The query bar, read. */
export const query = computed(() => readQuery(address.value.query, inputs.value));

/** Confidence of everything on the page. */
export const confidence = computed<number>(() => address.value.confidence ?? shown.value?.fit.confidence ?? 0.95);

/** The columns of the data on the page, once they are known. */
export const dataset = computed(() => {
  const [first] = viewedData.value as readonly (string | undefined)[];
  return first === undefined ? null : (details.value.get(first) ?? null);
});
