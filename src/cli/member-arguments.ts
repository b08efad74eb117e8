import type { RingToCreate } from '../ring/create-command.ts';
import { UsageError, type CommandInput } from './command.ts';

type MemberArguments = RingToCreate['member'];

/** The options that describe a square. */
export const MEMBER_OPTIONS = {
  square: { type: 'string' },
  origin: { type: 'string' },
  addr: { type: 'string', multiple: true },
  site: { type: 'string', multiple: true },
} as const;

export const MEMBER_HELP: readonly string[] = [
  '  --square PEERID        the square, as `townring key` prints it there (`ring create`: this one)',
  '  --origin URL           its web origin, https://square.example',
  '  --addr MULTIADDR       where other squares reach it, /dns4/square.example/tcp/4101 (up to 8 times)',
  '  --site ID,NAME,URL     a site it brings: id in the ring, name on the gate, entry page (up to 32 times)',
];

/** @throws {UsageError} when an option is missing or `--site` has not its three parts */
export function memberFrom(input: CommandInput): MemberArguments {
  return {
    square: input.text('square'),
    origin: input.required('origin'),
    addrs: atLeastOne(input, 'addr'),
    sites: atLeastOne(input, 'site').map((text) => siteFrom(text)),
  };
}

/** `id,name,url`; the name may hold commas. @throws {UsageError} when a part is missing */
export function siteFrom(text: string): MemberArguments['sites'][number] {
  const [, id, name, entry] = /^([^,]*),(.*?),(https?:\/\/.*)$/su.exec(text) ?? [];
  if (id === undefined || name === undefined || entry === undefined) {
    throw new UsageError(`--site wants ID,NAME,URL, got ${JSON.stringify(text.slice(0, 120))}`);
  }
  return { id: id.trim(), name: name.trim(), entry: entry.trim() };
}

function atLeastOne(input: CommandInput, option: string): readonly string[] {
  const values = input.all(option);
  if (values.length === 0) throw new UsageError(`--${option} is missing`);
  return values;
}
