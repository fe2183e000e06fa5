import ts from 'typescript';

/** Keeps what each cell writes and what its last expression shows, and prints all of it as JSON in the end. */
const before = `
import { format as formatted } from 'node:util';
const cells = [];
const beginCell = () => cells.push({ printed: '', shown: null });
const showResult = (value) => {
  const bundle = value?.[Symbol.for('Jupyter.display')]?.();
  cells.at(-1).shown = bundle ?? (value === undefined ? null : { 'text/plain': formatted(value) });
};
console.log = (...values) => { cells.at(-1).printed += formatted(...values) + '\\n'; };
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

/** The code cells of a notebook in their order as one JavaScript module, which prints a {@link CellRun} for each. */
export function notebookModule(cells: readonly string[]): string {
  const { outputText } = ts.transpileModule(cells.map(cellCode).join(''), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  return `${before}${outputText}${after}`;
}

/** What a cell did. */
export interface CellRun {
  /** All it wrote to the console. */
  readonly printed: string;
  /** The representations of its last expression, `null` where there is none. */
  readonly shown: Readonly<Record<string, unknown>> | null;
}
