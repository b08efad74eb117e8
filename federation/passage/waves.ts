/** Waves of one ring: our visitors' over the hill, and the neighbours' to our sites. Counts `wave-out` and `wave-in`. */
import { createKeyedBuckets } from '../node/token-bucket.ts';
import type { FigureNames, Shown } from '../presence/figures.ts';
import type { Neighbourhood } from '../presence/neighbourhood.ts';
import type { LocalSite } from '../ring-service.ts';
import { termsWith } from '../terms.ts';
import type { Clock, Count, LocalPresence, Log, Side } from '../types.ts';
import { encodeWave, WAVE_ANSWER, type Wave } from './wave.ts';

/** Waves of one site at another: one in 2 s, sent or shown. */
const WAVE_RATE = { perSecond: 0.5, burst: 1 };
/** Two gates of as many sites as a square may have within a ring. */
const PAIRS_MAX = 64;

export interface WavesDeps {
  readonly ring: string;
  readonly self: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
  readonly names: FigureNames;
  neighbourhood(): Neighbourhood;
  localSite(site: string): LocalSite | undefined;
  /** What a local site shows its neighbours; undefined before it shows anything. */
  shown(site: string): Shown | undefined;
  presence(site: string): LocalPresence;
  /** Rejects when there is no link or no answer in time. */
  ask(square: string, wave: Uint8Array): Promise<Uint8Array>;
  blame(square: string): void;
  /** Somebody waves at a local site from over the hill on `side`; `to`: the visitor whose raised hand is answered. */
  onWave(site: string, side: Side, to: number | undefined): void;
}

export interface Waves {
  /** Somebody at a local site waves through one of its gates. Never throws. */
  wave(site: string, side: Side, h: string | undefined): void;
  /** A wave that came over the link of `square`. */
  hear(square: string, wave: Wave): void;
}

export function createWaves(deps: WavesDeps): Waves {
  const { ring, self, clock, count } = deps;
  const sendRates = createKeyedBuckets(WAVE_RATE, PAIRS_MAX);
  const hearRates = createKeyedBuckets(WAVE_RATE, PAIRS_MAX);

  /** Sharing is both ways: who shows nothing over the hill neither waves nor is waved at. */
  const sharesNothing = (site: string, square: string): boolean => {
    const local = deps.localSite(site);
    return local === undefined || termsWith(local, square).sharing === 'nothing';
  };
  const pairOf = ({ fromSite, toSite }: Wave): string => `${fromSite} ${toSite}`;

  const visitorCalled = (site: string, h: string): number | undefined => {
    // Only a hand that our own summary shows can have been seen.
    const figure = deps.shown(site)?.figures.find((each) => each.h === h);
    if (figure?.pose !== 'wave') return undefined;
    const nowMs = clock.monotonic();
    const { figures } = deps.presence(site);
    return figures.find(({ visitor, drawn }) => drawn && deps.names.name(site, visitor, nowMs) === h)?.visitor;
  };

  const hear = (square: string, wave: Wave): void => {
    const { fromSite, toSite, h } = wave;
    const { places, gates } = deps.neighbourhood();
    const side = wave.side === 'left' ? 'right' : 'left';
    if (places.get(fromSite)?.member.square !== square) return count('wave-in', 'wrong-origin');
    if (gates.get(toSite)?.[side]?.site.id !== fromSite) return count('wave-in', 'no-neighbour');
    if (sharesNothing(toSite, square)) return count('wave-in', 'closed');
    if (!hearRates.take(pairOf(wave), clock.monotonic())) return count('wave-in', 'too-often');
    count('wave-in', 'shown');
    return deps.onWave(toSite, side, h === undefined ? undefined : visitorCalled(toSite, h));
  };

  const send = async (square: string, wave: Wave): Promise<void> => {
    try {
      const answer = await deps.ask(square, encodeWave(wave));
      const isInOrder = Buffer.compare(answer, WAVE_ANSWER) === 0;
      count('wave-out', isInOrder ? 'sent' : 'refused');
      if (!isInOrder) deps.blame(square);
    } catch (err) {
      count('wave-out', 'unanswered');
      deps.log.debug({ square, err }, 'wave not answered');
    }
  };

  return {
    wave(site, side, h) {
      const target = deps.neighbourhood().gates.get(site)?.[side];
      if (target === undefined || target === null) return count('wave-out', 'no-neighbour');
      const { square } = target.member;
      if (sharesNothing(site, square)) return count('wave-out', 'closed');
      const wave: Wave = { ring, fromSite: site, toSite: target.site.id, side, ...(h !== undefined && { h }) };
      if (!sendRates.take(pairOf(wave), clock.monotonic())) return count('wave-out', 'too-often');
      if (square !== self) return void send(square, wave);
      count('wave-out', 'sent');
      return hear(self, wave);
    },
    hear,
  };
}
