import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const snapshots = join(root, 'test/browser/snapshots');
/** Where a test that fails puts what it saw; git ignores it. */
const failures = join(root, 'coverage/snapshots');
const screenshots = join(root, 'docs/images');

/** Difference of a pixel in brightness and hue that counts, 0 to 1: more than rounding makes of it, less than a pale band. */
const threshold = 0.05;

/** Share of the pixels that may differ: fewer than the shortest curve of a figure has. */
export const tolerance = 0.0002;

export interface Difference {
  /** Share of the pixels that differ; 1 for pictures of different sizes. */
  readonly share: number;
  /** The picture in pale with the different pixels in red; null for pictures of different sizes. */
  readonly picture: Buffer | null;
}

/** Compares two PNG pictures, pixel by pixel. */
export function compare(actual: Buffer, expected: Buffer): Difference {
  const [a, b] = [PNG.sync.read(actual), PNG.sync.read(expected)];
  if (a.width !== b.width || a.height !== b.height) return { share: 1, picture: null };
  const diff = new PNG({ width: a.width, height: a.height });
  const count = pixelmatch(a.data, b.data, diff.data, a.width, a.height, { threshold });
  return { share: count / (a.width * a.height), picture: PNG.sync.write(diff) };
}

/**
 * Steps of a colour in pictures that are kept: they take half the bytes. In screenshots the eye finds the pale greys of large
 * areas as they are.
 */
const steps = { snapshot: 8, screenshot: 4 } as const;

/** The same picture in fewer bytes: in fewer colours, without opacity, and packed as well as possible. */
function pack(png: Buffer, kind: keyof typeof steps): Buffer {
  const step = steps[kind];
  const picture = PNG.sync.read(png);
  picture.data.forEach((value, k) => {
    picture.data[k] = Math.min(255, step * Math.round(value / step));
  });
  return PNG.sync.write(picture, { colorType: 2, deflateLevel: 9 });
}

/**
 * Compares a picture with the one that is committed under that name, or puts it there with UPDATE_SNAPSHOTS=1.
 *
 * @returns what differs, in words, with where to look; null if nothing does
 */
export async function snapshotProblem(name: string, png: Buffer): Promise<string | null> {
  const path = join(snapshots, `${name}.png`);
  if (process.env.UPDATE_SNAPSHOTS === '1') {
    await mkdir(snapshots, { recursive: true });
    await writeFile(path, pack(png, 'snapshot'));
    return null;
  }
  const { share, picture } = compare(pack(png, 'snapshot'), await readFile(path));
  if (share <= tolerance) return null;
  await mkdir(failures, { recursive: true });
  await writeFile(join(failures, `${name}.actual.png`), png);
  if (picture !== null) await writeFile(join(failures, `${name}.difference.png`), picture);
  const size = picture === null ? 'its size differs' : `${(100 * share).toFixed(2)}% of the pixels differ`;
  return `${name}: ${size}; see coverage/snapshots/${name}.*.png. If that is meant: UPDATE_SNAPSHOTS=1`;
}

/** Makes a picture for `docs/page.md`, with UPDATE_SCREENSHOTS=1: of the window, or of one element. */
export async function screenshot(page: Page, name: string, element?: string): Promise<void> {
  if (process.env.UPDATE_SCREENSHOTS !== '1') return;
  const seen = element === undefined ? page : page.locator(element);
  await mkdir(screenshots, { recursive: true });
  await writeFile(
    join(screenshots, `${name}.png`),
    pack(await seen.screenshot({ animations: 'disabled' }), 'screenshot'),
  );
}
