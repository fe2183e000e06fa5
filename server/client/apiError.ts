/** What the server answered instead of what was asked for, or that it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** One of the table of errors, or `UNREACHABLE` where there was no answer, `UNEXPECTED` where it was none of ours. */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Seconds after which it makes sense to ask again, where the server said so. */
  readonly retryAfter: number | null;

  constructor(
    { code, message, remedy }: { readonly code: string; readonly message: string; readonly remedy: string },
    status: number,
    retryAfter: number | null = null,
  ) {
    super(message);
    this.code = code;
    this.remedy = remedy;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** The error for a server that cannot be reached. */
  static unreachable(): ApiError {
    const remedy = 'Check the address, and that isoflop serve still runs.';
    return new ApiError({ code: 'UNREACHABLE', message: 'The server does not answer.', remedy }, 0);
  }

  /** The error that an answer tells. */
  static from(status: number, body: string, retryAfter: string | null = null): ApiError {
    const seconds = retryAfter === null || retryAfter === '' ? null : Number(retryAfter);
    try {
      const { error } = JSON.parse(body) as { error: { code: string; message: string; remedy: string } };
      return new ApiError(error, status, seconds);
    } catch {
      const message = `The server answered with status ${String(status)}.`;
      return new ApiError({ code: 'UNEXPECTED', message, remedy: 'Its log may tell more.' }, status, seconds);
    }
  }
}
