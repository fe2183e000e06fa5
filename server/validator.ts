import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

type Route = Parameters<FastifySchemaCompiler<TSchema>>[0];

/**
 * Checks the parts of a request by TypeBox, which neither drops unknown properties nor turns text into numbers in a body,
 * as Fastify's own checker would.
 *
 * Most query strings hold text where the schema has text; only when that does not fit is text turned into numbers, which
 * takes several times as long as the check.
 */
export function validatorCompiler(route: Route): ReturnType<typeof TypeBoxValidatorCompiler> {
  const exact = Compile(route.schema);
  const converting = TypeBoxValidatorCompiler(route);
  return (value: unknown) => (exact.Check(value) ? { value } : (converting(value) as { value: unknown }));
}
