import { Command } from 'commander';
import type { EngineDefinition } from '../../proxy/engines/engine.ts';
import type { TriedEngine } from '../../proxy/engines/index.ts';
import { outputWidth, writeJson, writeResult } from '../output.ts';

/** `isoflop engines`: what can train here. */
export const enginesCommand = new Command('engines')
  .summary('list what can do the arithmetic of training here')
  .description(
    'Opens each engine that is installed and compares loss and gradients of tiny models with those of plain JavaScript (cpu). Tells their devices and versions, which one "auto" takes, and why it passes the others over. With an id: that engine alone, also if it is a GPU in software, which is slow to check.',
  )
  .argument('[id]', 'an engine, such as wasm')
  .option('--json', 'print JSON')
  .addHelpText('before', 'Example:\n  isoflop engines\n  isoflop engines webgpu\n')
  .action(async (id: string | undefined, flags: { json?: boolean }) => {
    const { engines, findEngine, tryEngine } = await import('../../proxy/engines/index.ts');
    const entries: Entry[] = [];
    for (const definition of id === undefined ? engines : [findEngine(id)]) {
      // One after the other: they share what TensorFlow.js takes for its backend.
      entries.push({ definition, tried: await tryEngine(definition, id !== undefined) });
    }
    if (id !== undefined && 'error' in entries[0].tried) throw entries[0].tried.error;
    const auto = id === undefined ? entries.find((entry) => statusOf(entry) === 'works')?.definition.id : undefined;
    if (flags.json === true) {
      writeJson({ ...(id === undefined ? { auto } : {}), engines: entries.map(toJson) });
      return;
    }
    const { wrapText } = await import('../../report/layout.ts');
    const wrap = (line: string): readonly string[] => wrapText(line, outputWidth(), '  ');
    writeResult(entries.map((entry) => toText(entry, entry.definition.id === auto, wrap)).join('\n\n'));
  });

interface Entry {
  readonly definition: EngineDefinition;
  readonly tried: TriedEngine;
}

type Status = 'works' | 'only by name' | 'unavailable';

const statusOf = ({ tried }: Entry): Status =>
  'error' in tried ? 'unavailable' : tried.engine.passOver === undefined ? 'works' : 'only by name';

function toJson(entry: Entry): object {
  const { definition, tried } = entry;
  const { id, title, needs } = definition;
  const about = { id, title, needs, status: statusOf(entry) };
  if ('error' in tried) {
    const { statement, remedy } = tried.error;
    return { ...about, device: null, versions: {}, check: null, reason: statement, remedy };
  }
  const { device, versions, passOver } = tried.engine;
  const check = 'check' in tried ? tried.check : null;
  return { ...about, device, versions, check, reason: passOver ?? null, remedy: null };
}

/** The engine, and below it what is known of it. */
function toText({ definition, tried }: Entry, isAuto: boolean, wrap: (line: string) => readonly string[]): string {
  const head = `${definition.id}: ${definition.title}${isAuto ? ' (what "auto" takes)' : ''}`;
  return [head, ...linesOf(tried).flatMap(wrap)].join('\n');
}

function linesOf(tried: TriedEngine): string[] {
  if ('error' in tried) return [tried.error.message];
  const { device, versions, passOver } = tried.engine;
  const lines = [
    device,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ];
  if (passOver !== undefined) lines.push(`"auto" passes it over: ${passOver}. It is used where it is named.`);
  if ('check' in tried) {
    const { difference, what, tolerance, ms } = tried.check;
    const figures = `${difference.toExponential(1)} (the ${what}), where ${tolerance.toExponential(0)} is allowed`;
    lines.push(
      tried.engine.id === 'cpu'
        ? 'What the others are checked against.'
        : `Largest relative difference from cpu: ${figures}; checked in ${(ms / 1000).toFixed(1)} s.`,
    );
  }
  return lines;
}
