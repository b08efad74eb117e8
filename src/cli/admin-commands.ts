import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { ListChange } from '../ring/list-command.ts';
import { UsageError, type Command, type CommandInput } from './command.ts';
import { MEMBER_HELP, MEMBER_OPTIONS, memberFrom } from './member-arguments.ts';
import {
  charterContext,
  DATA_DIR_HELP,
  DATA_DIR_OPTION,
  DRY_RUN_HELP,
  PAPER_HELP,
  PAPER_OPTION,
  RING_HELP,
  RING_OPTIONS,
  ringContext,
  squareContext,
  WHO_HELP,
} from './ring-options.ts';

const listing = () => import('../ring/list-command.ts');
const joining = () => import('../ring/join-command.ts');
const chartering = () => import('../ring/charter-command.ts');
const succeeding = () => import('../ring/succession-command.ts');
const cosigning = () => import('../ring/cosign-command.ts');

const INSTEAD_HELP = '  --instead              although this square has signed another successor';

/** What a ring's admins do. Each change is signed and published at once, and can be taken back by `ring undo`. */
export const ADMIN_COMMANDS: readonly Command[] = [
  {
    name: 'ring invite',
    summary: 'make an invitation to send to whoever should join',
    usage: '[--uses N] [--days N] [--note TEXT]',
    details: [
      '  --uses N               squares it is good for (default 1)',
      '  --days N               days it is good for, up to 90 (default 14)',
      '  --note TEXT            for whom it is; the invited can read it',
      ...RING_HELP,
    ],
    options: { uses: { type: 'string' }, days: { type: 'string' }, note: { type: 'string' }, ...RING_OPTIONS },
    words: [0, 0],
    run: async (input) =>
      (await joining()).inviteToRing(ringContext(input), {
        uses: numberOf(input, 'uses', 1),
        days: numberOf(input, 'days', 14),
        note: input.text('note') ?? '',
      }),
  },
  {
    name: 'ring requests',
    summary: 'list who asks to join or to leave, and what a look at their sites found',
    usage: '[--ring RING]',
    details: RING_HELP,
    options: RING_OPTIONS,
    words: [0, 0],
    run: async (input) => (await joining()).listRequests(ringContext(input)),
  },
  {
    name: 'ring approve',
    summary: 'do what a request asks for',
    usage: 'SITE | PEERID',
    details: [WHO_HELP, ...RING_HELP],
    options: RING_OPTIONS,
    words: [1, 1],
    run: async (input) => (await joining()).approveRequest(ringContext(input), input.words[0] ?? ''),
  },
  {
    name: 'ring decline',
    summary: 'answer a request with no',
    usage: 'SITE | PEERID --reason TEXT',
    details: [WHO_HELP, '  --reason TEXT          what its operator will read', ...RING_HELP],
    options: { reason: { type: 'string' }, ...RING_OPTIONS },
    words: [1, 1],
    run: async (input) =>
      (await joining()).declineRequest(ringContext(input), input.words[0] ?? '', input.required('reason')),
  },
  {
    name: 'ring add',
    summary: 'take in a square whose operator told you everything about it',
    usage: '--square PEERID --origin URL --addr MULTIADDR --site ID,NAME,URL',
    details: [...MEMBER_HELP, ...RING_HELP],
    options: { ...MEMBER_OPTIONS, ...RING_OPTIONS },
    words: [0, 0],
    async run(input) {
      const member = { ...memberFrom(input), square: input.required('square') };
      return (await listing()).changeRing(ringContext(input), () => ({ ok: true, value: { kind: 'add', member } }));
    },
  },
  {
    name: 'ring move',
    summary: 'give a square another place in the ring, or another house',
    usage: 'SITE | PEERID --to PLACE | --origin URL | --addr MULTIADDR | --entry SITE,URL',
    details: [
      WHO_HELP,
      '  --to PLACE             its place in the order of the ring, from 1',
      '  --origin URL           its new web origin',
      '  --addr MULTIADDR       all its new addresses (up to 8 times)',
      '  --entry SITE,URL       the new entry page of a site of it (repeatable)',
      ...RING_HELP,
    ],
    options: {
      to: { type: 'string' },
      origin: { type: 'string' },
      addr: { type: 'string', multiple: true },
      entry: { type: 'string', multiple: true },
      ...RING_OPTIONS,
    },
    words: [1, 1],
    async run(input) {
      const change = moveFrom(input);
      return (await listing()).changeSquare(ringContext(input), input.words[0] ?? '', change);
    },
  },
  {
    name: 'ring rename',
    summary: 'give a site another name on the gates',
    usage: 'SITE NAME',
    details: RING_HELP,
    options: RING_OPTIONS,
    words: [2, 2],
    async run(input) {
      const [site = '', name = ''] = input.words;
      return (await listing()).changeRing(ringContext(input), () => ({
        ok: true,
        value: { kind: 'rename', site, name },
      }));
    },
  },
  {
    name: 'ring revoke',
    summary: 'show a square out of the ring',
    usage: 'SITE | PEERID [--reason TEXT]',
    details: [WHO_HELP, '  --reason TEXT          what its operator will read (default: left the ring)', ...RING_HELP],
    options: { reason: { type: 'string' }, ...RING_OPTIONS },
    words: [1, 1],
    async run(input) {
      const reason = input.text('reason');
      return (await listing()).changeSquare(ringContext(input), input.words[0] ?? '', (square) =>
        reason === undefined ? { kind: 'revoke', square } : { kind: 'revoke', square, reason },
      );
    },
  },
  {
    name: 'ring undo',
    summary: "take back this square's last change of the list",
    usage: '[--ring RING]',
    details: RING_HELP,
    options: RING_OPTIONS,
    words: [0, 0],
    run: async (input) => (await listing()).undoChange(ringContext(input)),
  },
  {
    name: 'ring beat',
    summary: 'renew the beat by hand; squares with an online key do it by themselves',
    usage: '[--ring RING]',
    details: RING_HELP,
    options: RING_OPTIONS,
    words: [0, 0],
    run: async (input) => (await listing()).renewByHand(ringContext(input)),
  },
  {
    name: 'ring add-admin',
    summary: 'take in a second admin, who can keep the ring when you cannot',
    usage: 'TOKEN [--drop KEYID] [--paper] [--propose FILE]',
    details: [
      '  TOKEN                  as `townring key --admin` prints it on their square',
      '  --drop KEYID           take a lost key out at the same time (repeatable)',
      ...PAPER_HELP,
      ...RING_HELP,
    ],
    options: { drop: { type: 'string', multiple: true }, ...PAPER_OPTION, ...RING_OPTIONS },
    words: [1, 1],
    run: async (input) =>
      (await chartering()).addAdmin(await charterContext(input), input.words[0] ?? '', input.all('drop')),
  },
  {
    name: 'ring rotate',
    summary: "renew the charter, replace lost or stolen keys of the ring, or a square's key",
    usage: '[--online] [--drop KEYID] [--paper] [--propose FILE] | --square PEERID --to PEERID',
    details: [
      "  --online               replace this square's online key",
      '  --drop KEYID           take a key out (repeatable); a fresh one of this square takes its place where needed',
      ...PAPER_HELP,
      '  --square PEERID        a square that goes on under another key …',
      '  --to PEERID            … this one',
      ...RING_HELP,
    ],
    options: {
      online: { type: 'boolean' },
      drop: { type: 'string', multiple: true },
      square: { type: 'string' },
      to: { type: 'string' },
      ...PAPER_OPTION,
      ...RING_OPTIONS,
    },
    words: [0, 0],
    async run(input) {
      const word = input.text('square');
      if (word === undefined) {
        const rotation = { isOnline: input.flag('online'), drop: input.all('drop') };
        return (await chartering()).rotateKeys(await charterContext(input), rotation);
      }
      const successor = input.required('to');
      return (await listing()).changeSquare(ringContext(input), word, (square) => ({
        kind: 'rekey',
        square,
        successor,
      }));
    },
  },
  {
    name: 'ring succeed',
    summary: 'propose that a ring whose admins are gone goes on under keys of this square',
    usage: 'FILE [--instead]',
    details: [
      '  FILE                   is written; more than half of the squares have to sign it (ring cosign)',
      INSTEAD_HELP,
      ...RING_HELP,
      '',
      'Prints the paper key once. It is not written anywhere.',
    ],
    options: { instead: { type: 'boolean' }, ...RING_OPTIONS },
    words: [1, 1],
    run: async (input) =>
      (await succeeding()).proposeSuccession(ringContext(input), {
        file: resolve(input.words[0] ?? ''),
        isInstead: input.flag('instead'),
        random: (length) => randomBytes(length),
      }),
  },
  {
    name: 'ring cosign',
    summary: 'sign what was proposed for a ring of this square, and do it when that was enough',
    usage: 'FILE [--instead]',
    details: [
      '  FILE                   as it was handed to you; the signature is added to it',
      INSTEAD_HELP,
      DRY_RUN_HELP,
      DATA_DIR_HELP,
    ],
    options: { instead: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, ...DATA_DIR_OPTION },
    words: [1, 1],
    run: async (input) =>
      (await cosigning()).cosignProposal(
        { ...squareContext(input), isDryRun: input.flag('dry-run'), isInstead: input.flag('instead') },
        resolve(input.words[0] ?? ''),
      ),
  },
];

