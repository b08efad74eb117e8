/** Both ends of visits without scenes: a host that notes what it is asked and admits, and a home that asks. */
import type { GuestsOpening, RingService } from '../../federation/ring-service.ts';
import type {
  GuestCommand,
  GuestEvent,
  HostEvent,
  HostStream,
  SceneSight,
  SightStream,
  ViewChange,
} from '../../federation/types.ts';
import { streamPair, type FrameStream } from '../../src/lib/frame-stream.ts';
import { until } from './ring-of-squares.ts';

type CommandOf<Kind extends GuestCommand['kind']> = Extract<GuestCommand, { kind: Kind }>;
type EventOf<Kind extends GuestEvent['kind']> = Extract<GuestEvent, { kind: Kind }>;

/** What one stream brought to a host, and a way to answer it. */
export class GuestScenes {
  readonly openings: (GuestsOpening & { readonly site: string })[] = [];
  readonly commands: GuestCommand[] = [];
  /** Why streams ended, in order. */
  readonly ends: string[] = [];
  /** False: does not answer. */
  admits = true;
  readonly #streams: FrameStream<readonly HostEvent[], readonly GuestCommand[]>[] = [];
  readonly #waiters = new Set<() => void>();
  #nextVisitor = 1;
  readonly watched: string[] = [];
  readonly #watching = new Set<FrameStream<SceneSight, never>>();
  sight: SceneSight = { count: 0, figures: [], said: [] };

