import type { Figure } from '../contract.ts';
import { loadPlotly } from './plotly.ts';
import { tableOf, toCsv } from './table.ts';

/** Hands a file to the browser to keep. */
export function saveFile(name: string, content: Blob | string): void {
  const link = document.createElement('a');
  const isBlob = content instanceof Blob;
  const address = isBlob ? URL.createObjectURL(content) : content;
  link.href = address;
  link.download = name;
  link.click();
  if (isBlob)
    setTimeout(() => {
      URL.revokeObjectURL(address);
    }, 10_000);
}

export const formats = ['PNG', 'SVG', 'CSV', 'JSON'] as const;
export type Format = (typeof formats)[number];

/** Size of a picture in CSS pixels; a PNG has twice as many in each direction. */
const size = { width: 1000, height: 620 };

/** Saves a figure: as a picture with its title on white paper, or its numbers. */
export async function saveFigure(name: string, figure: Figure, format: Format): Promise<void> {
  if (format === 'JSON') {
    saveFile(`${name}.json`, new Blob([JSON.stringify(figure)], { type: 'application/json' }));
    return;
  }
  if (format === 'CSV') {
    saveFile(`${name}.csv`, new Blob([toCsv(tableOf(figure))], { type: 'text/csv' }));
    return;
  }
  const plotly = await loadPlotly();
  const type = format === 'PNG' ? 'png' : 'svg';
  const height = Number(figure.layout.height ?? size.height);
  const { data, layout, config } = figure;
  saveFile(
    `${name}.${type}`,
    await plotly.toImage({ data, layout, config }, { ...size, height, format: type, scale: type === 'png' ? 2 : 1 }),
  );
}
