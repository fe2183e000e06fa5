import { signal, type Signal } from '@preact/signals';
import { ApiError } from '../api.ts';
import { noteRefusal } from './access.ts';

/** Something that comes from the server: what is there, whether it is being loaded, and what went wrong. */
export interface Loaded<T> {
  readonly value: T | null;
  readonly busy: boolean;
  readonly error: ApiError | null;
}

export const nothing = { value: null, busy: false, error: null } as const;

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** Where the page shows an answer, and what is wrong with the question. */
export interface Shown<T> {
  readonly answer: Signal<T | null>;
  readonly problem: Signal<string | null>;
}

/**
 * Shows what the server answers, or what is wrong; nothing where something newer was asked by then.
 *
 * @param keepsLast - whether the last answer stays where there is a problem
 */
export async function showAnswer<T>(
  asked: Promise<T>,
  abort: AbortSignal,
  { answer, problem }: Shown<T>,
  keepsLast = false,
): Promise<void> {
  try {
    const found = await asked;
    if (abort.aborted) return;
    answer.value = found;
    problem.value = null;
  } catch (error) {
    if (abort.aborted) return;
    const { message, remedy } = apiError(error);
    if (!keepsLast) answer.value = null;
    problem.value = `${message} ${remedy}`;
  }
}

/** An error of the server; anything else is a mistake of ours and is thrown on. Refusals also open the token's form. */
export function apiError(error: unknown): ApiError {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) noteRefusal(error.code);
  return error;
}

/** A thing of the server that is loaded again when asked; the latest request wins and the old value stays until then. */
export class Resource<T> {
  readonly state: Signal<Loaded<T>> = signal<Loaded<T>>(nothing);
  private readonly load: (signal: AbortSignal) => Promise<T>;
  private running: AbortController | undefined;

  constructor(load: (signal: AbortSignal) => Promise<T>) {
    this.load = load;
  }

  get value(): T | null {
    return this.state.value.value;
  }

  async refresh(): Promise<void> {
    this.running?.abort();
    const controller = new AbortController();
    this.running = controller;
    this.state.value = { ...this.state.peek(), busy: true };
    try {
      const value = await this.load(controller.signal);
      if (!controller.signal.aborted) this.state.value = { value, busy: false, error: null };
    } catch (error) {
      if (controller.signal.aborted) return;
      this.state.value = { value: this.state.peek().value, busy: false, error: apiError(error) };
    }
  }
}
