import { IsoflopError } from '../../core/errors.ts';
import { maskedChecksum, recordFrame, recordHead, recordLength } from '../../core/tensorBoard/records.ts';
import { createWarning } from '../../core/warnings.ts';
import { runNameOf, type InputFile } from '../input.ts';
import type { Cell, RowSink, TableSummary } from '../table.ts';
import { logColumns } from './logNames.ts';
import { defineReader } from './reader.ts';

const format = 'TensorBoard events';

/** Largest record that is read; larger ones hold images or graphs, or are none. */
const recordLimit = 2 ** 30;

/** Scalars of a run by step. */
class Scalars {
  readonly #tags = new Map<string, Map<number, number>>();
  readonly #times = new Map<number, number>();

  /** Adds a scalar; of two of one step the later stays, as after a resumed run went over its steps again. */
  add(tag: string, step: number, value: number, time: number): void {
    const values = this.#tags.get(tag) ?? new Map<number, number>();
    this.#tags.set(tag, values.set(step, value));
    this.#times.set(step, time);
  }

  get isEmpty(): boolean {
    return this.#tags.size === 0;
  }

  /** Passes the steps on as rows, ascending. */
  send(sink: RowSink, run: string): number {
    const tags = [...this.#tags.keys()];
    const names = ['run', 'step', 'wall_time', ...tags];
    sink.header(names, {
      preferred: { ...logColumns(tags), run: ['run'], step: ['step'] },
      missing: { params: ', which events seldom hold', tokens: ', which events hold only where they were logged' },
      unit: 'row',
    });
    const columns = [...this.#tags.values()];
    const steps = [...this.#times.keys()].sort((a, b) => a - b);
    const cells: Cell[] = [run];
    steps.forEach((step, i) => {
      cells[1] = step;
      cells[2] = this.#times.get(step) ?? NaN;
      columns.forEach((column, k) => {
        const value = column.get(step) ?? '';
        // What was recorded as no number is not what was not recorded.
        cells[k + 3] = Number.isNaN(value) ? 'nan' : value;
      });
      sink.row(cells, i + 1);
    });
    return steps.length;
  }
}

/** The records of a file, with the place of each; `onCut` is told where they end before the file does. */
async function* readRecords(file: InputFile, onCut: (at: number, reason: string) => void): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let at = 0;
  for await (const piece of file.open()) {
    const bytes = rest.length === 0 ? piece : concat(rest, piece);
    let start = 0;
    while (bytes.length - start >= recordHead) {
      const length = recordLength(bytes.subarray(start));
      if (length === undefined || length > recordLimit) {
        onCut(at + start, 'the length of a record does not agree with its checksum');
        return;
      }
      const end = start + recordFrame + length;
      if (end > bytes.length) break;
      const data = bytes.subarray(start + recordHead, end - 4);
      const stored = new DataView(bytes.buffer, bytes.byteOffset + end - 4, 4).getUint32(0, true);
      if (stored !== maskedChecksum(data)) {
        onCut(at + start, 'a record does not agree with its checksum');
        return;
      }
      yield data;
      start = end;
    }
    rest = bytes.slice(start);
    at += start;
  }
  if (rest.length > 0) onCut(at, 'the last record is not complete');
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The fields of an event that are used here, as protobufjs decodes them. */
interface DecodedEvent {
  readonly wallTime: number;
  readonly step: number | { toNumber(): number };
  readonly summary?: { readonly value: readonly DecodedValue[] } | null;
}
interface DecodedValue {
  readonly tag: string;
  readonly value?: 'simpleValue' | 'tensor';
  readonly simpleValue: number;
  readonly tensor?: DecodedTensor | null;
  readonly metadata?: { readonly pluginData?: { readonly pluginName: string } | null } | null;
}
interface DecodedTensor {
  readonly dtype: number;
  readonly tensorContent: Uint8Array;
  readonly floatVal: readonly number[];
  readonly doubleVal: readonly number[];
  readonly intVal: readonly number[];
  readonly int64Val: readonly (number | { toNumber(): number })[];
}

const plain = (value: number | { toNumber(): number }): number =>
  typeof value === 'number' ? value : value.toNumber();

/** The scalar of a value: a float, or a tensor with one element, as TensorFlow 2 writes it. */
function scalarOf({ value, simpleValue, tensor, metadata }: DecodedValue): number | undefined {
  if (value === 'simpleValue') return simpleValue;
  const plugin = metadata?.pluginData?.pluginName;
  if (tensor == null || (plugin !== undefined && plugin !== 'scalars')) return undefined;
  const { dtype, tensorContent, floatVal, doubleVal, intVal, int64Val } = tensor;
  if (tensorContent.length > 0) {
    const view = new DataView(tensorContent.buffer, tensorContent.byteOffset, tensorContent.length);
    if (dtype === 1 && view.byteLength === 4) return view.getFloat32(0, true);
    if (dtype === 2 && view.byteLength === 8) return view.getFloat64(0, true);
    if (dtype === 3 && view.byteLength === 4) return view.getInt32(0, true);
    return dtype === 9 && view.byteLength === 8 ? Number(view.getBigInt64(0, true)) : undefined;
  }
  const values = [...floatVal, ...doubleVal, ...intVal, ...int64Val.map(plain)];
  return values.length === 1 ? values[0] : undefined;
}

/** Reads the event files of one folder, which are of one run. */
async function readEvents(files: readonly InputFile[], sink: RowSink): Promise<TableSummary> {
  const { eventType } = await import('../../core/tensorBoard/events.ts');
  const scalars = new Scalars();
  // The metadata of a tag stand at its first value only.
  const others = new Set<string>();
  for (const file of files) {
    const onCut = (at: number, reason: string): void => {
      sink.warn(
        createWarning(
          'FILE_TRUNCATED',
          `${file.name} was read up to byte ${String(at)} of ${String(file.size)}: ${reason}.`,
        ),
      );
    };
    for await (const data of readRecords(file, onCut)) {
      let event: DecodedEvent;
      try {
        event = eventType.decode(data) as unknown as DecodedEvent;
      } catch {
        throw new IsoflopError('FILE_DAMAGED', { file: file.name, format, reason: 'a record holds no event' });
      }
      for (const value of event.summary?.value ?? []) {
        const plugin = value.metadata?.pluginData?.pluginName ?? '';
        if (plugin !== '' && plugin !== 'scalars') others.add(value.tag);
        const scalar = others.has(value.tag) ? undefined : scalarOf(value);
        if (scalar !== undefined) scalars.add(value.tag, plain(event.step), scalar, event.wallTime);
      }
    }
  }
  if (scalars.isEmpty)
    throw new IsoflopError('FILE_WITHOUT_ROWS', { file: files[0].name, format, reason: 'no scalar was recorded' });
  return { rows: scalars.send(sink, runNameOf(files[0].path)) };
}

/** TensorBoard's event files, as TensorFlow, torch.utils.tensorboard, tensorboardX and `isoflop train` write them. */
export const tensorBoard = defineReader({
  id: 'tensorboard',
  title: 'TensorBoard events',
  joinsFolder: true,
  recognises: ({ bytes }) => {
    const length = bytes.length < recordHead ? undefined : recordLength(bytes);
    // A first event begins with its wall time or the version; other TFRecord files hold other messages.
    return length !== undefined && (bytes[recordHead] === 0x09 || bytes[recordHead] === 0x1a);
  },
  read: readEvents,
});
