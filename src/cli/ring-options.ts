import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { CharterContext } from '../ring/charter-command.ts';
import type { RingContext, SquareContext } from '../ring/desk-session.ts';
import type { CommandInput } from './command.ts';

/** What every command about a ring of this square takes. */
export const DATA_DIR_OPTION = { 'data-dir': { type: 'string' } } as const;
export const RING_OPTIONS = { ring: { type: 'string' }, 'dry-run': { type: 'boolean' }, ...DATA_DIR_OPTION } as const;
export const PAPER_OPTION = { paper: { type: 'boolean' }, propose: { type: 'string' } } as const;

export const DATA_DIR_HELP = "  --data-dir DIR         this square's data folder (DATA_DIR)";
export const DRY_RUN_HELP = '  --dry-run              say what would change and for whom, write nothing';
export const WHO_HELP = '  SITE | PEERID          the square, by its peer id or by the id of a site of it';
export const RING_HELP: readonly string[] = [
  '  --ring RING            id, its beginning, or name, when the square is in several rings',
  DRY_RUN_HELP,
  DATA_DIR_HELP,
];
export const PAPER_HELP: readonly string[] = [
  '  --paper                sign with the paper key as well, read from standard input',
  '  --propose FILE         change nothing yet: write it for another admin, who signs it with `ring cosign`',
];

export function squareContext(input: CommandInput): SquareContext {
  const { DATA_DIR, ALLOW_PRIVATE_RING } = input.settings();
  return { dataDir: DATA_DIR, now: Date.now(), allowPrivate: ALLOW_PRIVATE_RING };
}

export function ringContext(input: CommandInput): RingContext {
  return { ...squareContext(input), ring: input.text('ring'), isDryRun: input.flag('dry-run') };
}

export async function charterContext(input: CommandInput): Promise<CharterContext> {
  const paper = input.flag('paper') ? await input.secretLine('paper key') : undefined;
  const propose = input.text('propose');
  return {
    ...ringContext(input),
    paper,
    proposeTo: propose === undefined ? undefined : resolve(propose),
    random: (length) => randomBytes(length),
  };
}
