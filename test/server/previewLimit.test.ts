import { expect, it } from 'vitest';
import { chinchillaId, useServer } from './testServer.ts';

const { post, ask } = useServer({ limits: { previewMs: 1 } });

it('stops a preview that takes too long, and goes on with the next request', async () => {
  const { status, body } = await post('/api/preview', { datasets: [chinchillaId] });
  expect([status, body.error?.code]).toEqual([503, 'PREVIEW_SLOW']);
  expect(body.error?.message).toContain('1ms');
  expect((await ask('/api/fits')).status).toBe(200);
});
