import { chromium, type Browser } from 'playwright-core';
import { ensureChromium } from '../../scripts/find-chromium.ts';

/** Quiet flags: no GPU, no traffic of the browser's own; root needs --no-sandbox. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What changes on a page is painted with all that is beside it: its edges are else some shades off, by chance. */
export const WHOLE_RASTER = '--disable-partial-raster';

/** Starts a headless Chromium with a fresh profile. The caller closes it. @param flags besides the quiet ones */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), args: [...FLAGS, ...flags] });
}
