import { formOf, json, pick, type Random } from './loadBodies.ts';
import type { Ask } from './loadClient.ts';

const nobody = '0'.repeat(64);

/** Requests that are refused, one of every kind, with the statuses that say why. */
const bad: readonly ((random: Random) => Omit<Ask, 'kind'>)[] = [
  () => ({ path: '/api/fits/nobody', statuses: [404] }),
  () => ({ path: '/api/fits/..%2f..%2fetc%2fpasswd', statuses: [400] }),
  () => ({ path: `/api/fits/${'x'.repeat(300)}`, statuses: [400, 404, 414] }),
  () => ({ path: '/api/nothing', statuses: [404] }),
  () => ({ path: '/api/fits/chinchilla/predict?params=many&tokens=1T', statuses: [400] }),
  () => ({ path: '/api/fits/chinchilla/predict?params=-1&tokens=1T', statuses: [400] }),
  () => ({ path: '/api/fits/chinchilla/predict?params=1B', statuses: [400] }),
  () => ({ path: '/api/fits/chinchilla/predict?params=1B&tokens=1T&confidence=2', statuses: [400] }),
  () => ({ path: '/api/fits/chinchilla/predict?nope=1', statuses: [400] }),
  () => ({ path: '/api/fits/chinchilla/figures/nope', statuses: [404] }),
  () => ({ path: '/api/fits/chinchilla/allocate?flops=zero', statuses: [400] }),
  () => ({ path: '/api/overlay?fits=chinchilla', statuses: [400] }),
  () => ({ path: `/api/datasets/${nobody}`, statuses: [404] }),
  () => ({ path: '/api/jobs/00000000-0000-0000-0000-000000000000', statuses: [404] }),
  () => ({ path: '/api/fits?limit=1000000', statuses: [400] }),
  () => ({ method: 'DELETE', path: '/api/fits/nobody', statuses: [404] }),
  () => ({ method: 'DELETE', path: `/api/datasets/${nobody}`, statuses: [404] }),
  () => ({ method: 'POST', path: '/api/fits/chinchilla/predict', body: '{"points":', headers: json, statuses: [400] }),
  () => ({ method: 'POST', path: '/api/fits', body: '{"datasets":[', headers: json, statuses: [400] }),
  () => ({ method: 'POST', path: '/api/fits', body: '[]', headers: json, statuses: [400] }),
  () => ({
    method: 'POST',
    path: '/api/fits',
    body: '<xml/>',
    headers: { 'content-type': 'text/xml' },
    statuses: [415],
  }),
  () => ({
    method: 'POST',
    path: '/api/preview',
    body: JSON.stringify({ datasets: [nobody] }),
    headers: json,
    statuses: [404],
  }),
  () => ({
    method: 'POST',
    path: '/api/fits',
    body: `{"datasets":["${nobody}"],"__proto__":{"polluted":1}}`,
    headers: json,
    statuses: [400],
  }),
  () => ({
    method: 'POST',
    path: '/api/fits',
    body: '{}',
    headers: { ...json, origin: 'http://evil.example' },
    statuses: [403],
  }),
  () => ({ path: '/api/laws', headers: { host: 'evil.example' }, statuses: [403] }),
  () => ({ method: 'PATCH', path: '/api/fits/nobody', body: '{"id":"somebody"}', headers: json, statuses: [404] }),
  () => ({ method: 'POST', path: '/api/datasets', body: 'no form', headers: json, statuses: [400] }),
  () => ({ method: 'POST', path: '/api/datasets', ...formOf('params,tokens,loss\n', 'none.csv'), statuses: [400] }),
  () => ({ method: 'POST', path: '/api/datasets', ...formOf('a,a\n1,2\n', 'twice.csv'), statuses: [400] }),
  () => ({ method: 'POST', path: '/api/datasets', ...formOf('a,b\n1,"2\n', 'open.csv'), statuses: [400] }),
  () => ({ method: 'POST', path: '/api/datasets', ...formOf(Buffer.from([1, 0, 2]), 'binary.csv'), statuses: [400] }),
  (random) => ({
    method: 'POST',
    path: '/api/datasets',
    // Larger than is let by, so that its connection ends with the answer.
    ...formOf(','.repeat(random() < 0.02 ? 6 * 2 ** 20 : 2 ** 21), 'commas.csv'),
    statuses: [413],
  }),
];

/** Some request that is refused. */
export const badAsk = (random: Random): Ask => ({ kind: 'bad', ...pick(bad, random)(random) });

/** Previews that are refused, since their formula or condition is no good. */
export const badPreview = (dataset: string, random: Random): Ask => ({
  kind: 'bad preview',
  method: 'POST',
  path: '/api/preview',
  headers: json,
  body: JSON.stringify({
    datasets: [dataset],
    ...pick(
      [
        { law: 'loss ~ constructor("return process")()' },
        { law: 'nope' },
        { law: 'loss ~ E + A/params^' },
        { where: 'loss.constructor == 1' },
        { where: 'loss > 100' },
        { columns: { loss: 'nope' } },
        { figures: ['nope'] },
        { fix: { toString: 1 } },
        { bounds: { E: [2, 1] } },
      ],
      random,
    ),
  }),
  statuses: [400, 404, 422],
});
