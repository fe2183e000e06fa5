import type { ScheduleConfig } from './runConfig.ts';

/**
 * Learning rate of a step, as a share of the peak.
 *
 * @param done - tokens before this step
 * @param total - tokens of the whole run
 * @param stepTokens - tokens of one step, so that the first step of a warm-up moves already
 */
export function rateShare(schedule: ScheduleConfig, done: number, total: number, stepTokens: number): number {
  const { kind, warmup, final, decay, cycle } = schedule;
  const rise = warmup > 1 ? warmup : warmup * total;
  if (done < rise) return Math.min(1, (done + stepTokens) / rise);
  if (kind === 'constant') return 1;
  if (kind === 'wsd') {
    const from = total * (1 - decay);
    // From one to `final` in a straight line. @see arXiv 2405.18392, section 3
    return done <= from ? 1 : 1 - ((1 - final) * (done - from)) / (total - from);
  }
  const progress = Math.min(1, (done - rise) / Math.max(stepTokens, cycle * total - rise));
  return final + ((1 - final) * (1 + Math.cos(Math.PI * progress))) / 2;
}
