import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { AdminContext } from '../ring/commands.ts';
import type { SquareContext } from '../ring/install-command.ts';
import type { Command, CommandInput } from './command.ts';
import { MEMBER_HELP, MEMBER_OPTIONS, memberFrom } from './member-arguments.ts';

const dir = { dir: { type: 'string' } } as const;
const dataDir = { 'data-dir': { type: 'string' } } as const;
const DIR_HELP = '  --dir DIR              the folder that `ring create` made';
const DATA_DIR_HELP = "  --data-dir DIR         this square's data folder (DATA_DIR)";

// Loaded by the command that needs them: curves and libp2p cost more than most commands do.
const admin = () => import('../ring/commands.ts');
const square = () => import('../ring/install-command.ts');

/** Everything about rings: the admin's own folder, and this square's part in a ring. */
export const RING_COMMANDS: readonly Command[] = [
  {
    name: 'ring create',
    summary: 'make a ring with its first member',
    usage: '--name NAME --out DIR --square PEERID --origin URL --addr MULTIADDR --site ID,NAME,URL',
    details: [
      '  --name NAME            name of the ring, 1 to 40 characters',
      '  --out DIR              new folder for the signed documents and the keys',
      '  --rules URL            page with the rules of the ring',
      ...MEMBER_HELP,
      '',
      'Prints the paper key once. It is not written anywhere.',
    ],
    options: { name: { type: 'string' }, out: { type: 'string' }, rules: { type: 'string' }, ...MEMBER_OPTIONS },
    words: [0, 0],
    async run(input) {
      const rules = input.text('rules');
      const { createRingFolder } = await admin();
      return createRingFolder(adminContext(input, 'out'), {
        name: input.required('name'),
        member: memberFrom(input),
        random: (length) => randomBytes(length),
        ...(rules === undefined ? {} : { rules }),
      });
    },
  },
  {
    name: 'ring add',
    summary: 'stage a new member',
    usage: '--dir DIR --square PEERID --origin URL --addr MULTIADDR --site ID,NAME,URL',
    details: [DIR_HELP, ...MEMBER_HELP, '', 'Nothing is signed until `ring publish`.'],
    options: { ...dir, ...MEMBER_OPTIONS },
    words: [0, 0],
    run: async (input) => (await admin()).stageMember(adminContext(input, 'dir'), memberFrom(input)),
  },
  {
    name: 'ring remove',
    summary: 'stage that a square goes',
    usage: '--dir DIR --square PEERID [--reason TEXT]',
    details: [
      DIR_HELP,
      '  --square PEERID        the square that goes',
      '  --reason TEXT          what its operator will read (default: left the ring)',
      '',
      'Nothing is signed until `ring publish`.',
    ],
    options: { ...dir, square: { type: 'string' }, reason: { type: 'string' } },
    words: [0, 0],
    run: async (input) =>
      (await admin()).stageRemoval(adminContext(input, 'dir'), input.required('square'), input.text('reason')),
  },
  {
    name: 'ring publish',
    summary: 'sign what is staged',
    usage: '--dir DIR [--dry-run]',
    details: [
      DIR_HELP,
      '  --dry-run              say what would change, write nothing',
      '',
      'With nothing staged it renews a beat older than 12 hours, and a list with less than 45 days left.',
      'Then hand the folder to any square of the ring: `ring install DIR`.',
    ],
    options: { ...dir, 'dry-run': { type: 'boolean' } },
    words: [0, 0],
    run: async (input) => (await admin()).publishRing(adminContext(input, 'dir'), { isDryRun: input.flag('dry-run') }),
  },
  {
    name: 'ring show',
    summary: "print an admin's folder: versions, members, what is staged",
    usage: '--dir DIR',
    details: [DIR_HELP],
    options: dir,
    words: [0, 0],
    run: async (input) => (await admin()).showRing(adminContext(input, 'dir')),
  },
  {
    name: 'ring install',
    summary: 'put verified ring documents into this square',
    usage: 'DIR | https://SQUARE [--ring ID]',
    details: [
      "  DIR                    an admin's folder",
      '  https://SQUARE         any square of the ring',
      '  --ring ID              take this ring and no other',
      DATA_DIR_HELP,
      '',
      'A square that runs takes them up within seconds.',
    ],
    options: { ring: { type: 'string' }, ...dataDir },
    words: [1, 1],
    run: async (input) => (await square()).installRing(squareContext(input), input.words[0] ?? '', input.text('ring')),
  },
  {
    name: 'key',
    summary: "print this square's peer id; makes its key when there is none",
    usage: '[--data-dir DIR]',
    details: [DATA_DIR_HELP],
    options: dataDir,
    words: [0, 0],
    run: async (input) => (await square()).showSquareKey(squareContext(input)),
  },
];

function adminContext(input: CommandInput, option: string): AdminContext {
  const folder = resolve(input.required(option));
  return { dir: folder, now: Date.now(), allowPrivate: input.settings().ALLOW_PRIVATE_RING };
}

function squareContext(input: CommandInput): SquareContext {
  const { DATA_DIR, ALLOW_PRIVATE_RING } = input.settings();
  return { dataDir: DATA_DIR, now: Date.now(), allowPrivate: ALLOW_PRIVATE_RING };
}
