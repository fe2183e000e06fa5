import { validatorCompiler } from '../validator.ts';

type Route = Parameters<typeof validatorCompiler>[0];

/** Checks all of a request but its body, whose schema is for the documentation: the handler takes bytes and checks them itself. */
export function bodyUnchecked(route: Route): ReturnType<typeof validatorCompiler> {
  return route.httpPart === 'body' ? () => true : validatorCompiler(route);
}
