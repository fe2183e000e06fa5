import bundled from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Flags of the bundled browser that are made for cloud functions: with them it ends when its first page closes. */
const unsuitable = ['--single-process', '--no-zygote', '--disable-web-security', '--allow-running-insecure-content'];

/**
 * A real Chromium: the one that CHROME_PATH names, or the one inside the npm package, which needs nothing of the system
 * and also runs as root.
 */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROME_PATH ?? (await bundled.executablePath()),
    args: bundled.args.filter((arg) => !unsuitable.includes(arg)),
  });
}
