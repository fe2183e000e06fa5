import { saveFile } from '../figures/download.ts';
import { apiError } from '../state/loading.ts';
import { tell } from '../state/messages.ts';

/** Saves a file of the API; a plain link could not carry the token. */
export async function download(file: Promise<Blob>, name: string): Promise<void> {
  try {
    saveFile(name, await file);
  } catch (error) {
    const { message, remedy } = apiError(error);
    tell(`${message} ${remedy}`, { level: 'error' });
  }
}
