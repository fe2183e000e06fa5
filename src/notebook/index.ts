/**
 * Figures and tables as a notebook in TypeScript shows them, see `notebooks/README.md`.
 *
 * @module isoflop/notebook
 */
export type { DisplayBundle, Displayed } from './displayed.ts';
export { showFigure } from './showFigure.ts';
export { showList } from './showList.ts';
export { showTable } from './showTable.ts';
