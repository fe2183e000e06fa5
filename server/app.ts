/**
 * The server as a plugin for Fastify.
 *
 * @module isoflop/server
 */
import { availableParallelism } from 'node:os';
import compress from '@fastify/compress';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginAsync } from 'fastify';
import { createJobs } from './jobs/jobs.ts';
import { limitsWith } from './limits.ts';
import { addDocumentation } from './plugins/documentation.ts';
import { addErrors } from './plugins/errors.ts';
import { addOperation } from './plugins/operation.ts';
import type { OperationOptions } from './plugins/operation.ts';
import { addPage } from './plugins/page.ts';
import { allocateRoutes } from './routes/allocate.ts';
import { datasetRoutes } from './routes/datasets.ts';
import { figureRoutes } from './routes/figures.ts';
import { fitRoutes } from './routes/fits.ts';
import { healthRoutes } from './routes/health.ts';
import { jobRoutes } from './routes/jobs.ts';
import { lawRoutes } from './routes/laws.ts';
import { planRoutes } from './routes/plan.ts';
import { nextRoutes } from './routes/next.ts';
import { predictRoutes } from './routes/predict.ts';
import type { Resources } from './routes/routes.ts';
import { sweepRoutes } from './routes/sweeps.ts';
import { workRoutes } from './routes/work.ts';
import { createDatasetStore } from './stores/datasetStore.ts';
import { createFitStore } from './stores/fitStore.ts';
import { createSweepStore } from './stores/sweepStore.ts';
import { validatorCompiler } from './validator.ts';
import { createPool } from './work/pool.ts';

/** Options of {@link app}. */
export interface AppOptions extends OperationOptions {
  /** Folder of saved fits. */
  readonly fits: string;
  /** Folder of data sets; `data` unless given. Uploads go to `uploads` in it. */
  readonly data?: string;
  /** Folder of sweeps and runs that are trained; `runs` unless given. It need not exist. */
  readonly runs?: string;
}

/** One line for each resource. */
const resources = [
  healthRoutes,
  lawRoutes,
  datasetRoutes,
  fitRoutes,
  predictRoutes,
  allocateRoutes,
  planRoutes,
  nextRoutes,
  figureRoutes,
  workRoutes,
  jobRoutes,
  sweepRoutes,
];

/** Threads for what a reader waits for. */
const quickThreads = 2;

/** Threads for jobs: all processors but one, which is left for answers. */
const defaultJobThreads = (): number => Math.max(1, availableParallelism() - 1);

/**
 * The server as a Fastify plugin: the API, its documentation and the page, over a folder of saved fits.
 *
 * @example
 * ```ts
 * const server = Fastify();
 * await server.register(app, { fits: 'fits' });
 * await server.inject('/api/fits/chinchilla/predict?params=70B&tokens=1.4T');
 * ```
 */
export const app: FastifyPluginAsync<AppOptions> = async (
  server,
  { fits, data = 'data', runs = 'runs', ...operation },
) => {
  const limits = limitsWith(operation.limits);
  const jobThreads = operation.jobThreads ?? defaultJobThreads();
  const quick = createPool(quickThreads, 1);
  const long = createPool(jobThreads, 0);
  const state: Resources = {
    fits: createFitStore(fits),
    datasets: createDatasetStore(data, quick, limits),
    sweeps: createSweepStore(runs, quick),
    jobs: createJobs(jobThreads, limits, (error) => {
      server.log.error({ err: error }, 'a job failed');
    }),
    quick,
    long,
    limits,
  };
  server.addHook('onListen', (done) => {
    quick.warm();
    done();
  });
  server.addHook('onClose', async () => {
    await Promise.all([quick.close(), long.close()]);
  });

  server.setValidatorCompiler(validatorCompiler);
  addErrors(server);
  await addOperation(server, operation, {
    jobsQueued: () => state.jobs.counts().queued,
    jobsRunning: () => state.jobs.counts().running,
    fits: () => state.fits.count(),
    datasets: async () => (await state.datasets.list()).length,
    uploadBytes: async () =>
      (await state.datasets.list()).reduce((sum, { origin, bytes }) => sum + (origin === 'uploaded' ? bytes : 0), 0),
  });
  // After the server has stopped listening, and before it waits for the answers in flight: some of them wait for jobs.
  server.addHook('preClose', async () => {
    state.sweeps.close();
    await state.jobs.close();
  });
  await server.register(compress, { encodings: ['gzip', 'deflate'] });
  await addDocumentation(server);
  const typed = server.withTypeProvider<TypeBoxTypeProvider>();
  for (const addRoutes of resources) addRoutes(typed, state);
  await addPage(server);
};
