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
  .option('--data <folder>', 'folder of CSV files', 'data')
  .option('--fits <folder>', 'folder of saved fits', 'fits')
  .addHelpText('before', 'Example:\n  isoflop serve --fits fits --port 3000\n')
  .action(async (flags: ServeFlags) => {
    if (!(Number.isInteger(flags.port) && flags.port >= 0 && flags.port <= 65_535))
      throw new IsoflopError('OPTION_INVALID', {
        option: '--port',
        value: String(flags.port),
        expected: 'a whole number from 0 to 65535',
      });
    const { startServer } = await import('../../../server/server.ts');
    const { address, close } = await startServer(flags);
    writeResult(`isoflop serves ${flags.fits} at ${address} (Ctrl+C stops it)`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
  });
