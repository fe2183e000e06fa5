import { badAsk, badPreview } from './loadBad.ts';
import { formOf, json, pick, runsCsv, seeded, type Random } from './loadBodies.ts';
import type { LoadClient } from './loadClient.ts';

const published = ['chinchilla', 'besiroglu-2024', 'hoffmann-2022'];
const figures = ['frontier', 'isoflop', 'residuals', 'contour', 'parity'];
const rows = 60;

/** An upload that has to be there in the end, and the fit that was made of it. */
export interface Kept {
  readonly seed: number;
  readonly dataset: string;
  readonly fit: string;
}

/** What everybody shares who loads the server. */
export interface LoadState {
  readonly client: LoadClient;
  readonly random: Random;
  readonly kept: Kept[];
  /** Counts what was made, for names. */
  made: number;
}

/** The text of an upload of that seed. */
export const csvOf = (seed: number): string => runsCsv(rows, seed);

const post = (kind: string, path: string, body: object, statuses: readonly number[]) =>
  ({ kind, method: 'POST', path, headers: json, body: JSON.stringify(body), statuses }) as const;

const anyFit = ({ kept, random }: LoadState): string =>
  kept.length === 0 || random() < 0.3 ? pick(published, random) : pick(kept, random).fit;

const quantity = (random: Random, low: number, high: number): string =>
  (10 ** (low + (high - low) * random())).toPrecision(3).replace('e+', 'e');

async function predict({ client, random, ...state }: LoadState): Promise<void> {
  const fit = anyFit({ client, random, ...state });
  // Half of them are the few questions that everybody asks.
  const query =
    random() < 0.5
      ? pick(['params=70B&tokens=1.4T', 'flops=5.76e23', 'params=7B&tokens=2T&confidence=0.9'], random)
      : `params=${quantity(random, 7, 11)}&tokens=${quantity(random, 9, 13)}`;
  await client.ask({ kind: 'predict', path: `/api/fits/${fit}/predict?${query}`, statuses: [200] });
}

async function batch(state: LoadState): Promise<void> {
  const { client, random } = state;
  const points = 100 + Math.floor(400 * random());
  const column = (low: number, high: number): number[] =>
    Array.from({ length: points }, () => 10 ** (low + (high - low) * random()));
  await client.ask(
    post(
      'batch',
      `/api/fits/${anyFit(state)}/predict`,
      { columns: { params: column(7, 11), tokens: column(9, 13) } },
      [200],
    ),
  );
}

async function look(state: LoadState): Promise<void> {
  const { client, random, kept } = state;
  const fit = anyFit(state);
  const paths = [
    `/api/fits/${fit}`,
    `/api/fits/${fit}/download`,
    `/api/fits/${fit}/allocate?flops=${quantity(random, 20, 25)}`,
  ];
  if (kept.length > 0) paths.push(`/api/datasets/${pick(kept, random).dataset}`);
  await client.ask({ kind: 'look', path: pick(paths, random), statuses: [200] });
}

async function list({ client, random }: LoadState): Promise<void> {
  const path = pick(
    ['/api/fits?limit=50', '/api/fits?law=chinchilla&limit=20', '/api/fits?q=load', '/api/datasets'],
    random,
  );
  await client.ask({ kind: 'list', path, statuses: [200] });
}

async function figure(state: LoadState): Promise<void> {
  const { client, random } = state;
  const fit = anyFit(state);
  if (random() < 0.1) {
    const path = `/api/overlay?fits=${[...new Set([fit, ...published])].join(',')}`;
    await client.ask({ kind: 'overlay', path, statuses: [200] });
    return;
  }
  const path = `/api/fits/${fit}/figures/${pick(figures, random)}${random() < 0.1 ? '?format=svg' : ''}`;
  // Some published coefficients have no runs to draw.
  await client.ask({ kind: 'figure', path, statuses: published.includes(fit) ? [200, 422] : [200] });
}

async function preview({ client, random, kept }: LoadState): Promise<void> {
  if (kept.length === 0) return;
  const { dataset } = pick(kept, random);
  if (random() < 0.2) {
    await client.ask(badPreview(dataset, random));
    return;
  }
  const law = pick(
    ['chinchilla', 'params', 'multiplicative', `loss ~ E + A/params^${(0.2 + 0.3 * random()).toFixed(4)}`],
    random,
  );
  const body = { datasets: [dataset], law, figures: ['parity'], where: `params > ${quantity(random, 6, 7)}` };
  await client.ask(post('preview', '/api/preview', body, [200]));
}

/** Waits for the end of a job that an answer told of, which has to be a good one. */
async function followJob({ client }: LoadState, answer: string): Promise<void> {
  const { job } = JSON.parse(answer) as { job: { id: string } };
  const events = await client.ask({ kind: 'events', path: `/api/jobs/${job.id}/events`, statuses: [200] });
  if (!events.text.includes('"state":"done"')) client.fault(`a job did not end well: ${events.text.slice(-300)}`);
}

