import { IsoflopError } from '../../core/errors.ts';
import type { InputFile } from '../input.ts';
import { readCsvInto } from '../read.ts';
import { isObject, readJson } from './json.ts';
import { defineReader } from './reader.ts';

const format = 'the plan of a sweep';

/** Whether a file lies in the folder of another, or below it. */
const isBelow = (file: InputFile, other: InputFile): boolean => {
  const folder = other.path.slice(0, -1);
  return file !== other && folder.every((part, k) => file.path[k] === part);
};

/** `sweep.json` of `isoflop sweep`: the rows are those of runs.csv beside it, in which all its runs are. */
export const sweep = defineReader({
  id: 'isoflop-sweep',
  title: 'isoflop sweep',
  recognises: ({ text }) =>
    /^\s*\{\s*"name":\s*"[^"]*",\s*"runs":\s*\[\s*\{\s*"name":/.test(text) && text.includes('"corpus"'),
  supersedes: (own, all) =>
    new Map(
      own.flatMap(({ file }) =>
        all.filter((other) => isBelow(other, file)).map((other) => [other, `its rows are in ${file.name}`]),
      ),
    ),
  read: async ([file], sink) => {
    const plan = await readJson(file, format);
    const table = await file.beside('runs.csv');
    if (!isObject(plan) || table === undefined)
      throw new IsoflopError('FILE_WITHOUT_ROWS', {
        file: file.name,
        format,
        reason: 'there is no runs.csv beside it, which a sweep writes as it begins',
      });
    return await readCsvInto(table.name, table.open(), sink);
  },
});
