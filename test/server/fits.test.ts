import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeFit } from '../../src/report/savedFit.ts';
import { chinchillaId, simulatedCsv, useServer } from './testServer.ts';

const { ask, post, upload, folder } = useServer();
const request = { datasets: [chinchillaId], where: 'loss < 3.44', calibration: false, wait: 10 };

describe('a fit over HTTP', () => {
  it('is that of the command line, saved under a name of its own', async () => {
    const { status, headers, body } = await post('/api/fits', request);
    expect([status, headers.location, body.id]).toEqual([
      201,
      '/api/fits/chinchilla-chinchilla',
      'chinchilla-chinchilla',
    ]);
    const { fit, command, dataset } = body as unknown as {
      fit: { objective: { value: number } };
      command: string;
      dataset: string;
    };
    expect(fit.objective.value).toBeCloseTo(0.0010182740178, 12);
    expect(dataset).toBe(chinchillaId);
    expect(command).toBe(`isoflop fit ${join(folder(), 'data/chinchilla.csv')} --where 'loss < 3.44' --no-calibration`);
    const text = await readFile(join(folder(), 'fits/chinchilla-chinchilla.json'), 'utf8');
    expect(decodeFit(text, 'saved').objective.value).toBe(fit.objective.value);
  });

  it('tells the request that makes it again, to the same bytes', async () => {
    const asked = {
      ...request,
      id: 'all-options',
      law: 'chinchilla',
      objective: 'log-mse',
      start: { alpha: 0.3 },
      bounds: { beta: [0.1, 0.6] },
      fix: { alpha: 0.34 },
      bootstrap: 50,
      seed: 3,
      resampling: 'cases',
      confidence: 0.8,
      covariance: 'classical',
      columns: { params: 'Model Size', flops: 'Training FLOP', loss: 'loss' },
    };
    const made = await post('/api/fits', asked);
    expect(made.status).toBe(201);
    const again = await post('/api/fits', { ...(made.body.request as object), id: 'again', wait: 10 });
    expect(again.body.error).toBeUndefined();
    expect(again.status).toBe(201);
    const read = (id: string): Promise<string> => readFile(join(folder(), `fits/${id}.json`), 'utf8');
    const withoutCommand = async (id: string): Promise<string> => (await read(id)).replace(/"command": .*/, '');
    expect(await withoutCommand('again')).toBe(await withoutCommand('all-options'));
  });

  it('takes formulas, several files and mapped columns', async () => {
    const { body: one } = await upload(simulatedCsv(1));
    const { body: two } = await upload(simulatedCsv(2));
    const { status, body } = await post('/api/fits', {
      datasets: [one.id, two.id],
      law: 'loss ~ E + A/size^alpha + B/tokens^beta',
      positive: ['E', 'A', 'B'],
      columns: { size: 'params/2' },
      calibration: false,
      wait: 10,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ id: '2-files-formula', fit: { points: 60, status: 'converged' } });
  });

  it('gets a number where its name is taken, and is refused where the user chose it', async () => {
    expect((await post('/api/fits', request)).body.id).toBe('chinchilla-chinchilla-2');
    const { status, body } = await post('/api/fits', { ...request, id: 'chinchilla-chinchilla' });
    expect([status, body.error?.code]).toEqual([409, 'FIT_EXISTS']);
  });

  it('is listed newest first, with filters and pages', async () => {
    const list = async (query = ''): Promise<{ ids: string[]; total: number }> => {
      const { body } = await ask(`/api/fits${query}`);
      return { ids: (body.fits as { id: string }[]).map(({ id }) => id), total: body.total };
    };
    const all = await list();
    expect(all.total).toBe(5);
    expect(all.ids[0]).toBe('chinchilla-chinchilla-2');
    expect(await list('?limit=2&offset=1')).toEqual({ ids: all.ids.slice(1, 3), total: 5 });
    expect((await list('?law=chinchilla')).total).toBe(4);
    expect((await list(`?dataset=${chinchillaId}`)).total).toBe(4);
    expect((await list('?q=AGAIN%20chin')).ids).toEqual(['again']);
    expect((await list('?status=stalled')).total).toBe(0);
    const { body } = await ask('/api/fits?q=all-options');
    expect((body.fits as object[])[0]).toMatchObject({ formula: false, points: 240, coefficients: { alpha: 0.34 } });
  });

  it('is renamed, downloaded and deleted', async () => {
    const renamed = await post('/api/fits/again', { id: 'mine' }, 'PATCH');
    expect([renamed.status, renamed.body.id]).toEqual([200, 'mine']);
    expect((await ask('/api/fits/again')).status).toBe(404);
    const taken = await post('/api/fits/mine', { id: 'all-options' }, 'PATCH');
    expect([taken.status, taken.body.error?.code]).toEqual([409, 'FIT_EXISTS']);
    const file = await ask('/api/fits/mine/download');
    expect(file.headers['content-disposition']).toBe('attachment; filename="mine.json"');
    expect(file.body).toMatchObject({ kind: 'isoflop-fit' });
    expect((await ask({ method: 'DELETE', url: '/api/fits/mine' })).status).toBe(204);
    expect((await ask({ method: 'DELETE', url: '/api/fits/mine' })).status).toBe(404);
    expect(await readdir(join(folder(), 'fits'))).not.toContain('mine.json');
  });

  it.each<[string, object, number, string]>([
    ['an unknown data set', { datasets: ['0'.repeat(64)] }, 404, 'DATASET_UNKNOWN'],
    ['a path for a data set', { datasets: ['../chinchilla.csv'] }, 400, 'REQUEST_INVALID'],
    ['an unknown law', { ...request, law: 'chinchila' }, 404, 'LAW_UNKNOWN'],
    ['a wrong condition', { ...request, where: 'loss <' }, 400, 'WHERE_INVALID'],
    ['a column that is not there', { ...request, columns: { params: 'size' } }, 400, 'COLUMN_UNKNOWN'],
    ['a formula that reaches out', { ...request, law: 'loss ~ E + constructor(params)' }, 400, 'FORMULA_INVALID'],
    ['no rows left', { ...request, where: 'loss < 0' }, 422, 'NO_ROWS_LEFT'],
    ['a misspelt option', { ...request, bootstraps: 1 }, 400, 'REQUEST_INVALID'],
    ['a path for an id', { ...request, id: '../evil' }, 400, 'REQUEST_INVALID'],
    ['a confidence of 95', { ...request, confidence: 95 }, 400, 'REQUEST_INVALID'],
    ['an unknown parameter', { ...request, fix: { gamma: 1 } }, 400, 'PARAM_UNKNOWN'],
  ])('says what is wrong with %s', async (_, body, status, code) => {
    const before = await readdir(join(folder(), 'fits'));
    const answer = await post('/api/fits', body);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(await readdir(join(folder(), 'fits'))).toEqual(before);
  });
});

