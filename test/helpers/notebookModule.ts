import ts from 'typescript';

/** Keeps what the last expression of each cell shows, and prints all of it as JSON in the end. */
const before = `
import { format as formatted } from 'node:util';
const cells = [];
const beginCell = () => cells.push(null);
const showResult = (value) => {
  const bundle = value?.[Symbol.for('Jupyter.display')]?.();
  cells[cells.length - 1] = bundle ?? (value === undefined ? null : { 'text/plain': formatted(value) });
};
console.log = () => {
  throw new Error('Deno\\'s kernel may lose what is printed: show it with showList.');
};
`;
const after = `
process.stdout.write(JSON.stringify(cells), () => process.exit(0));
`;

/** The code of a cell whose last expression is kept instead of dropped. */
function cellCode(source: string): string {
  const { statements } = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2023);
  const last = statements.at(-1);
  const body =
    last !== undefined && ts.isExpressionStatement(last)
      ? `${source.slice(0, last.pos)}\nshowResult(await (${source.slice(last.expression.pos, last.expression.end)}));`
      : source;
  return `beginCell();\n${body}\n`;
}

/** The representations of what a cell shows, by media type; `null` where it shows nothing. */
export type CellRun = Readonly<Record<string, unknown>> | null;

/** The code cells of a notebook in their order as one JavaScript module, which prints a {@link CellRun} for each. */
export function notebookModule(cells: readonly string[]): string {
  const { outputText } = ts.transpileModule(cells.map(cellCode).join(''), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  return `${before}${outputText}${after}`;
}
