import type { ParseArgsOptionsConfig } from 'node:util';
import type { Settings } from '../config/settings.ts';
import type { CommandOutcome } from '../ring/command-outcome.ts';

export type { CommandOutcome };

/** Somebody typed something that no command takes: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Command {
  /** The words that choose it, `ring create`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands behind the name in the help. */
  readonly usage: string;
  /** Further lines of help. */
  readonly details: readonly string[];
  readonly options: ParseArgsOptionsConfig;
  /** Fewest and most words beside the options. */
  readonly words: readonly [number, number];
  run(input: CommandInput): CommandOutcome | Promise<CommandOutcome>;
}

/** The arguments of one run. A reader throws {@link UsageError} for what is missing. */
export interface CommandInput {
  readonly words: readonly string[];
  text(option: string): string | undefined;
  required(option: string): string;
  /** All values of an option that may be repeated. */
  all(option: string): readonly string[];
  flag(option: string): boolean;
  /** One line of standard input, for what must not stand in the shell's history. The prompt is shown to a person only. */
  secretLine(prompt: string): Promise<string>;
  /** DATA_DIR and its like, from flags, environment and `.env`; read when asked for. */
  settings(): Settings;
}
