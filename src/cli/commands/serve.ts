import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import { writeResult } from '../output.ts';
import { number } from '../parse.ts';

/** What the options of `serve` parse to. */
interface ServeFlags {
  host: string;
  port: number;
  data: string;
  fits: string;
}

/** `isoflop serve`: the saved fits in the browser. */
export const serveCommand = new Command('serve')
  .summary('show saved fits in the browser')
  .description(
    'Serves the page and the API for a folder of saved fits, on this machine only unless --host says otherwise.',
  )
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on; 0 takes any free one', number, 3000)
  .option('--data <folder>', 'folder of CSV files (not used yet)', 'data')
  .option('--fits <folder>', 'folder of saved fits', 'fits')
  .addHelpText('before', 'Example:\n  isoflop serve --fits fits --port 3000\n')
  .action(async (flags: ServeFlags) => {
    if (!(Number.isInteger(flags.port) && flags.port >= 0 && flags.port <= 65_535))
      throw new IsoflopError('OPTION_INVALID', {
        option: '--port',
        value: String(flags.port),
        expected: 'a whole number from 0 to 65535',
      });
    const folder = await stat(flags.fits).catch(() => null);
    if (folder?.isDirectory() !== true)
      throw new IsoflopError('OPTION_INVALID', {
        option: '--fits',
        value: flags.fits,
        expected: 'a folder of saved fits; isoflop fit RUNS.csv --out fits/mine.json makes one',
      });
    const { startServer } = await import('../../../server/server.ts');
    const { address, close } = await startServer(flags).catch((error: unknown) => {
      throw listenError(error, flags);
    });
    writeResult(`isoflop serves ${flags.fits} at ${address} (Ctrl+C stops it)`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
  });

const reasons: Readonly<Partial<Record<string, string>>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'ports below 1024 need more rights',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
};

/** The error of the table for an address that cannot be had; anything else is a defect and stays as it is. */
function listenError(error: unknown, { host, port }: ServeFlags): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  if (reason === undefined) return error;
  return new IsoflopError('ADDRESS_UNAVAILABLE', { host, port, reason });
}
