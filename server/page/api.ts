import { createClient } from '../client/client.ts';

export { ApiError } from '../client/client.ts';

let token: string | null = null;

/** Sets what every later request shows to a server that asks for a token. */
export function setToken(value: string | null): void {
  token = value;
}

/** The server that sent this page. */
export const api = createClient({ token: () => token });
