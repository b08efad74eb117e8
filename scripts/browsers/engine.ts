/** What the visits need of a browser that is not Chromium. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Tab } from './webdriver.ts';

/** How a visitor's system is set up. */
export interface Setup {
  readonly isDark?: boolean;
  readonly isCalm?: boolean;
  /** A finger points; only where the browser can be told so. */
  readonly isCoarse?: boolean;
}

export interface OpenBrowser {
  readonly tab: Tab;
  /** What was written to the consoles of pages as errors since the start; undefined where the driver does not tell. */
  errors(): Promise<readonly string[] | undefined>;
  close(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  /** The browser's own words on its version. */
  version(): string;
  open(setup?: Setup): Promise<OpenBrowser>;
  /** Errors on the console of a page that is opened for this and left alone; absent where `OpenBrowser.errors` tells. */
  consoleOf?(url: string): Promise<readonly string[]>;
}

/** The first of these that can be run: a path, or a name on PATH. */
export function executable(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names
    .flatMap((name) => (name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name))))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
