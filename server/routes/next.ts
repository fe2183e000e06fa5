import type { Static } from '@fastify/type-provider-typebox';
import { IsoflopError } from '../../src/core/errors.ts';
import { parseQuantity } from '../../src/core/quantity.ts';
import { given } from '../../src/node/request/options.ts';
import { nextRuns } from '../../src/plan/next/nextRuns.ts';
import type { NextOptions, NextTarget } from '../../src/plan/next/types.ts';
import { nextRunsFigure } from '../../src/plots/nextRuns.ts';
import { errorResponses } from '../schemas/error.ts';
import { nextAnswer, nextBody, type NextAnswer } from '../schemas/next.ts';
import { fitParams } from '../schemas/quantities.ts';
import type { AddRoutes } from './routes.ts';

/** `POST /api/fits/:id/next`. */
export const nextRoutes: AddRoutes = (app, { fits }) => {
  app.post(
    '/api/fits/:id/next',
    {
      schema: {
        tags: ['fits'],
        summary: 'Which runs to train next for a target',
        description:
          'Sizes, tokens and seeds that for a budget make the interval at the target as narrow as it can be, what each of them is worth, and what usual designs of the same cost would give.',
        params: fitParams,
        body: nextBody,
        response: { 200: nextAnswer, ...errorResponses },
      },
    },
    async ({ params: { id }, body }): Promise<NextAnswer> => {
      const { fit } = await fits.get(id);
      const plan = nextRuns(fit, optionsOf(body));
      return body.figure === true ? { ...plan, figure: nextRunsFigure(fit, plan) } : plan;
    },
  );
};

function optionsOf(body: Static<typeof nextBody>): NextOptions {
  const read = (what: 'minParams' | 'maxParams' | 'maxRunFlops'): number | undefined =>
    body[what] === undefined ? undefined : parseQuantity(body[what], what);
  const { criterion, errors, tokensPerParam, candidates, maxRuns, seeds, batch, confidence } = body;
  const sizes = body.sizes?.map((size) => parseQuantity(size, 'sizes'));
  const range = tokensPerParam === undefined ? undefined : ([tokensPerParam[0], tokensPerParam[1]] as const);
  return {
    target: targetOf(body.target),
    budget: parseQuantity(body.budget, 'budget'),
    ...given({ criterion, errors, candidates, maxRuns, seeds, batch, confidence, sizes, tokensPerParam: range }),
    ...given({
      minParams: read('minParams'),
      maxParams: read('maxParams'),
      maxRunFlops: read('maxRunFlops'),
    }),
  };
}

function targetOf({ flops, params, tokens }: Static<typeof nextBody>['target']): NextTarget {
  if (flops !== undefined && params === undefined && tokens === undefined)
    return { flops: parseQuantity(flops, 'flops') };
  if (flops === undefined && params !== undefined && tokens !== undefined)
    return { params: parseQuantity(params, 'params'), tokens: parseQuantity(tokens, 'tokens') };
  throw new IsoflopError('OPTION_INVALID', {
    option: 'target',
    value: JSON.stringify({ flops, params, tokens }),
    expected: 'flops alone, or params and tokens',
  });
}
