import compress from '@fastify/compress';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginAsync } from 'fastify';
import { createFitStore } from './fitStore.ts';
import { addDocumentation } from './plugins/documentation.ts';
import { addErrors } from './plugins/errors.ts';
import { addOperation } from './plugins/operation.ts';
import type { OperationOptions } from './plugins/operation.ts';
import { addPage } from './plugins/page.ts';
import { allocateRoutes } from './routes/allocate.ts';
import { figureRoutes } from './routes/figures.ts';
import { fitRoutes } from './routes/fits.ts';
import { healthRoutes } from './routes/health.ts';
import { lawRoutes } from './routes/laws.ts';
import { predictRoutes } from './routes/predict.ts';

/** Options of {@link app}. */
export interface AppOptions extends OperationOptions {
  /** Folder of saved fits. */
  readonly fits: string;
  /** Folder of data sets. Nothing reads it yet. */
  readonly data?: string;
}

/** One line for each resource. */
const resources = [healthRoutes, lawRoutes, fitRoutes, predictRoutes, allocateRoutes, figureRoutes];

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
export const app: FastifyPluginAsync<AppOptions> = async (server, { fits, ...operation }) => {
  const store = createFitStore(fits);
  // TypeBox's own checker neither drops unknown properties nor turns text into numbers in a body, as Fastify's would.
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  addErrors(server);
  await addOperation(server, operation);
  await server.register(compress, { encodings: ['gzip', 'deflate'] });
  await addDocumentation(server);
  const typed = server.withTypeProvider<TypeBoxTypeProvider>();
  for (const addRoutes of resources) addRoutes(typed, store);
  await addPage(server);
};
