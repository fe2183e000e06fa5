import { createReadStream } from 'node:fs';
import { parseBenchmarks, type BenchmarkOptions, type BenchmarkTable } from '../observational/benchmarkTable.ts';
import { IsoflopError } from '../core/errors.ts';
import { readFailure } from './readFailure.ts';

/**
 * Reads a CSV of public models and their scores on benchmarks; see {@link parseBenchmarks} for what is in it.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE` and what {@link parseBenchmarks} throws
 * @example
 * ```ts
 * const table = await readBenchmarks('data/benchmarks.csv');
 * table.models.length; // 148
 * table.benchmarks; // ['MMLU', 'ARC-C', 'HellaSwag', 'Winograd', 'TruthfulQA', 'GSM8K', 'XWinograd', 'HumanEval']
 * ```
 */
export async function readBenchmarks(path: string, options: BenchmarkOptions = {}): Promise<BenchmarkTable> {
  try {
    return await parseBenchmarks(path, createReadStream(path), options);
  } catch (error) {
    throw error instanceof IsoflopError ? error : readFailure(path, error);
  }
}