  receive(site: string, opening: GuestsOpening): HostStream {
    const [scene, ring] = streamPair<readonly HostEvent[], readonly GuestCommand[]>();
    this.openings.push({ ...opening, site });
    this.#streams.push(scene);
    scene.onFrame((commands) => {
      for (const command of commands) {
        this.commands.push(command);
        if (command.kind === 'admit' && this.admits) {
          const { guest, edge } = command;
          scene.send([{ kind: 'admitted', guest, edge, x: edge === 'left' ? 0.02 : 0.98, visitor: this.#nextVisitor }]);
          this.#nextVisitor += 1;
        }
      }
      this.#look();
    });
    scene.onEnd((reason) => {
      this.ends.push(reason);
      this.#look();
    });
    return ring;
  }

  /** Says something on the stream that was opened last. @returns whether it was taken */
  say(...events: readonly HostEvent[]): boolean {
    return this.#streams.at(-1)?.send(events) ?? false;
  }

  /** The stream that was opened last is not read for a while. */
  pause(): void {
    this.#streams.at(-1)?.pause();
  }

  resume(): void {
    this.#streams.at(-1)?.resume();
  }

  /** Somebody looks: who does is told what `show` says. */
  watch(site: string): SightStream {
    const [scene, ring] = streamPair<SceneSight, never>();
    this.watched.push(site);
    this.#watching.add(scene);
    scene.onEnd(() => {
      this.#watching.delete(scene);
      this.#look();
    });
    scene.send(this.sight);
    return ring;
  }

  get watching(): number {
    return this.#watching.size;
  }

  show(sight: SceneSight): void {
    this.sight = { ...sight, said: [] };
    for (const scene of this.#watching) scene.send(sight);
  }

  async untilUnwatched(): Promise<void> {
    await until(
      'nobody looks',
      () => this.watching === 0 || undefined,
      (notify) => this.#subscribe(notify),
      () => this.watching,
    );
  }

  async untilCommand<Kind extends GuestCommand['kind']>(kind: Kind, times = 1): Promise<CommandOf<Kind>> {
    const look = (): CommandOf<Kind> | undefined => this.commands.filter((command) => isOf(command, kind))[times - 1];
    return until(
      `command ${kind}`,
      look,
      (notify) => this.#subscribe(notify),
      () => this.commands,
    );
  }

  async untilEnd(): Promise<string> {
    return until(
      'the end of a stream',
      () => this.ends[0],
      (notify) => this.#subscribe(notify),
      () => this.commands,
    );
  }

  #subscribe(notify: () => void): () => void {
    this.#waiters.add(notify);
    return () => void this.#waiters.delete(notify);
  }

  #look(): void {
    for (const waiter of this.#waiters) waiter();
  }
}

/** One stream of visits as its home scene holds it. */
export class HomeScene {
  readonly events: GuestEvent[] = [];
  endedWith: string | undefined;
  readonly #stream: FrameStream<readonly GuestCommand[], readonly GuestEvent[]>;
  readonly #waiters = new Set<() => void>();

  constructor(service: RingService, homeSite: string, hostSite: string) {
    const [scene, ring] = streamPair<readonly GuestCommand[], readonly GuestEvent[]>();
    this.#stream = scene;
    scene.onFrame((events) => {
      this.events.push(...events);
      this.#look();
    });
    scene.onEnd((reason) => {
      this.endedWith = reason;
      this.#look();
    });
    service.visit(homeSite, hostSite, ring);
  }

  tell(...commands: readonly GuestCommand[]): void {
    this.#stream.send(commands);
  }

  end(): void {
    this.#stream.end('test');
  }

  /** Does not read for a while. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  async untilEvent<Kind extends GuestEvent['kind']>(kind: Kind, times = 1): Promise<EventOf<Kind>> {
    const look = (): EventOf<Kind> | undefined => this.events.filter((event) => isOf(event, kind))[times - 1];
    return until(
      `event ${kind}`,
      look,
      (notify) => this.#subscribe(notify),
      () => [this.events, this.endedWith],
    );
  }

  async untilEnd(): Promise<string> {
    return until(
      'the end',
      () => this.endedWith,
      (notify) => this.#subscribe(notify),
      () => this.events,
    );
  }

  #subscribe(notify: () => void): () => void {
    this.#waiters.add(notify);
    return () => void this.#waiters.delete(notify);
  }

  #look(): void {
    for (const waiter of this.#waiters) waiter();
  }
}

/** One look over the hill as its scene holds it. */
export class LookingScene {
  readonly changes: ViewChange[] = [];
  endedWith: string | undefined;
  readonly #stream: FrameStream<number, ViewChange>;
  readonly #waiters = new Set<() => void>();

  constructor(service: RingService, fromSite: string, site: string, side: 'left' | 'right') {
    const [scene, ring] = streamPair<number, ViewChange>();
    this.#stream = scene;
    scene.onFrame((change) => {
      this.changes.push(change);
      for (const waiter of this.#waiters) waiter();
    });
    scene.onEnd((reason) => {
      this.endedWith = reason;
      for (const waiter of this.#waiters) waiter();
    });
    service.look(fromSite, site, side, ring);
  }

  count(lookers: number): void {
    this.#stream.send(lookers);
  }

  end(): void {
    this.#stream.end('done');
  }

  async untilChange(fits: (change: ViewChange) => boolean): Promise<ViewChange> {
    return until(
      'a change',
      () => this.changes.find(fits),
      (notify) => this.#subscribe(notify),
      () => [this.changes, this.endedWith],
    );
  }

  async untilEnd(): Promise<string> {
    return until(
      'the end',
      () => this.endedWith,
      (notify) => this.#subscribe(notify),
      () => this.changes,
    );
  }

  #subscribe(notify: () => void): () => void {
    this.#waiters.add(notify);
    return () => void this.#waiters.delete(notify);
  }
}

export function admission(guest: number, change: Partial<CommandOf<'admit'>> = {}): GuestCommand {
  const plate = { name: 'Ada', look: 7 };
  return { kind: 'admit', guest, tab: 0, plate, edge: 'left', isResident: false, isDrawn: true, ...change };
}

function isOf<Thing extends { readonly kind: string }, Kind extends Thing['kind']>(
  thing: Thing,
  kind: Kind,
): thing is Extract<Thing, { kind: Kind }> {
  return thing.kind === kind;
}
