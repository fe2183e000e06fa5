export { backtestToJson, type BacktestJson } from './backtestJson.ts';
export { formatBacktest } from './backtestText.ts';
export { formatApproaches } from './approachesText.ts';
export { familiesToJson } from './familiesJson.ts';
export { formatFamilies } from './familiesText.ts';
export { formatNumber, numericFormula, symbolicFormula, type FormulaStyle } from './formula.ts';
export { allocationToJson, fitToJson, predictionToJson, type FitJson } from './json.ts';
export { formatMatrix } from './matrixText.ts';
export { formatAllocation, formatPrediction, formatReport, type TextOptions } from './text.ts';
