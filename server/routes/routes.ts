import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Jobs } from '../jobs/jobs.ts';
import type { Limits } from '../limits.ts';
import type { DatasetStore } from '../stores/datasetStore.ts';
import type { FitStore } from '../stores/fitStore.ts';
import type { SweepStore } from '../stores/sweepStore.ts';
import type { Pool } from '../work/pool.ts';

/** A Fastify instance whose handlers get their types from the schemas of their routes. */
export type TypedServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the routes work on. */
export interface Resources {
  readonly fits: FitStore;
  readonly datasets: DatasetStore;
  readonly sweeps: SweepStore;
  readonly jobs: Jobs;
  /** Threads for what a reader waits for: figures, previews, many predictions. Jobs have others. */
  readonly quick: Pool;
  /** Threads for the work of jobs. */
  readonly long: Pool;
  readonly limits: Limits;
}

/** Adds the routes of one resource. */
export type AddRoutes = (app: TypedServer, resources: Resources) => void;
