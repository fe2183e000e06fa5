import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderWith, isoflop, outcomeOf, publishedFit, start, type Outcome } from './run.ts';

const token = 'a-token-of-24-characters';

interface Running {
  readonly child: ChildProcess;
  /** Address and port out of the line on stdout, and that line. */
  readonly url: string;
  readonly port: number;
  readonly line: string;
  readonly outcome: Promise<Outcome>;
}

/** Starts a server with one fit on a free port. */
async function serving(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const folder = await folderWith();
  await copyFile(publishedFit, `${folder}/mine.json`);
  const child = start(['serve', '--port', '0', '--fits', folder, '--data', `${folder}/data`, ...args], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const outcome = outcomeOf(child);
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    outcome.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ])) as [string];
  const [url = '', port = ''] = /http:\/\/[\d.]+:(\d+)/.exec(line) ?? [];
  return { child, url, port: Number(port), line, outcome };
}

/** The lines of a log. */
const linesOf = ({ stderr }: Outcome): Record<string, unknown>[] =>
  stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a server on this machine', () => {
  it('serves a folder of fits on a free port, logs, and stops on SIGTERM, whoever is still connected', async () => {
    const { child, url, port, line, outcome } = await serving();
    expect(line).toMatch(/^isoflop serves .* at http:\/\/127\.0\.0\.1:\d+ \(Ctrl\+C stops it\)\n$/);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
    const answer = await fetch(`${url}/api/fits?q=mine`, { headers: { 'x-request-id': 'mine' } });
    expect(await answer.json()).toMatchObject({ fits: [{ id: 'mine', law: 'chinchilla' }] });
    // What is asked for is the asker's own matter, and does not go to the log.
    await fetch(`${url}/api/fits?q=secret`);

    // A browser keeps such a connection ready for its next request.
    const idle = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(idle, 'connect');
    child.kill('SIGTERM');
    const ended = await outcome;
    idle.destroy();
    expect(ended.status).toBe(0);
    expect(ended.stderr).not.toContain('secret');
    const request = { level: 'info', method: 'GET', path: '/api/fits', status: 200, message: 'request' };
    expect(linesOf(ended)).toEqual([
      expect.objectContaining({ level: 'info', message: `listening at ${url}` }),
      expect.objectContaining({
        ...request,
        id: 'mine',
        ms: expect.any(Number) as unknown,
        bytes: expect.any(Number) as unknown,
      }),
      expect.objectContaining(request),
      expect.objectContaining({ message: 'stopping' }),
      expect.objectContaining({ message: 'stopped' }),
    ]);
    for (const entry of linesOf(ended)) expect(new Date(String(entry.time)).getTime()).toBeGreaterThan(1.7e12);
  });

  it('tells of a client that left before its answer, once', async () => {
    const { child, port, outcome } = await serving();
    const socket = connect(port, '127.0.0.1');
    const body = JSON.stringify({ laws: ['chinchilla'], datasets: ['0'.repeat(64)] });
    // The rest of the body never comes, so there is no answer yet.
    socket.write(
      `POST /api/preview HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length + 10)}\r\n\r\n${body}`,
    );
    await sleep(300);
    socket.destroy();
    await sleep(300);
    child.kill('SIGTERM');
    const told = linesOf(await outcome).filter(({ message }) => message === 'request');
    expect(told).toEqual([
      expect.objectContaining({ method: 'POST', path: '/api/preview', status: 499 }) as Record<string, unknown>,
    ]);
  });

  it('says nothing with --log-level silent', async () => {
    const { child, url, outcome } = await serving(['--log-level', 'silent']);
    await fetch(`${url}/api/fits`);
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({ status: 0, stderr: '' });
  });

  it('ends at once on the second signal', async () => {
    const { child, port, outcome } = await serving(['--stop-timeout', '1h']);
    // A body that never ends keeps the first from having an effect.
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(
      'POST /api/fits/mine/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect((await outcome).status).toBe(143);
    socket.destroy();
  });
});

describe('a server for others', () => {
  it.each([['0.0.0.0'], ['example.com']])('does not start on %s without a token', async (host) => {
    const { status, stdout, stderr } = await isoflop(['serve', '--host', host, '--port', '0']);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: ".*" is not this machine alone.*openssl rand -hex 32.*ISOFLOP_TOKEN/);
  });

  it('does not start with a token that could be guessed', async () => {
    const { status, stderr } = await isoflop(['serve', '--host', '0.0.0.0'], {
      env: { ISOFLOP_TOKEN: 'short-secret' },
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/16 or more.*openssl rand -hex 32/);
    expect(stderr).not.toContain('short-secret');
  });

  it('asks for the token of the environment, and tells it to nobody', async () => {
    const { child, port, line, outcome } = await serving(['--host', '0.0.0.0'], { ISOFLOP_TOKEN: token });
    expect(line).toContain('with #token=TOKEN appended');
    const url = `http://127.0.0.1:${String(port)}`;
    expect((await fetch(`${url}/api/fits`)).status).toBe(401);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/api/fits`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    child.kill('SIGTERM');
    const ended = await outcome;
    expect(ended.status).toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain(token);
  });

  it('limits the rate where it is told to', async () => {
    const { url } = await serving(['--rate-limit', '2', '--token', token]);
    const ask = async (): Promise<number> =>
      (await fetch(`${url}/api/laws`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  });
});

it.each([
  ['--port', '70000', 'from 0 to 65535'],
  ['--max-upload', '12x', 'a size such as 256MiB'],
  ['--max-rows', '0', 'a whole number of at least 1'],
  ['--job-timeout', 'soon', 'a duration such as 10m'],
  ['--rate-limit', '-1', 'a whole number of at least 0'],
])('refuses %s %s', async (option, value, expected) => {
  const { status, stderr } = await isoflop(['serve', `${option}=${value}`]);
  expect(stderr).toContain(expected);
  expect(status).toBe(2);
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
