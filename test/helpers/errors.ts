import { IsoflopError, type ErrorCode } from '../../src/core/errors.ts';

/** The error of the table that a call raises; any other outcome fails the test. */
export function errorOf(call: () => unknown): IsoflopError {
  try {
    call();
  } catch (error) {
    if (error instanceof IsoflopError) return error as IsoflopError;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Code of the error that a call raises. */
export const codeOf = (call: () => unknown): ErrorCode => errorOf(call).code;
