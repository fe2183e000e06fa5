import type { FastifyInstance, onResponseHookHandler } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Metric } from 'prom-client';
import { version } from '../../src/core/version.ts';
import { RequestDurations } from './requestDurations.ts';

/** What the server tells of itself, asked at every scrape; each may be a promise. */
export interface Gauges {
  /** Jobs that wait. */
  readonly jobsQueued: () => number | Promise<number>;
  /** Jobs that run. */
  readonly jobsRunning: () => number | Promise<number>;
  /** Data sets that can be read. */
  readonly datasets: () => number | Promise<number>;
  /** Saved fits that can be read. */
  readonly fits: () => number | Promise<number>;
  /** Bytes of all uploaded data sets on disk. */
  readonly uploadBytes: () => number | Promise<number>;
}

/** Name and help of each gauge. */
const gaugeTexts: Readonly<Record<keyof Gauges, readonly [name: string, help: string]>> = {
  jobsQueued: ['isoflop_jobs_queued', 'Jobs that wait.'],
  jobsRunning: ['isoflop_jobs_running', 'Jobs that run.'],
  datasets: ['isoflop_datasets', 'Data sets.'],
  fits: ['isoflop_fits', 'Saved fits.'],
  uploadBytes: ['isoflop_upload_bytes', 'Bytes of the uploaded data sets.'],
};

let processMetrics: Registry | undefined;

/** Memory, event loop and garbage collection: of the process, so watched once however many servers it has. */
function registryOfProcess(): Registry {
  if (processMetrics === undefined) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics });
  }
  return processMetrics;
}

/**
 * `GET /metrics` for Prometheus: the process, the requests, and what the gauges say.
 *
 * A gauge that fails is NaN in that scrape, and the log says why; the others are still told.
 */
export function addMetrics(app: FastifyInstance, gauges: Partial<Gauges> = {}): void {
  const registry = new Registry();
  const durations = new RequestDurations();
  // The registry asks a metric for its name and `get` only; its type names prom-client's own classes.
  registry.registerMetric(durations as unknown as Metric);
  new Gauge({
    name: 'isoflop_info',
    help: 'The version that runs.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  for (const key of Object.keys(gauges) as (keyof Gauges)[]) {
    const source = gauges[key];
    if (source === undefined) continue;
    const [name, help] = gaugeTexts[key];
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        try {
          this.set(await source());
        } catch (error) {
          // NaN is how Prometheus writes that there is no value.
          this.set(NaN);
          app.log.error(error, `${name} cannot be told`);
        }
      },
    });
  }

  // A hook for each route knows its labels; asking a request for its route's options copies them all.
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const observe = durations.observer(route.url, method);
      const onResponse: onResponseHookHandler = (request, reply, done) => {
        if (request.method === method) observe(reply.statusCode, reply.elapsedTime / 1e3);
        done();
      };
      route.onResponse = [...[route.onResponse ?? []].flat(), onResponse];
    }
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) durations.observer('none', request.method)(reply.statusCode, reply.elapsedTime / 1e3);
    done();
  });

  app.get(
    '/metrics',
    { schema: { tags: ['operation'], summary: 'Metrics for Prometheus, as text', produces: ['text/plain'] } },
    async (_request, reply) => {
      const text = `${await registryOfProcess().metrics()}\n${await registry.metrics()}`;
      return reply.header('cache-control', 'no-store').type(Registry.PROMETHEUS_CONTENT_TYPE).send(text);
    },
  );
}
