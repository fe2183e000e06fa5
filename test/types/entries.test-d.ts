// What the types of the other entries promise and refuse. `npm run typecheck` compiles this; nothing runs it.
import { expectTypeOf } from 'vitest';
import type { FastifyPluginAsync } from 'fastify';
import type { AppOptions, app } from '../../server/app.ts';
import { ApiError, createClient, type CreatedFit, type Job, type PredictionJson } from '../../server/client/client.ts';
import type * as everything from '../../src/browser/all.ts';
import type * as browser from '../../src/browser/index.ts';
import type * as node from '../../src/index.ts';

// What a page may load are parts of what Node has; files are not among them.
expectTypeOf<keyof typeof everything>().toExtend<keyof typeof node>();
expectTypeOf<keyof typeof browser>().toExtend<keyof typeof everything>();
expectTypeOf<'readRuns'>().not.toExtend<keyof typeof everything>();

const client = createClient({ baseUrl: 'http://127.0.0.1:3000' });
expectTypeOf(client.predict('chinchilla', { params: '70B', tokens: '1.4T' })).resolves.toEqualTypeOf<PredictionJson>();
expectTypeOf(client.createFit({ datasets: ['runs.csv'] })).resolves.toEqualTypeOf<CreatedFit>();
expectTypeOf(client.followJob('id')).toExtend<AsyncIterable<Job>>();
expectTypeOf<ApiError>().toExtend<Error>();
// @ts-expect-error -- datasets are a list
void client.createFit({ datasets: 'runs.csv' });
// @ts-expect-error -- no such covariance
void client.createFit({ datasets: ['runs.csv'], covariance: 'bootstrap' });

expectTypeOf<typeof app>().toEqualTypeOf<FastifyPluginAsync<AppOptions>>();
