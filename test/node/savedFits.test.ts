import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdtemp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atomicCreate, atomicWrite, removeAbandoned, temporaryName } from '../../src/node/atomicWrite.ts';
import { listFitIds, loadFit, saveFit } from '../../src/node/savedFits.ts';
import { encodeFit } from '../../src/report/savedFit.ts';
import { exampleFit } from '../report/savedFitExample.ts';
import { isLong } from '../helpers/long.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-fits-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('saved fits on disk', () => {
  it('are read back, in a folder that did not exist', async () => {
    const path = join(folder, 'new', 'mine.json');
    const fit = exampleFit();
    await saveFit(path, fit, { command: 'isoflop fit' });
    expect(await loadFit(path)).toStrictEqual({ ...fit, command: 'isoflop fit' });
    expect(await readFile(path, 'utf8')).toBe(encodeFit(fit, { command: 'isoflop fit' }));
    expect(await readdir(join(folder, 'new'))).toEqual(['mine.json']);
  });

  it('name the file that does not exist or cannot be read', async () => {
    const path = join(folder, 'none.json');
    await expect(loadFit(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', exit: 2 });
    await expect(loadFit(folder)).rejects.toThrow(`${folder} cannot be read: it is a folder.`);
  });

  it('are the files of a folder whose names can be addresses', async () => {
    for (const name of ['good.json', 'a-2.json', 'notes.txt', 'bad name.json', '.hidden.json'])
      await writeFile(join(folder, name), '{}');
    expect(await listFitIds(folder)).toEqual(['a-2', 'good']);
    await expect(listFitIds(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('atomicWrite', () => {
  it('leaves the old file and no other when it fails', async () => {
    const path = join(folder, 'kept');
    await mkdir(path);
    await writeFile(join(path, 'old'), 'old');
    await expect(atomicWrite(path, 'new')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', exit: 1 });
    await expect(atomicWrite(join(folder, 'none', 'x.json'), 'new')).rejects.toThrow('the folder does not exist');
    expect(await readdir(folder)).toEqual(['kept']);
    expect(await readFile(join(path, 'old'), 'utf8')).toBe('old');
  });

  it('makes a file that must be new, and leaves one that is there', async () => {
    const path = join(folder, 'new.json');
    expect(await atomicCreate(path, 'first')).toBe(true);
    expect(await atomicCreate(path, 'second')).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('first');
    const made = await Promise.all(Array.from({ length: 20 }, (_, k) => atomicCreate(join(folder, 'one'), String(k))));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['new.json', 'one']);
  });

  it('removes what writers that were killed left behind, and nothing of those that live', async () => {
    const [own, ended] = [
      temporaryName(folder),
      temporaryName(folder).replace(`-${String(process.pid)}-`, '-999999999-'),
    ];
    const others = `.00-${String(process.ppid)}-ab.tmp`;
    const alive = ended.replace('-999999999-', `-${String(process.ppid)}-`);
    for (const path of [own, ended, alive, join(folder, others), join(folder, 'x.tmp')]) await writeFile(path, '');
    // Its own number is that of a process before it: it has written nothing yet.
    expect(await removeAbandoned(folder)).toBe(2);
    expect((await readdir(folder)).sort()).toEqual([others, basename(alive), 'x.tmp'].sort());
    expect(await removeAbandoned(join(folder, 'none'))).toBe(0);
  });

  it('does not replace a device', async () => {
    await expect(atomicWrite('/dev/null', 'new')).rejects.toThrow('it is not a regular file');
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('writes through a symbolic link', async () => {
    await writeFile(join(folder, 'real'), 'old');
    await symlink(join(folder, 'real'), join(folder, 'link'));
    await atomicWrite(join(folder, 'link'), 'new');
    expect(await readFile(join(folder, 'real'), 'utf8')).toBe('new');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
  });

  it('leaves the old or the new file whole when the process is killed at any moment', async () => {
    const path = join(folder, 'fit.json');
    // Two contents of 4 MB, written in turn for ever, so that the kill falls into every phase of writing.
    const script = join(folder, 'writer.mts');
    const module = JSON.stringify(join(import.meta.dirname, '../../src/node/atomicWrite.ts'));
    await writeFile(
      script,
      `import { atomicWrite } from ${module};
       const contents = ['a', 'b'].map((c) => c.repeat(4e6));
       await atomicWrite(${JSON.stringify(path)}, contents[0]);
       console.log('started');
       for (let k = 1; ; k++) await atomicWrite(${JSON.stringify(path)}, contents[k % 2]);`,
    );
    const seen = new Set<string>();
    for (let kill = 0; kill < (isLong ? 20 : 8); kill++) {
      const writer = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const started = await Promise.race([once(writer.stdout, 'data'), once(writer, 'exit')]);
      expect(String(started[0])).toBe('started\n');
      await sleep(Math.random() * 60);
      const exited = once(writer, 'exit');
      writer.kill('SIGKILL');
      await exited;
      const content = await readFile(path, 'utf8');
      expect(content.length).toBe(4e6);
      expect(content).toBe(content[0].repeat(4e6));
      seen.add(content[0]);
    }
    expect(seen.size).toBe(2);
  });
});
