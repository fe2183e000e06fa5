import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';

/** Formats that figures are written in. */
export const figureFormats = ['html', 'svg', 'png', 'pdf', 'json'] as const;

/** A format that figures are written in. */
export type FigureFormat = (typeof figureFormats)[number];

/** A file and the figures that it is to hold: all of them in a page, else one. */
export interface FigureTarget {
  readonly file: string;
  readonly format: FigureFormat;
  readonly ids: readonly string[];
}

/** What stands for the name of the figure in a pattern. */
const placeholder = '{figure}';

const isFormat = (name: string): name is FigureFormat => (figureFormats as readonly string[]).includes(name);

const isFolder = (path: string): boolean => /[\\/]$/.test(path) || (existsSync(path) && statSync(path).isDirectory());

/**
 * Formats in which `out` asks for figures: by its ending, or in a folder those named.
 *
 * @param out - a file name, a pattern with `{figure}`, or a folder, which exists or ends with a slash
 * @param formats - formats asked for by name; a folder without them gets SVG
 * @throws {@link IsoflopError} `OPTION_INVALID`
 */
export function formatsOf(out: string, formats?: readonly string[]): FigureFormat[] {
  const unknown = formats?.find((name) => !isFormat(name));
  if (unknown !== undefined)
    throw new IsoflopError('OPTION_INVALID', {
      option: '--format',
      value: unknown,
      expected: figureFormats.join(', '),
    });
  const asked = (formats ?? []).filter(isFormat);
  if (isFolder(out)) return asked.length === 0 ? ['svg'] : asked;
  const ending = extname(out).slice(1).toLowerCase();
  if (!isFormat(ending))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--out',
      value: out,
      expected: 'a file name that ends in .html, .svg, .png, .pdf or .json, or a folder with a slash at its end',
    });
  if (asked.some((format) => format !== ending))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--format',
      value: asked.join(','),
      expected: `formats for a folder (--out ${join(dirname(out), 'figures')}/); the file of --out says its own`,
    });
  return [ending];
}

/**
 * The files that figures go to: into a folder by their names, by a pattern such as `fig-{figure}.pdf`, or into the one file
 * named. Several figures and one name without a pattern make `name-figure.pdf`; a page holds all of them.
 *
 * @param ids - names of the figures
 * @throws {@link IsoflopError} `OPTION_INVALID`
 */
export function figureTargets(out: string, ids: readonly string[], formats?: readonly string[]): FigureTarget[] {
  const inFolder = isFolder(out);
  return formatsOf(out, formats).flatMap((format): FigureTarget[] => {
    if (format === 'html') return [{ file: inFolder ? join(out, 'figures.html') : out, format, ids }];
    return ids.map((id) => {
      const ending = extname(out);
      const stem = basename(out, ending);
      const name = stem.includes(placeholder)
        ? stem.replaceAll(placeholder, id)
        : ids.length > 1
          ? `${stem}-${id}`
          : stem;
      return { file: inFolder ? join(out, `${id}.${format}`) : join(dirname(out), name + ending), format, ids: [id] };
    });
  });
}
