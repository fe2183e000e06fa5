import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import bundled from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Flags of the bundled browser that are made for cloud functions: with them it ends when its first page closes. */
const unsuitable = ['--single-process', '--no-zygote', '--disable-web-security', '--allow-running-insecure-content'];

/** Longest that unpacking the browser takes, on a busy machine; whoever holds the lock for longer was killed. */
const unpackMs = 60_000;

/**
 * Unpacks the bundled browser, by one process at a time: the package takes a file that another is still writing for the
 * whole browser.
 */
async function unpack(): Promise<string> {
  const lock = join(tmpdir(), 'isoflop-chromium.lock');
  const since = Date.now();
  while (Date.now() - since < unpackMs) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await sleep(100);
  }
  try {
    return await bundled.executablePath();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** The fonts inside the npm package, and no others: layouts and pictures then do not depend on what the machine has. */
async function bundledFonts(): Promise<string> {
  const file = join(tmpdir(), 'isoflop-fonts.conf');
  const folders = `<dir>${join(tmpdir(), 'fonts')}</dir><cachedir>${join(tmpdir(), 'fonts-cache')}</cachedir>`;
  await writeFile(file, `<?xml version="1.0"?><fontconfig>${folders}</fontconfig>`);
  return file;
}

/**
 * A real Chromium: the one that CHROME_PATH names, or the one inside the npm package, which needs nothing of the system
 * and also runs as root.
 */
export async function launchChromium(): Promise<Browser> {
  // Nothing here needs WebGL, and its drawing in software takes longer than all the rest.
  bundled.setGraphicsMode = false;
  const args = bundled.args.filter((arg) => !unsuitable.includes(arg));
  const { CHROME_PATH: executablePath } = process.env;
  if (executablePath !== undefined) return chromium.launch({ executablePath, args });
  const unpacked = await unpack();
  return chromium.launch({
    executablePath: unpacked,
    args,
    env: { ...process.env, FONTCONFIG_FILE: await bundledFonts() },
  });
}