/** Uploads a table, fits it, and keeps both; every other fit gets another name. */
async function uploadAndFit(state: LoadState): Promise<void> {
  const { client, random, kept } = state;
  const seed = 1000 + state.made++;
  const sent = {
    kind: 'upload',
    method: 'POST',
    path: '/api/datasets',
    ...formOf(csvOf(seed), `load-${String(seed)}.csv`),
  } as const;
  const { status, text } = await client.ask({ ...sent, statuses: [201] });
  if (status !== 201) return;
  const { id: dataset } = JSON.parse(text) as { id: string };
  if (random() < 0.2) await client.ask({ ...sent, kind: 'upload again', statuses: [200] });
  let fit = `load-${String(seed)}`;
  const body = { datasets: [dataset], id: fit, calibration: false, wait: 10 };
  const made = await client.ask(post('fit', '/api/fits', body, [201, 202]));
  // On a machine with other things to do it may take longer than an answer waits.
  if (made.status === 202) await followJob(state, made.text);
  else if (made.status !== 201) return;
  if (random() < 0.5) {
    const to = `${fit}-renamed`;
    const body = JSON.stringify({ id: to });
    await client.ask({
      kind: 'rename',
      method: 'PATCH',
      path: `/api/fits/${fit}`,
      headers: json,
      body,
      statuses: [200],
    });
    fit = to;
  }
  kept.push({ seed, dataset, fit });
}

/** A fit as a job, followed by its events, looked at and deleted. */
async function passingFit(state: LoadState): Promise<void> {
  const { client, random, kept } = state;
  if (kept.length === 0) return;
  const id = `passing-${String(state.made++)}`;
  const body = {
    datasets: [pick(kept, random).dataset],
    id,
    law: 'params',
    calibration: false,
    bootstrap: 20,
    wait: 0,
  };
  const { status, text } = await client.ask(post('job', '/api/fits', body, [202, 503]));
  if (status !== 202) return;
  const { job } = JSON.parse(text) as { job: { id: string } };
  if (random() < 0.2) {
    await client.ask({ kind: 'cancel', method: 'DELETE', path: `/api/jobs/${job.id}`, statuses: [200] });
    // It may have been done before.
    await client.ask({ kind: 'delete', method: 'DELETE', path: `/api/fits/${id}`, statuses: [204, 404] });
    return;
  }
  await followJob(state, text);
  await client.ask({ kind: 'look', path: `/api/fits/${id}`, statuses: [200] });
  const again = post('bad', '/api/fits', { ...body, wait: 10 }, [409]);
  await client.ask(again);
  await client.ask({ kind: 'delete', method: 'DELETE', path: `/api/fits/${id}`, statuses: [204] });
  await client.ask({ kind: 'bad', path: `/api/fits/${id}/predict?flops=1e22`, statuses: [404] });
}

/** An upload that nobody fits and that is deleted again. */
async function passingUpload(state: LoadState): Promise<void> {
  const { client } = state;
  const seed = 5_000_000 + state.made++;
  const { text, status } = await client.ask({
    ...{ kind: 'upload', method: 'POST', path: '/api/datasets', statuses: [201] },
    ...formOf(csvOf(seed), 'passing.csv'),
  });
  if (status !== 201) return;
  const { id } = JSON.parse(text) as { id: string };
  await client.ask({ kind: 'delete', method: 'DELETE', path: `/api/datasets/${id}`, statuses: [204] });
  await client.ask({ kind: 'bad', path: `/api/datasets/${id}`, statuses: [404] });
}

/** A backtest or a comparison, as jobs that take longer. */
async function longWork({ client, random, kept }: LoadState): Promise<void> {
  if (kept.length < 2) return;
  const [a, b] = [pick(kept, random).dataset, pick(kept, random).dataset];
  if (random() < 0.5)
    await client.ask(post('backtest', '/api/backtests', { datasets: [a], law: 'params', wait: 10 }, [200, 202, 422]));
  else
    await client.ask(
      post(
        'comparison',
        '/api/comparisons',
        { datasets: [a, b], law: 'params', bootstrap: 20, wait: 10 },
        a === b ? [200, 202, 400, 422] : [200, 202],
      ),
    );
}

/** Clients that hang up in the middle of an upload, or before the answer to a preview. */
async function hangUp({ client, random, kept }: LoadState): Promise<void> {
  const { body, headers } = formOf(csvOf(1), 'cut.csv');
  const length = { 'content-length': String(body.length) };
  if (random() < 0.5 || kept.length === 0)
    await client.hangUp({
      kind: 'hang-up',
      path: '/api/datasets',
      body: body.subarray(0, 900),
      headers: { ...headers, ...length },
    });
  else {
    const text = JSON.stringify({ datasets: [pick(kept, random).dataset] });
    await client.hangUp({
      kind: 'hang-up',
      path: '/api/preview',
      body: text,
      headers: { ...json, 'content-length': text.length },
    });
  }
}

const small = ['/health', '/api/laws', '/documentation/json', '/api/jobs', '/'];

/** What is done, and how often of a thousand times. */
const mix: readonly [perMille: number, act: (state: LoadState) => Promise<unknown>][] = [
  [540, predict],
  [150, ({ client, random }) => client.ask(badAsk(random))],
  [80, figure],
  [80, look],
  [60, ({ client, random }) => client.ask({ kind: 'small', path: pick(small, random), statuses: [200] })],
  [35, batch],
  [24, preview],
  [8, list],
  [8, uploadAndFit],
  [7, passingFit],
  [4, passingUpload],
  [3, hangUp],
  [1, longWork],
];

/** Does one of the things that a server has to do, by chance. */
export async function loadOnce(state: LoadState): Promise<void> {
  let left = state.random() * mix.reduce((sum, [perMille]) => sum + perMille, 0);
  for (const [perMille, act] of mix) {
    left -= perMille;
    if (left < 0) {
      await act(state);
      return;
    }
  }
}

export const newState = (client: LoadClient): LoadState => ({ client, random: seeded(1), kept: [], made: 0 });
