import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The minified source of Plotly, from the installed package. */
export function readPlotly(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve('plotly.js-dist-min/plotly.min.js'), 'utf8');
}
