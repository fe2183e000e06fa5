import { csv } from './csv.ts';
import { jsonLines } from './jsonLines.ts';
import { jsonTable } from './jsonTable.ts';
import { parquet } from './parquet.ts';
import type { Reader } from './reader.ts';
import { tensorBoard } from './tensorBoard.ts';

/** Readers of all formats, the most telling first: the first that recognises a file reads it. */
export const readers: readonly Reader[] = [parquet, tensorBoard, jsonLines, jsonTable, csv];
