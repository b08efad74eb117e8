/**
 * The ring's port between processes: shard to edge, and edge to ring. A new method of {@link RingPort} is a line in one of
 * the two vocabularies, one in {@link RemoteRing} and one in {@link hearScenes}.
 */
import type { Channel, Hearing } from '../lib/channel.ts';
import { joinStreams } from '../lib/frame-stream.ts';
import type { Gate, HopSite, NeighboursFrame, RingBirdFrame, ViewChange, WavedFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import { KeptBirds } from './ring-birds.ts';
import type {
  Arrival,
  GuestCommand,
  GuestEvent,
  GuestsOpening,
  HomeVisits,
  HostEvent,
  HostVisits,
  Looking,
  Passage,
  Plate,
  RingPort,
  SceneSight,
  Watched,
} from './ring-port.ts';

type Nothing = Record<string, never>;

/** What the scenes' side says. */
export type ScenesSpeech = {
  news: {
    wave: { sceneKey: string; side: Side; h?: string };
  };
  questions: {
    passage: { question: { sceneKey: string; side: Side; plate: Plate; to?: string | undefined }; answer: Passage };
    arrival: { question: { sceneKey: string; code: string }; answer: Arrival | undefined };
    site: { question: { sceneKey: string; site: string | undefined }; answer: HopSite | undefined };
  };
  streams: {
    look: { opening: { sceneKey: string; site: string; side: Side }; out: number; back: ViewChange };
    visit: {
      opening: { sceneKey: string; site: string };
      out: readonly GuestCommand[];
      back: readonly GuestEvent[];
    };
  };
};

/** What the ring's side says. */
export type RingSpeech = {
  news: {
    /** Without a frame: the scene is in no ring. */
    neighbours: { sceneKey: string; frame: NeighboursFrame | undefined };
    waved: { sceneKey: string; frame: WavedFrame };
    bird: { sceneKey: string; frame: RingBirdFrame };
  };
  questions: Nothing;
  streams: {
    watch: { opening: { sceneKey: string }; out: never; back: SceneSight };
    guests: {
      opening: { sceneKey: string; opening: GuestsOpening };
      out: readonly GuestCommand[];
      back: readonly HostEvent[];
    };
  };
};

export type ScenesChannel = Channel<ScenesSpeech, RingSpeech>;
export type RingChannel = Channel<RingSpeech, ScenesSpeech>;

/** The port on the scenes' side: what the ring says of gates is kept here, what it has to be asked goes over the channel. */
export class RemoteRing implements RingPort {
  /** What its channel hears. */
  readonly hearing: Hearing<RingSpeech> = {
    news: {
      neighbours: ({ sceneKey, frame }) => this.#show(sceneKey, frame),
      waved: ({ sceneKey, frame }) => this.#onWaved?.(sceneKey, frame),
      bird: ({ sceneKey, frame }) => this.birds.show(sceneKey, frame),
    },
    questions: {},
    streams: {
      watch: ({ sceneKey }, watched) => {
        if (this.#onWatch === undefined) watched.end('no-scene');
        else this.#onWatch(sceneKey, watched);
      },
      guests: ({ sceneKey, opening }, guests) => {
        if (this.#onGuests === undefined) guests.end('no-scene');
        else this.#onGuests(sceneKey, opening, guests);
      },
    },
  };
  readonly birds = new KeptBirds();
  readonly #channel: () => ScenesChannel;
  readonly #onTouch: (sceneKey: string) => void;
  readonly #unanswered: (sceneKey: string, side: Side) => Passage;
  /** At most one for each scene. */
  readonly #frames = new Map<string, NeighboursFrame>();
  readonly #listeners: ((sceneKey: string, frame: NeighboursFrame) => void)[] = [];
  #onWaved: Parameters<RingPort['onWaved']>[0] | undefined;
  #onWatch: Parameters<RingPort['onWatch']>[0] | undefined;
  #onGuests: Parameters<RingPort['onGuests']>[0] | undefined;

  /**
   * @param onTouch has the scene sampled and told, at its own pace
   * @param unanswered a passage that the ring gave no answer about
   */
  constructor(
    channel: () => ScenesChannel,
    onTouch: (sceneKey: string) => void,
    unanswered: (sceneKey: string, side: Side) => Passage = () => ({ ok: false, reason: 'closed' }),
  ) {
    this.#channel = channel;
    this.#onTouch = onTouch;
    this.#unanswered = unanswered;
  }

  touch(sceneKey: string): void {
    this.#onTouch(sceneKey);
  }

  neighbours(sceneKey: string): NeighboursFrame | undefined {
    return this.#frames.get(sceneKey);
  }

  onNeighbours(listener: (sceneKey: string, frame: NeighboursFrame) => void): void {
    this.#listeners.push(listener);
  }

  async requestPassage(sceneKey: string, side: Side, plate: Plate, to?: string): Promise<Passage> {
    const passage = await this.#channel().ask('passage', { sceneKey, side, plate, to });
    if (passage !== undefined) return passage;
    return to === undefined ? this.#unanswered(sceneKey, side) : { ok: false, reason: 'closed' };
  }

  redeem(sceneKey: string, code: string): Promise<Arrival | undefined> {
    return this.#channel().ask('arrival', { sceneKey, code });
  }

  findSite(sceneKey: string, site?: string): Promise<HopSite | undefined> {
    return this.#channel().ask('site', { sceneKey, site });
  }

  visit(sceneKey: string, site: string): HomeVisits {
    return this.#channel().open('visit', { sceneKey, site });
  }

  look(sceneKey: string, site: string, side: Side): Looking {
    return this.#channel().open('look', { sceneKey, site, side });
  }

  wave(sceneKey: string, side: Side, h?: string): void {
    this.#channel().tell('wave', { sceneKey, side, ...(h !== undefined && { h }) });
  }

  onWaved(listener: (sceneKey: string, frame: WavedFrame) => void): void {
    this.#onWaved = listener;
  }

  onWatch(listener: (sceneKey: string, watched: Watched) => void): void {
    this.#onWatch = listener;
  }

  onGuests(listener: (sceneKey: string, opening: GuestsOpening, guests: HostVisits) => void): void {
    this.#onGuests = listener;
  }

  /** Nothing is heard of the ring any more: no gate is shown better than this, and no bird. */
  fade(to: 'dim' | 'dark'): void {
    this.birds.clear();
    for (const [sceneKey, frame] of this.#frames) {
      this.#show(sceneKey, { ...frame, left: faded(frame.left, to), right: faded(frame.right, to) });
    }
  }

  #show(sceneKey: string, frame: NeighboursFrame | undefined): void {
    if (frame === undefined) {
      this.#frames.delete(sceneKey);
      return;
    }
    this.#frames.set(sceneKey, frame);
    for (const listener of this.#listeners) listener(sceneKey, frame);
  }
}

function faded(gate: Gate | null, to: 'dim' | 'dark'): Gate | null {
  if (gate === null || gate.state === 'dark') return gate;
  if (to === 'dim') return { ...gate, state: 'dim' };
  const { site, name, url, past } = gate;
  return { site, name, url, state: 'dark', figures: [], ...(past !== undefined && { past }) };
}

/** What the channel of a ring hears from scenes: each thing is asked of the port. */
export function hearScenes(port: RingPort): Hearing<ScenesSpeech> {
  return {
    news: { wave: ({ sceneKey, side, h }) => port.wave(sceneKey, side, h) },
    questions: {
      passage: ({ sceneKey, side, plate, to }) => port.requestPassage(sceneKey, side, plate, to),
      arrival: ({ sceneKey, code }) => port.redeem(sceneKey, code),
      site: ({ sceneKey, site }) => port.findSite(sceneKey, site),
    },
    streams: {
      look: ({ sceneKey, site, side }, looking) => joinStreams(looking, port.look(sceneKey, site, side)),
      visit: ({ sceneKey, site }, visits) => joinStreams(visits, port.visit(sceneKey, site)),
    },
  };
}

/** Passes on to scenes what a port says of its own accord. */
export function tellScenes(port: RingPort, channelTo: (sceneKey: string) => RingChannel): void {
  port.onNeighbours((sceneKey, frame) => channelTo(sceneKey).tell('neighbours', { sceneKey, frame }));
  port.onWaved((sceneKey, frame) => channelTo(sceneKey).tell('waved', { sceneKey, frame }));
  port.birds.onFrame((sceneKey, frame) => channelTo(sceneKey).tell('bird', { sceneKey, frame }));
  port.onWatch((sceneKey, watched) => joinStreams(watched, channelTo(sceneKey).open('watch', { sceneKey })));
  port.onGuests((sceneKey, opening, guests) =>
    joinStreams(guests, channelTo(sceneKey).open('guests', { sceneKey, opening })),
  );
}
