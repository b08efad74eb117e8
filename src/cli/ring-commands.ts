import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { createLog } from '../log/log.ts';
import type { Command } from './command.ts';
import { MEMBER_HELP, MEMBER_OPTIONS, memberFrom } from './member-arguments.ts';
import {
  charterContext,
  DATA_DIR_HELP,
  DATA_DIR_OPTION,
  DRY_RUN_HELP,
  RING_HELP,
  RING_OPTIONS,
  ringContext,
  squareContext,
  WHO_HELP,
} from './ring-options.ts';

// Loaded by the command that needs them: curves and libp2p cost more than most commands do.
const creating = () => import('../ring/create-command.ts');
const listing = () => import('../ring/list-command.ts');
const installing = () => import('../ring/install-command.ts');
const joining = () => import('../ring/join-command.ts');
const examining = () => import('../ring/doctor.ts');
const muting = () => import('../ring/mute-command.ts');
const chartering = () => import('../ring/charter-command.ts');

/** What any square does with its rings. */
export const RING_COMMANDS: readonly Command[] = [
  {
    name: 'ring create',
    summary: 'make a ring with this square as its first member',
    usage: '--name NAME --origin URL --addr MULTIADDR --site ID,NAME,URL',
    details: [
      '  --name NAME            name of the ring, 1 to 40 characters',
      '  --rules URL            page with the rules of the ring',
      ...MEMBER_HELP,
      DRY_RUN_HELP,
      DATA_DIR_HELP,
      '',
      'Prints the paper key once. It is not written anywhere.',
    ],
    options: {
      name: { type: 'string' },
      rules: { type: 'string' },
      'dry-run': { type: 'boolean' },
      ...MEMBER_OPTIONS,
      ...DATA_DIR_OPTION,
    },
    words: [0, 0],
    run: async (input) =>
      (await creating()).createRingHere(squareContext(input), {
        name: input.required('name'),
        rules: input.text('rules'),
        member: memberFrom(input),
        random: (length) => randomBytes(length),
        isDryRun: input.flag('dry-run'),
      }),
  },
  {
    name: 'ring show',
    summary: 'print a ring as this square knows it: versions, keys, squares',
    usage: '[--ring RING]',
    details: RING_HELP,
    options: RING_OPTIONS,
    words: [0, 0],
    run: async (input) => (await listing()).showRing(ringContext(input)),
  },
  {
    name: 'ring export',
    summary: 'write the signed documents of a ring into a folder',
    usage: 'DIR [--ring RING]',
    details: ['  DIR                    made when it is not there; no key is written', ...RING_HELP],
    options: RING_OPTIONS,
    words: [1, 1],
    run: async (input) => (await listing()).exportRing(ringContext(input), resolve(input.words[0] ?? '')),
  },
  {
    name: 'ring install',
    summary: 'put verified ring documents into this square',
    usage: 'DIR | https://SQUARE [--ring ID] [--succeed]',
    details: [
      '  DIR                    as `ring export` wrote it',
      '  https://SQUARE         any square of the ring',
      '  --ring ID              take this ring and no other',
      '  --succeed              go over to it from the ring it follows, although fewer than half have signed it',
      DATA_DIR_HELP,
      '',
      'A square that runs takes them up within seconds.',
    ],
    options: { ring: { type: 'string' }, succeed: { type: 'boolean' }, ...DATA_DIR_OPTION },
    words: [1, 1],
    run: async (input) =>
      (await installing()).installRing(squareContext(input), {
        source: input.words[0] ?? '',
        ringId: input.text('ring'),
        isSuccession: input.flag('succeed'),
      }),
  },
  {
    name: 'ring mute',
    summary: 'have nothing to do with one square of the ring, on this square alone',
    usage: 'SITE | PEERID [--off]',
    details: [
      WHO_HELP,
      '  --off                  have to do with it again',
      ...RING_HELP,
      '',
      'Nobody is told. A square that runs follows within seconds.',
    ],
    options: { off: { type: 'boolean' }, ...RING_OPTIONS },
    words: [1, 1],
    run: async (input) => (await muting()).muteSquare(ringContext(input), input.words[0] ?? '', !input.flag('off')),
  },
  {
    name: 'join',
    summary: 'ask a ring to let this square in',
    usage: 'INVITATION | https://SQUARE --origin URL --addr MULTIADDR --site ID,NAME,URL',
    details: [
      '  INVITATION             as you were sent it (townring.…)',
      "  https://SQUARE         an admin's square, when nobody invited you",
      '  --ring ID              which ring, when that square is in several',
      ...MEMBER_HELP.slice(1),
      '  --note TEXT            what the admins should know, up to 200 characters',
      DRY_RUN_HELP,
      DATA_DIR_HELP,
      '',
      'While the answer is outstanding, the running square asks again by itself.',
    ],
    options: {
      origin: { type: 'string' },
      addr: { type: 'string', multiple: true },
      site: { type: 'string', multiple: true },
      note: { type: 'string' },
      ...RING_OPTIONS,
    },
    words: [1, 1],
    run: async (input) =>
      (await joining()).joinRing(squareContext(input), {
        door: input.words[0] ?? '',
        ring: input.text('ring'),
        member: memberFrom(input),
        note: input.text('note') ?? '',
        isDryRun: input.flag('dry-run'),
        log: createLog('silent'),
      }),
  },
  {
    name: 'leave',
    summary: 'ask a ring to let this square go',
    usage: '[--ring RING]',
    details: RING_HELP,
    options: RING_OPTIONS,
    words: [0, 0],
    run: async (input) => (await joining()).leaveRing(ringContext(input), createLog('silent')),
  },
  {
    name: 'doctor',
    summary: 'look for what keeps this square from turning with its rings, and say what to do',
    usage: '[--data-dir DIR]',
    details: [
      DATA_DIR_HELP,
      '',
      'Clock, reachability, freshness of the list, link back, keys, neighbours, disk, limits.',
      'Exit code 1 when something is bad.',
    ],
    options: DATA_DIR_OPTION,
    words: [0, 0],
    run: async (input) => (await examining()).examineSquare(squareContext(input)),
  },
  {
    name: 'key',
    summary: "print this square's peer id, or its keys as an admin",
    usage: '[--admin [--ring RING]]',
    details: [
      '  --admin                make the keys of an admin; print what `ring add-admin` wants',
      ...RING_HELP,
      '',
      "Makes the square's key when there is none.",
    ],
    options: { admin: { type: 'boolean' }, ...RING_OPTIONS },
    words: [0, 0],
    run: async (input) =>
      input.flag('admin')
        ? (await chartering()).prepareAdmin(await charterContext(input))
        : (await installing()).showSquareKey(squareContext(input)),
  },
];
