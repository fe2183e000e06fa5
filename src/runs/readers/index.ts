import { csv } from './csv.ts';
import { huggingFace } from './huggingFace.ts';
import { jsonLines } from './jsonLines.ts';
import { jsonTable } from './jsonTable.ts';
import { nanochat } from './nanochat.ts';
import { olmoLadder } from './olmoLadder.ts';
import { parquet } from './parquet.ts';
import type { Reader } from './reader.ts';
import { sweep } from './sweep.ts';
import { tensorBoard } from './tensorBoard.ts';
import { wandb } from './wandb.ts';

/** Readers of all formats, the most telling first: the first that recognises a file reads it. */
export const readers: readonly Reader[] = [
  parquet,
  tensorBoard,
  huggingFace,
  sweep,
  olmoLadder,
  wandb,
  nanochat,
  jsonLines,
  jsonTable,
  csv,
];