function numberOf(input: CommandInput, option: string, otherwise: number): number {
  const text = input.text(option);
  if (text === undefined) return otherwise;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`--${option} wants a number`);
  return Number(text);
}

function moveFrom(input: CommandInput): (square: string) => ListChange {
  const to = input.text('to');
  const origin = input.text('origin');
  const addrs = input.all('addr');
  const entries = Object.fromEntries(
    input.all('entry').map((text) => {
      const comma = text.indexOf(',');
      if (comma < 1) throw new UsageError(`--entry wants SITE,URL, got ${JSON.stringify(text.slice(0, 120))}`);
      return [text.slice(0, comma).trim(), text.slice(comma + 1).trim()];
    }),
  );
  const isRehoused = origin !== undefined || addrs.length > 0 || Object.keys(entries).length > 0;
  if ((to === undefined) === !isRehoused)
    throw new UsageError('either --to, or what is new of --origin, --addr, --entry');
  if (to !== undefined) {
    if (!/^\d{1,4}$/.test(to)) throw new UsageError('--to wants a place in the ring, from 1');
    return (square) => ({ kind: 'reorder', square, place: Number(to) });
  }
  return (square) => ({
    kind: 'rehouse',
    square,
    ...(origin === undefined ? {} : { origin }),
    ...(addrs.length === 0 ? {} : { addrs }),
    entries,
  });
}
