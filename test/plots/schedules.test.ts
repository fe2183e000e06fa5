import { describe, expect, it } from 'vitest';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { annealing } from '../../src/laws/annealing.ts';
import { parseSchedule } from '../../src/laws/curve/parseSchedule.ts';
import { optimizeSchedule } from '../../src/plan/schedule/optimizeSchedule.ts';
import { drawSchedules } from '../../src/plots/drawSchedules.ts';
import { buildFigure, buildFigures } from '../../src/plots/index.ts';
import { curveRuns } from '../helpers/curves.ts';
import { errorOf } from '../helpers/errors.ts';
import { chinchillaFit } from './exampleFit.ts';

const params = { L0: 3, A: 0.5, alpha: 0.5, C: 0.6, memory: 150 };
const schedules = ['cosine', 'constant', 'wsdcon'].map((kind) =>
  parseSchedule(`${kind}:steps=1500,peak=1e-3,warmup=100,decay=400`),
);

describe('figures of a law of curves', () => {
  it('show every fitted curve with its residuals, and the best schedule beside others', async () => {
    const wobble = (): number => 0.001;
    const fit = await fitRuns(curveRuns(annealing, params, schedules, { noise: wobble }), {
      law: 'annealing',
      warmup: 100,
    });
    const { data, layout } = buildFigure(fit, 'schedules');
    for (const name of ['measured', 'predicted', 'residual'])
      expect(data.filter((trace) => trace.name === name)).toHaveLength(3);
    const titles = (layout.annotations as { text: string }[]).map(({ text }) => text);
    expect(titles.map((text) => /^<b>(\w+):/.exec(text)?.[1])).toEqual(['cosine', 'constant', 'wsdcon']);
    const [first] = data.filter((trace) => trace.name === 'measured') as unknown as { x: number[]; y: number[] }[];
    expect(first.x[0]).toBe(100);
    expect(
      buildFigures(fit)
        .filter(({ figure }) => figure !== null)
        .map(({ definition }) => definition.id),
    ).toContain('schedules');

    const best = optimizeSchedule(fit, { steps: 1500 });
    const drawn = drawSchedules(fit, best);
    expect(drawn.data).toHaveLength(10);
    expect(drawn.data[0].name).toBe(`best found: ${best.loss.toFixed(4)}`);
    expect(drawn.data[2].name).toMatch(/^cosine: \d\.\d{4} \(\+0\.\d{5}, -?0\.\d{5} to 0\.\d{5}\)$/);
  });

  it('are not there for other laws', () => {
    expect(errorOf(() => buildFigure(chinchillaFit(), 'schedules'))).toMatchObject({ code: 'FIGURE_UNAVAILABLE' });
    expect(buildFigures(chinchillaFit()).map(({ definition }) => definition.id)).not.toContain('schedules');
  });
});