describe('a preview', () => {
  it('fits, draws and predicts without saving', async () => {
    const before = await readdir(join(folder(), 'fits'));
    const { status, body } = await post('/api/preview', {
      datasets: [chinchillaId],
      where: 'loss < 3.44',
      figures: ['frontier', 'curves'],
      predict: { params: '70B', tokens: '1.4T' },
    });
    expect(status).toBe(200);
    const { fit, figures, prediction } = body as unknown as {
      fit: { objective: { value: number }; calibration: null };
      figures: Record<string, { data?: object[]; unavailable?: string }>;
      prediction: { points: { loss: number }[] };
    };
    expect(fit.objective.value).toBeCloseTo(0.0010182740178, 12);
    expect(fit.calibration).toBeNull();
    expect(figures.frontier.data?.length).toBeGreaterThan(2);
    expect(Object.keys(figures)).toEqual(['frontier', 'curves']);
    expect(prediction.points[0].loss).toBeCloseTo(1.97337, 4);
    expect(await readdir(join(folder(), 'fits'))).toEqual(before);
  });

  it('keeps the fit where the point cannot be predicted', async () => {
    const { status, body } = await post('/api/preview', {
      datasets: [chinchillaId],
      predict: { params: 'many', tokens: '1T' },
    });
    expect(status).toBe(200);
    expect(body.prediction).toMatchObject({ error: { code: 'QUANTITY_INVALID' } });
  });

  it('tells of unknown figures and options', async () => {
    const pie = await post('/api/preview', { datasets: [chinchillaId], figures: ['pie'] });
    expect([pie.status, pie.body.error?.code]).toEqual([404, 'FIGURE_UNKNOWN']);
    const saved = await post('/api/preview', { datasets: [chinchillaId], id: 'x' });
    expect([saved.status, saved.body.error?.code]).toEqual([400, 'REQUEST_INVALID']);
  });
});
