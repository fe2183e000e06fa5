import { describe, expect, it } from 'vitest';
import { chinchilla, folderWith, isoflop } from './run.ts';

// `npm run test:sql` tries --sql with the real DuckDB, which is no dependency of the project.
describe('--sql', () => {
  it('says how to get DuckDB where it is not installed', async () => {
    const cwd = await folderWith();
    const { status, stderr } = await isoflop(['fit', '--sql', "select * from 'runs.csv'"], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain('npm install @duckdb/node-api');
  });

  it('reads one database', async () => {
    const { status, stderr } = await isoflop(['fit', chinchilla, chinchilla, '--sql', 'select 1']);
    expect(status).toBe(2);
    expect(stderr).toContain('--sql reads one database, and several files are named.');
  });
});
