import { IsoflopError } from '../core/errors.ts';
import { ExpressionFault } from '../core/tokens.ts';

/** The error to raise for a fault in the expression of a quantity; other errors stay what they are. */
export function expressionInvalid(quantity: string, expression: string, error: unknown): unknown {
  if (!(error instanceof ExpressionFault)) return error;
  return new IsoflopError('EXPRESSION_INVALID', {
    quantity,
    expression,
    reason: error.message,
    position: error.position,
  });
}

/**
 * The error to raise for a fault in the expression of `--where`; other errors stay what they are.
 *
 * @example
 * ```ts
 * whereInvalid('loss <', new ExpressionFault('it ends too early', 6)).code; // 'WHERE_INVALID'
 * ```
 */
export function whereInvalid(expression: string, error: unknown): unknown {
  if (!(error instanceof ExpressionFault)) return error;
  return new IsoflopError('WHERE_INVALID', { expression, reason: error.message, position: error.position });
}
