/**
 * The least that Fastify needs to answer predictions: one route with the schemas of isoflop's, no hooks and no log. It
 * sends one answer, which it is given as its argument, to all questions. Prints its address when it listens.
 */
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { predictQuery } from '../../server/schemas/prediction.ts';
import { fitParams } from '../../server/schemas/quantities.ts';

const [, , answer = ''] = process.argv;
const server = Fastify().setValidatorCompiler(TypeBoxValidatorCompiler).withTypeProvider<TypeBoxTypeProvider>();
server.get(
  '/api/fits/:id/predict',
  { schema: { params: fitParams, querystring: predictQuery } },
  // The text is JSON already, as it is in isoflop's route, which makes this the harder one to follow.
  async (_request, reply) => reply.type('application/json; charset=utf-8').send(answer),
);
console.log(await server.listen({ port: 0 }));
