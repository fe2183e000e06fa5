import { Command } from 'commander';
import type { Fit } from '../../fit/result.ts';
import type { OptimalSchedule } from '../../plan/schedule/optimizeSchedule.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { count, fileName, positive, number, probability } from '../parse.ts';

/** What the options of `schedule` parse to. */
interface ScheduleFlags {
  steps: number;
  peak?: number;
  minLr?: number;
  warmup?: number;
  confidence?: number;
  out?: string;
  figure?: string;
  json?: boolean;
}

/** `isoflop schedule`: the learning-rate schedule that a law of curves finds best. */
export const scheduleCommand = new Command('schedule')
  .summary('find the best learning-rate schedule')
  .description(
    'Searches for the learning-rate schedule that ends with the least predicted loss: one that never rises after the warm-up.',
  )
  .argument('<fit>', 'a saved fit of a law of curves, such as multi-power')
  .requiredOption('--steps <count>', 'the last step, such as 24000', count('--steps'))
  .option('--peak <rate>', 'peak learning rate (default: that of the fitted curves)', positive('--peak'))
  .option('--min-lr <rate>', 'least learning rate (default: the lowest of the fitted curves)', number)
  .option('--warmup <steps>', 'steps of the warm-up (default: that of the fitted curves)', number)
  .option('--out <file>', 'write the rate of every step, as .csv or .json', fileName('--out'))
  .option('--figure <file>', 'draw it beside a cosine and WSD, as .html, .svg, .pdf or .png', fileName('--figure'))
  .option(
    '--confidence <probability>',
    'probability of the intervals (default: that of the fit)',
    probability('--confidence'),
  )
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop schedule curves.json --steps 24000 --peak 3e-4 --out schedule.csv\n')
  .action(async (path: string, flags: ScheduleFlags) => {
    const [{ loadFit }, { optimizeSchedule }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plan/schedule/optimizeSchedule.ts'),
    ]);
    const { steps, peak, minLr: minRate, warmup, confidence } = flags;
    const fit = await loadFit(path);
    const best = optimizeSchedule(fit, { steps, peak, minRate, warmup, confidence });
    if (flags.out !== undefined) {
      const [{ scheduleCsv, scheduleJson }, { atomicWrite }] = await Promise.all([
        import('../../report/scheduleFile.ts'),
        import('../../node/atomicWrite.ts'),
      ]);
      await atomicWrite(flags.out, (flags.out.endsWith('.json') ? scheduleJson : scheduleCsv)(best.schedule));
    }
    if (flags.json === true) {
      const { scheduleToJson } = await import('../../report/curveJson.ts');
      writeJson(scheduleToJson(best));
    } else {
      const { formatSchedule } = await import('../../report/curveText.ts');
      writeResult(formatSchedule(best, { color: useColor(), width: outputWidth() }));
    }
    if (flags.figure !== undefined) await draw(fit, best, flags.figure);
    writeWarnings(best.warnings, flags.json !== true);
    if (flags.out !== undefined) writeError(`saved ${flags.out}`);
  });

/** Draws the best schedule beside the others. */
async function draw(fit: Fit, best: OptimalSchedule, path: string): Promise<void> {
  const [{ drawSchedules }, { saveFigures }] = await Promise.all([
    import('../../plots/drawSchedules.ts'),
    import('../../node/figures/saveFigures.ts'),
  ]);
  const figure = drawSchedules(fit, best);
  const description = 'The best schedule beside a cosine and WSD, and the loss predicted along each.';
  for (const file of await saveFigures(path, [{ id: 'schedule', description, figure }], { title: fit.law }))
    writeError(`wrote ${file}`);
}
