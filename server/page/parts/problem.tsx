import type { ApiError } from '../api.ts';

/** What went wrong, what to do about it, and another try. */
export function Problem({
  title,
  error,
  retry,
}: {
  readonly title: string;
  readonly error: ApiError;
  readonly retry: () => void;
}) {
  return (
    <section class="state" role="alert">
      <h1>{title}</h1>
      <p>{error.message}</p>
      <p class="hint">{error.remedy}</p>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </section>
  );
}
