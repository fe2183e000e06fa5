import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { folderWith, isoflop, outcomeOf, publishedFit, start } from './run.ts';

it('serves a folder of fits on a free port and stops on SIGTERM, whoever is still connected', async () => {
  const folder = await folderWith();
  await copyFile(publishedFit, `${folder}/mine.json`);
  const child = start(['serve', '--port', '0', '--fits', folder]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const outcome = outcomeOf(child);
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = (await once(child.stdout, 'data')) as [string];
  const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
  if (address === null) throw new Error(line);
  const [url, port] = address;
  const health = await fetch(`${url}/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ status: 'ok' });
  expect(await (await fetch(`${url}/api/fits`)).json()).toMatchObject({ fits: [{ id: 'mine', law: 'chinchilla' }] });

  // A browser keeps such a connection ready for its next request.
  const idle = connect(Number(port), '127.0.0.1').on('error', () => undefined);
  await once(idle, 'connect');
  child.kill('SIGTERM');
  expect(await outcome).toMatchObject({ status: 0, stderr: '' });
  idle.destroy();
});

it('says that a port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { status, stdout, stderr } = await isoflop(['serve', '--port', String(port), '--fits', await folderWith()]);
  expect(stderr).toMatch(
    /^error: The server cannot listen on 127\.0\.0\.1, port \d+: another program listens there\. .*--port 0/,
  );
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
