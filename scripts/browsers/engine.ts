/** What the visits need of a browser that is not Chromium. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Tab } from './webdriver.ts';

/** How a visitor's system is set up. */
export interface Setup {
  readonly isDark?: boolean;
  readonly isCalm?: boolean;
  /** The system has all colours chosen. Nothing tells WebKitGTK so. */
  readonly isForced?: boolean;
  /** Two pixels of the screen for one of the page. */
  readonly isSharp?: boolean;
  /** A finger points. WebKitGTK cannot be told so, but takes its touches. */
  readonly isCoarse?: boolean;
}

export interface OpenBrowser {
  readonly tab: Tab;
  /** What the consoles of the pages that were opened tell of as errors. */
  errors(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  /** The browser's own words on its version. */
  version(): string;
  open(setup?: Setup): Promise<OpenBrowser>;
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
