// Compiled against the declarations of the installed package; never run.
import { allocate, fitRuns, laws, predictLoss, readRuns, type Fit, type Law } from 'isoflop';
import { chinchilla, fitLaw, parseRuns } from 'isoflop/browser';
import { buildFigure } from 'isoflop/browser/all';
import { createClient, type Client } from 'isoflop/client';
import { showFigure } from 'isoflop/notebook';
import { app, type AppOptions } from 'isoflop/server';

export async function use(): Promise<number[]> {
  const fit: Fit = await fitRuns(await readRuns('runs.csv'), { law: 'chinchilla', objective: 'huber' });
  const law: Law = laws[0];
  const client: Client = createClient({ baseUrl: `http://localhost/${law.id}` });
  await client.predict('chinchilla', { params: '70B', tokens: '1.4T' });
  fitLaw(chinchilla, await parseRuns('N,D,loss\n'));
  showFigure(buildFigure(fit, 'frontier'));
  return [predictLoss(fit, { params: [1e9], tokens: [2e10] }).loss[0], allocate(fit, 1e21).params];
}

export const options: AppOptions = { fits: 'fits', data: 'data' };
export const plugin: unknown = app;
