import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startServer } from '../../server/server.ts';

it('listens on the machine itself, on a free port, until it is closed', async () => {
  const fits = await mkdtemp(join(tmpdir(), 'isoflop-server-'));
  const { address, close } = await startServer({ fits, port: 0 });
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const answer = await fetch(`${address}/health`);
  expect(await answer.json()).toMatchObject({ status: 'ok' });
  await close();
  await expect(fetch(`${address}/health`)).rejects.toThrow();
  await rm(fits, { recursive: true });
});
