import { describe, expect, it } from 'vitest';
import { chinchillaId, simulatedCsv, useServer } from './testServer.ts';
import type { Job } from '../../server/schemas/job.ts';

const { ask, post, upload, server } = useServer({ jobThreads: 1 });
const datasets = [chinchillaId];
/** Work that takes minutes unless it is cancelled. */
const long = { datasets, bootstrap: 1_000_000, calibration: false, wait: 0 };

const jobOf = (body: unknown): Job => (body as { job: Job }).job;

/** The jobs that an event stream tells of. */
const eventsOf = (text: string): Job[] =>
  [...text.matchAll(/^event: job\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data) as Job);

describe('jobs', () => {
  it('go on after their request, tell how far they are, and end', async () => {
    const { status, headers, body } = await post('/api/fits', {
      datasets,
      where: 'loss < 3.44',
      bootstrap: 2000,
      wait: 0,
    });
    const { id } = jobOf(body);
    expect([status, headers.location]).toEqual([202, `/api/jobs/${id}`]);
    const stream = await server().inject(`/api/jobs/${id}/events`);
    expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
    const told = eventsOf(stream.body);
    const stages = [...new Set(told.map(({ progress }) => progress?.stage))];
    expect(stages).toEqual(expect.arrayContaining(['bootstrap', 'backtests']));
    expect(told.at(-1)).toMatchObject({ state: 'done', fit: 'chinchilla-chinchilla', progress: null, error: null });
    expect((await ask('/api/fits/chinchilla-chinchilla')).body).toMatchObject({
      fit: { bootstrap: { resamples: 2000 }, calibration: { holdout: 'flops' } },
    });
    const redirect = await server().inject(`/api/jobs/${id}/result`);
    expect([redirect.statusCode, redirect.headers.location]).toEqual([302, '/api/fits/chinchilla-chinchilla']);
  });

  it('wait in line, and are cancelled whether they wait or run', async () => {
    const running = jobOf((await post('/api/fits', long)).body);
    const waiting = jobOf((await post('/api/fits', long)).body);
    const last = jobOf((await post('/api/fits', { datasets, calibration: false, id: 'last', wait: 0 })).body);
    expect([running.state, waiting.state, waiting.position, last.position]).toEqual(['running', 'queued', 1, 2]);
    const list = (await ask('/api/jobs')).body.jobs as unknown as Job[];
    expect(list.slice(0, 3).map(({ id }) => id)).toEqual([last.id, waiting.id, running.id]);
    const cancel = async ({ id }: Job): Promise<Job> =>
      (await ask({ method: 'DELETE', url: `/api/jobs/${id}` })).body as unknown as Job;
    expect(await cancel(waiting)).toMatchObject({ state: 'cancelled', error: { code: 'JOB_CANCELLED' } });
    expect((await ask(`/api/jobs/${last.id}`)).body).toMatchObject({ position: 1 });
    expect(await cancel(running)).toMatchObject({ state: 'cancelled' });
    const stream = await server().inject(`/api/jobs/${last.id}/events`);
    expect(eventsOf(stream.body).at(-1)).toMatchObject({ state: 'done', fit: 'last' });
    expect(await cancel(last)).toMatchObject({ state: 'done' });
  });

  it('that failed say why, in the job and in the answer', async () => {
    const { body } = await post('/api/fits', { datasets, where: 'loss < 0', wait: 0 });
    const stream = await server().inject(`/api/jobs/${jobOf(body).id}/events`);
    expect(eventsOf(stream.body).at(-1)).toMatchObject({ state: 'failed', error: { code: 'NO_ROWS_LEFT' } });
    const result = await ask(`/api/jobs/${jobOf(body).id}/result`);
    expect([result.status, result.body.error?.code]).toEqual([422, 'NO_ROWS_LEFT']);
  });

  it('that there are none of are said to be none', async () => {
    for (const url of ['', '/result', '/events'].map(
      (rest) => `/api/jobs/00000000-0000-4000-8000-000000000000${rest}`,
    )) {
      const { status, body } = await ask(url);
      expect([status, body.error?.code]).toEqual([404, 'JOB_UNKNOWN']);
    }
  });
});

describe('backtests and comparisons', () => {
  it('give what the command line prints, with figures', async () => {
    const { status, body } = await post('/api/backtests', {
      datasets,
      where: 'loss < 3.44',
      laws: ['chinchilla'],
      cuts: [1e20, 3e20, 1e21],
      wait: 10,
    });
    expect(status).toBe(200);
    const { backtest, figures, report } = body as unknown as {
      backtest: { laws: { splits: { are: number; test: number }[] }[] };
      figures: { id: string }[];
      report: string;
    };
    // docs/backtests.md: .0089, .0100, .0105.
    expect(backtest.laws[0].splits.map(({ are }) => Number(are.toFixed(4)))).toEqual([0.0089, 0.01, 0.0105]);
    expect(figures.map(({ id }) => id)).toEqual(['backtest-1']);
    expect(report).toContain('chinchilla');
  });

  it('compare families, one file each', async () => {
    const { body: one } = await upload(simulatedCsv(1), 'adamw.csv');
    const { body: two } = await upload(simulatedCsv(2), 'muon.csv');
    const { status, body } = await post('/api/comparisons', { datasets: [one.id, two.id], bootstrap: 50, wait: 10 });
    expect(status).toBe(200);
    expect((body.figures as { id: string }[]).map(({ id }) => id)).toEqual(['multiplier-1']);
    expect(body.report).toContain('muon');
  });

  it('go on as jobs, whose result is the same answer', async () => {
    const request = { datasets, where: 'loss < 3.44', cuts: [1e20] };
    const { status, body } = await post('/api/backtests', { ...request, wait: 0 });
    expect(status).toBe(202);
    await server().inject(`/api/jobs/${jobOf(body).id}/events`);
    const result = await ask(`/api/jobs/${jobOf(body).id}/result`);
    expect(result.body).toEqual((await post('/api/backtests', { ...request, wait: 10 })).body);
  });

  it.each<[string, string, object, number, string]>([
    ['one family', '/api/comparisons', { datasets }, 400, 'USAGE'],
    ['half a design', '/api/comparisons', { datasets: [...datasets, ...datasets], params: 1e9 }, 400, 'USAGE'],
    ['two laws by two names', '/api/backtests', { datasets, law: 'flops', laws: ['flops'] }, 400, 'USAGE'],
    ['a cut below zero', '/api/backtests', { datasets, cuts: [-1] }, 400, 'REQUEST_INVALID'],
    ['nothing beyond the cut', '/api/backtests', { datasets, cuts: [1e30] }, 400, 'OPTION_INVALID'],
  ])('refuse %s', async (_, url, body, status, code) => {
    const answer = await post(url, { ...body, wait: 10 });
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
  });
});
