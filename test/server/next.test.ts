import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFit } from '../../src/node/savedFits.ts';
import { nextRuns } from '../../src/plan/next/nextRuns.ts';
import { nextRunsFigure } from '../../src/plots/nextRuns.ts';
import { useServer } from './testServer.ts';

const { post, folder } = useServer();
const saved = join(import.meta.dirname, '../../fits/chinchilla.json');
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('POST /api/fits/:id/next', () => {
  it('answers what the library says, with a figure where it is asked for', async () => {
    await copyFile(saved, join(folder(), 'fits/next.json'));
    const fit = await loadFit(saved);
    const constraints = { criterion: 'loss', maxRuns: 4, batch: 2, tokensPerParam: [5, 100], confidence: 0.8 } as const;
    const plan = nextRuns(fit, { target: { flops: 1e24 }, budget: 1e22, maxParams: 7e9, ...constraints });
    const request = { target: { flops: '1e24' }, budget: '1e22', maxParams: '7B', ...constraints };
    const { status, body } = await post('/api/fits/next/next', request);
    expect(status).toBe(200);
    expect(body).toEqual(asJson(plan));
    const drawn = await post('/api/fits/next/next', { ...request, figure: true });
    expect(drawn.body).toEqual(asJson({ ...plan, figure: nextRunsFigure(fit, plan) }));
  });

  it('takes shapes, and says what cannot be', async () => {
    await copyFile(saved, join(folder(), 'fits/next.json'));
    const ask = (body: object) => post('/api/fits/next/next', { target: { flops: '1e24' }, budget: '1e22', ...body });
    const candidates = [{ params: 1e9, tokens: 1e10 }];
    expect((await ask({ candidates })).body).toMatchObject({ candidates: 1 });
    const collision = await ask({ candidates, maxParams: '100M' });
    expect([collision.status, collision.body.error?.code]).toEqual([422, 'CONSTRAINTS_COLLIDE']);
    expect((await ask({ budget: '1e12' })).body.error?.code).toBe('BUDGET_TOO_SMALL');
    expect((await ask({ target: { params: '1B' } })).body.error?.code).toBe('OPTION_INVALID');
    expect((await ask({ budget: 'much' })).body.error?.code).toBe('QUANTITY_INVALID');
    expect((await ask({ maxRuns: 1000 })).status).toBe(400);
    expect((await post('/api/fits/none/next', { target: { flops: '1e24' }, budget: '1e22' })).status).toBe(404);
  });
});
