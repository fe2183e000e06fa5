import { fetchFile } from '../api.ts';
import { saveFile } from '../figures/download.ts';
import { apiError } from '../state/loading.ts';
import { tell } from '../state/messages.ts';

/** Downloads a file of the API; a plain link could not carry the token. */
export async function download(path: string, name: string): Promise<void> {
  try {
    saveFile(name, await fetchFile(path));
  } catch (error) {
    const { message, remedy } = apiError(error);
    tell(`${message} ${remedy}`, { level: 'error' });
  }
}
