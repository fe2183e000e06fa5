import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

it('docs/page.md shows the pictures that the tests make, all of them and no others', async () => {
  const tests = (await readdir('test/browser')).filter((name) => name.endsWith('.test.ts'));
  const texts = await Promise.all(tests.map((name) => readFile(`test/browser/${name}`, 'utf8')));
  const made = texts.flatMap((text) =>
    [...text.matchAll(/await screenshot\(page, '([\w-]+)'/g)].map(([, name]) => name),
  );
  const shown = [...(await readFile('docs/page.md', 'utf8')).matchAll(/images\/([\w-]+)\.png/g)].map(
    ([, name]) => name,
  );
  expect(shown.toSorted()).toEqual(made.toSorted());
  // Not of the page: figures that the walkthrough and the watched run end with.
  const others = ['walkthrough.png', 'watch.png'];
  const pictures = (await readdir('docs/images')).filter((name) => name.endsWith('.png'));
  expect(pictures.toSorted()).toEqual([...made.map((name) => `${name}.png`), ...others].toSorted());
});
