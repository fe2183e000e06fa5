import { describe, expect, it } from 'vitest';
import { useServer } from './testServer.ts';

const token = 'correct-horse-battery-staple-17';
const { server } = useServer({ token });

/** One request of every kind that the token guards. */
const guarded: readonly [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string][] = [
  ['GET', '/api/laws'],
  ['GET', '/api/datasets'],
  ['POST', '/api/datasets'],
  ['DELETE', `/api/datasets/${'0'.repeat(64)}`],
  ['GET', '/api/fits'],
  ['POST', '/api/fits'],
  ['PATCH', '/api/fits/mine'],
  ['DELETE', '/api/fits/mine'],
  ['GET', '/api/fits/mine/download'],
  ['GET', '/api/fits/mine/predict?params=1B&tokens=1T'],
  ['POST', '/api/preview'],
  ['GET', '/api/jobs'],
  ['GET', '/api/overlay?fits=a,b'],
  ['GET', '/metrics'],
  ['GET', '/api/nothing'],
  ['GET', '/api'],
  ['GET', '/%61pi/fits'],
  ['GET', '/api/../api/fits'],
];

const shown: readonly [what: string, headers: Record<string, string>, code: 'TOKEN_REQUIRED' | 'TOKEN_WRONG'][] = [
  ['no header', {}, 'TOKEN_REQUIRED'],
  ['an empty header', { authorization: '' }, 'TOKEN_REQUIRED'],
  ['the scheme alone', { authorization: 'Bearer' }, 'TOKEN_REQUIRED'],
  ['an empty token', { authorization: 'Bearer ' }, 'TOKEN_REQUIRED'],
  ['the token without a scheme', { authorization: token }, 'TOKEN_REQUIRED'],
  ['another scheme', { authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` }, 'TOKEN_REQUIRED'],
  ['a scheme that is not there', { authorization: `Token ${token}` }, 'TOKEN_REQUIRED'],
  ['the token twice', { authorization: `Bearer ${token} ${token}` }, 'TOKEN_REQUIRED'],
  ['a word after it', { authorization: `Bearer ${token} or so` }, 'TOKEN_REQUIRED'],
  [
    'other headers',
    { 'x-token': token, 'proxy-authorization': `Bearer ${token}`, cookie: `token=${token}` },
    'TOKEN_REQUIRED',
  ],
  ['another token', { authorization: 'Bearer wrong-horse-battery-staple-17' }, 'TOKEN_WRONG'],
  ['all of it but the last character', { authorization: `Bearer ${token.slice(0, -1)}` }, 'TOKEN_WRONG'],
  ['all of it but the first', { authorization: `Bearer ${token.slice(1)}` }, 'TOKEN_WRONG'],
  ['a character more', { authorization: `Bearer ${token}7` }, 'TOKEN_WRONG'],
  ['other letters case', { authorization: `Bearer ${token.toUpperCase()}` }, 'TOKEN_WRONG'],
  ['quotes around it', { authorization: `Bearer "${token}"` }, 'TOKEN_WRONG'],
  ['a list with it', { authorization: `Bearer x,${token}` }, 'TOKEN_WRONG'],
  ['it percent-encoded', { authorization: `Bearer ${token.replaceAll('-', '%2D')}` }, 'TOKEN_WRONG'],
  ['a very long one', { authorization: `Bearer ${token.repeat(300)}` }, 'TOKEN_WRONG'],
];

// Each from another address, since wrong tokens are counted.
let clients = 0;
const askWith = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, headers: Record<string, string>) => {
  const remoteAddress = `10.0.${String(clients >> 8)}.${String(clients++ & 255)}`;
  const answer = await server().inject({ method, url, headers, remoteAddress });
  return { status: answer.statusCode, headers: answer.headers, text: answer.body };
};

describe.each(shown)('%s', (_, headers, code) => {
  it('opens nothing', async () => {
    for (const [method, url] of guarded) {
      const answer = await askWith(method, url, headers);
      expect([answer.status, answer.text], `${method} ${url}`).toEqual([
        401,
        expect.stringContaining(`"code":"${code}"`),
      ]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="isoflop"');
      expect(answer.text).not.toContain(token.slice(0, 10));
    }
  });
});

it('the token in the query, in the path or in the body opens nothing', async () => {
  for (const url of [
    `/api/fits?token=${token}`,
    `/api/fits?access_token=${token}`,
    `/api/fits?authorization=Bearer%20${token}`,
    `/api/fits/${token}`,
    `/metrics?token=${token}`,
  ])
    expect((await askWith('GET', url, {})).status, url).toBe(401);
  const answer = await server().inject({
    method: 'POST',
    url: '/api/fits',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify({ token, authorization: `Bearer ${token}` }),
  });
  expect(answer.statusCode).toBe(401);
});

it('the right token opens all of it, and nothing was done before', async () => {
  const right = { authorization: `Bearer ${token}` };
  for (const [method, url] of guarded)
    expect([401, 429], url).not.toContain((await askWith(method, url, right)).status);
  expect((await askWith('GET', '/api/fits', right)).text).toContain('"total":0');
});
