import { IsoflopError } from '../core/errors.ts';
import { reasonOf } from './reasonOf.ts';

/** The error for a file or a folder that could not be read: `FILE_NOT_FOUND` or `FILE_UNREADABLE`. */
export function readFailure(path: string, error: unknown): IsoflopError {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? new IsoflopError('FILE_NOT_FOUND', { file: path })
    : new IsoflopError('FILE_UNREADABLE', { file: path, reason: reasonOf(error) });
}
