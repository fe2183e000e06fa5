import { ratesBetweenRows } from './betweenRows.ts';
import { warmupRate, type Schedule, type ScheduleShape } from './schedule.ts';

/**
 * Learning rate of every step of a schedule, from step 0 to the last.
 *
 * @see arXiv 2503.12811 (Luo et al. 2025), whose warm-up is `linspace(0, peak, warmup)`
 * @example
 * ```ts
 * const cosine = { kind: 'cosine', name: 'c', steps: 4, warmup: 0, peak: 1, end: 0, decay: 0 } as const;
 * scheduleRates(cosine); // [1, 0.8536, 0.5, 0.1464, 0]
 * ```
 */
export function scheduleRates(schedule: Schedule): Float64Array {
  if (schedule.kind === 'rows') return ratesBetweenRows(schedule);
  const { steps, warmup, peak } = schedule;
  const rates = new Float64Array(steps + 1);
  for (let s = 0; s <= steps; s++) rates[s] = s < warmup ? warmupRate(s, warmup, peak) : rateAfterWarmup(schedule, s);
  return rates;
}

function rateAfterWarmup({ kind, steps, warmup, peak, end, decay }: ScheduleShape, s: number): number {
  const from = kind === 'cosine' || kind === 'linear' ? warmup : Math.max(warmup, steps - decay);
  if (kind === 'constant' || s < from || steps === from) return kind === 'constant' || s < from ? peak : end;
  const share = (s - from) / (steps - from);
  if (kind === 'wsdcon') return end;
  if (kind === 'cosine') return end + ((peak - end) * (1 + Math.cos(Math.PI * share))) / 2;
  if (kind === 'wsd') return peak * (end / peak) ** share;
  return peak + (end - peak) * share;
}
