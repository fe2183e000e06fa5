import { signal } from '@preact/signals';
import { setToken } from '../api.ts';

/** Kept for the tab only, so that it does not outlive the visit. */
const key = 'isoflop-token';

/** Whether the server asked for a token that it did not get, and how often it refused one. */
export const refused = signal<'no' | 'missing' | 'wrong'>('no');

/** Takes the token out of the address, where it would be shared and kept, or that of this tab. */
export function findToken(): void {
  const hash = new URLSearchParams(location.hash.slice(1));
  const given = hash.get('token');
  if (given !== null) {
    hash.delete('token');
    sessionStorage.setItem(key, given);
    history.replaceState(null, '', `#${hash.toString()}`);
  }
  setToken(sessionStorage.getItem(key));
}

/** Keeps the token that the user typed. */
export function keepToken(token: string): void {
  sessionStorage.setItem(key, token);
  setToken(token);
  refused.value = 'no';
}

/** Notes that an answer was 401: the page then asks for the token. */
export function noteRefusal(code: string): void {
  sessionStorage.removeItem(key);
  refused.value = code === 'TOKEN_WRONG' ? 'wrong' : 'missing';
}
