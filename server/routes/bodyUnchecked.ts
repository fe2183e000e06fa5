import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifySchemaCompiler } from 'fastify';

type Route<Schema> = Parameters<FastifySchemaCompiler<Schema>>[0];
type Check = ReturnType<typeof TypeBoxValidatorCompiler>;

/** Checks all of a request but its body, whose schema is for the documentation: the handler takes bytes and checks them itself. */
export function bodyUnchecked<Schema>(route: Route<Schema>): Check {
  if (route.httpPart === 'body') return () => true;
  return TypeBoxValidatorCompiler(route as Parameters<typeof TypeBoxValidatorCompiler>[0]);
}
