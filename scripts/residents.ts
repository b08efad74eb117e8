/**
 * Residents: programmes that live in a demo square so that it is never empty, marked as such on their plates and on the
 * wire. Each is an ordinary visitor over an ordinary socket.
 */
import { systemClock, type Clock } from '../src/lib/clock.ts';
import { NAME_MAX_UNITS, WALK_MAX, WALK_MIN } from '../src/protocol/limits.ts';
import { CARRIED, COAT_COUNT, HEADWEAR } from '../src/protocol/look.ts';
import { ResidentSocket } from './residents/resident-socket.ts';
import { seededRandom } from './residents/seeded-random.ts';
import { Wanderer } from './residents/wanderer.ts';
import { RESIDENT_NAMES } from './residents/words.ts';

export interface ResidentsOptions {
  /** WebSocket URL of a scene, complete. */
  readonly socketUrl: string;
  readonly count: number;
  /** Decides looks, places, paths and lines; two squares want two seeds. */
  readonly seed: number;
  /** First names, used in order; when they run out, or none are given, others are found. */
  readonly names?: readonly string[];
  /** Hears one line when a resident is turned away for good. */
  readonly log?: (line: string) => void;
  /** Page origin shown to the square; by default that of the socket URL, as from a page of the square itself. */
  readonly origin?: string;
  readonly clock?: Clock;
}

/** What a resident's plate says after its name. */
const MARK = ', resident';

/** They do not all come through the gate at once: one in each of these, somewhere within it. */
const ARRIVAL_SLOT_MS = 350;

/**
 * Sends `count` residents to a square. They return by themselves when the square does, until stopped.
 * @returns `stop` ends all of them and every timer; resolves when their sockets are closed; may be called again
 * @throws {TypeError} when `socketUrl` is no ws: or wss: URL
 */
export function startResidents(options: ResidentsOptions): { stop(): Promise<void> } {
  const { socketUrl, count, seed, clock = systemClock, log = () => {} } = options;
  const origin = options.origin ?? pageOriginOf(socketUrl);
  const random = seededRandom(seed);
  const names = namesFor(count, options.names ?? [], random);
  const firstCoat = Math.floor(random() * COAT_COUNT);
  const residents = names.map((name, index) => {
    // A stream for each, so that how long one of them waits never changes what another does.
    const own = seededRandom(Math.floor(random() * 2 ** 32));
    const look = {
      // Five steps round twelve coats: neighbours in order of arrival never dress alike.
      coat: (firstCoat + 5 * index) % COAT_COUNT,
      headwear: Math.floor(own() * HEADWEAR.length),
      carried: Math.floor(own() * CARRIED.length),
    };
    const x = WALK_MIN + 0.08 + (WALK_MAX - WALK_MIN - 0.16) * ((index + own()) / Math.max(1, names.length));
    const resident = new ResidentSocket(
      { clock, log, random: seededRandom(Math.floor(own() * 2 ** 32)), wanderer: new Wanderer(own) },
      { socketUrl, origin, displayName: `${name}${MARK}`, look, x: Math.round(x * 1e4) / 1e4 },
    );
    resident.start((index + random()) * ARRIVAL_SLOT_MS);
    return resident;
  });
  return {
    async stop() {
      await Promise.all(residents.map((resident) => resident.stop()));
    },
  };
}

function namesFor(count: number, given: readonly string[], random: () => number): string[] {
  const room = NAME_MAX_UNITS - MARK.length;
  const from = Math.floor(random() * RESIDENT_NAMES.length);
  const others = [...RESIDENT_NAMES.slice(from), ...RESIDENT_NAMES.slice(0, from)];
  const pool = [...new Set([...given, ...others])].map((name) => name.slice(0, room));
  return Array.from({ length: Math.max(0, count) }, (_, index) => pool[index % pool.length] ?? '');
}

function pageOriginOf(socketUrl: string): string {
  const { protocol, host } = new URL(socketUrl);
  if (protocol !== 'ws:' && protocol !== 'wss:') throw new TypeError(`not a WebSocket URL: ${socketUrl}`);
  return `${protocol === 'wss:' ? 'https' : 'http'}://${host}`;
}
