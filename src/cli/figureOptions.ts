import { Option, type Command } from 'commander';
import { IsoflopError } from '../core/errors.ts';
import { fileName, names, positive } from './parse.ts';

/** What the options of commands that draw figures parse to. */
export interface FigureFlags {
  out?: string;
  format?: string[];
  style: 'screen' | 'paper';
  font?: 'serif' | 'sans';
  width?: number;
  height?: number;
  scale?: number;
  dark?: boolean;
  caption?: boolean;
  terminal?: boolean;
}

/** Pixels of an inch, and of the other units in which a length can be given. */
const units: Readonly<Record<string, number | undefined>> = {
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  pt: 96 / 72,
  px: 1,
};
const columns: Readonly<Record<string, number | undefined>> = { single: 3.25 * 96, double: 6.75 * 96 };
/** Narrower or wider than this is a mistake about the unit. */
const [least, most] = [100, 10_000];

/** Option parser for a length: `single`, `double`, `3.25in`, `82mm`, `234pt`, or pixels. */
function length(option: string): (text: string) => number {
  return (text) => {
    const [, value = '', unit = 'px'] = /^([\d.]+)\s*(in|cm|mm|pt|px)?$/.exec(text.trim()) ?? [];
    const pixels = columns[text.trim()] ?? Number(value === '' ? NaN : value) * (units[unit] ?? NaN);
    if (pixels >= least && pixels <= most) return pixels;
    throw new IsoflopError('OPTION_INVALID', {
      option,
      value: text,
      expected:
        'single, double, or a length such as 3.25in, 82mm or 900px; an inch has 96 pixels, and a picture 100 to 10,000',
    });
  };
}

/**
 * Adds the options that say where figures go and how they look; every command that draws some takes them.
 *
 * @param what - what `--out` writes, such as "the figures"
 * @param without - what happens without `--out`, in brackets
 */
export function addFigureOptions(command: Command, what: string, without = ''): Command {
  return command
    .option(
      '--out <file>',
      `write ${what}: .html, .svg, .png, .pdf or .json; a folder, or a pattern such as '{figure}.pdf'${without}`,
      fileName('--out'),
    )
    .option('--format <list>', 'formats of the files in a folder, such as pdf,png (default: svg)', names('--format'))
    .addOption(
      new Option('--style <style>', 'paper: a column wide, 8-point letters, no title, readable without color')
        .choices(['screen', 'paper'])
        .default('screen'),
    )
    .addOption(new Option('--font <kind>', 'letters of the paper style (default: serif)').choices(['serif', 'sans']))
    .option('--width <length>', 'such as single (3.25in), double (6.75in), 82mm or 900px', length('--width'))
    .option('--height <length>', 'likewise', length('--height'))
    .option(
      '--scale <factor>',
      'pixels of a PNG for each of 96 to the inch (default: 2; paper: 6.25)',
      positive('--scale'),
    )
    .option('--dark', 'light on dark ground')
    .option('--caption', 'write the caption to a .txt file beside each picture')
    .option('--terminal', 'print the figures as text');
}

/**
 * Refuses figure options that do not go together or name no file that could be written, before any work is done.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`, `USAGE`
 */
export async function checkFigureFlags(flags: FigureFlags & { json?: boolean }): Promise<void> {
  if (flags.style === 'paper' && flags.dark === true)
    throw new IsoflopError('USAGE', {
      message: 'A figure of the paper style is dark on white.',
      remedy: 'Leave out --dark, or take --style screen.',
    });
  if (flags.terminal === true && flags.json === true)
    throw new IsoflopError('USAGE', {
      message: 'With --json the output is one JSON document, in which figures as text have no place.',
      remedy: 'Leave out --json or --terminal.',
    });
  if (flags.out === undefined) return;
  const { formatsOf } = await import('../node/figures/targets.ts');
  formatsOf(flags.out, flags.format);
}
