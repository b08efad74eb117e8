import type { Clock } from '../lib/clock.ts';
import type { ClientMessage, HelloFrame, InitMessage, PassageFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { Arrival, Plate, RingPort } from '../ring/ring-port.ts';
import type { SceneRandom } from '../scene/types.ts';
import { OutgoingFrame } from './encode.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveScene } from './live-scene.ts';
import type { LiveTab } from './live-tab.ts';
import { Looks } from './looks.ts';
import { Travels } from './travels.ts';
import type { WritePace } from './write-pace.ts';

/** A hop code that is not redeemed in this time makes an ordinary arrival: nobody waits longer to appear. */
const REDEEM_TIMEOUT_MS = 1_000;

/** A connection may ask for a passage this often; each one costs the neighbour a code. */
const GATE_INTERVAL_MS = 1_000;

/** A connection may wave over the hill this often: about as long as a hand stays up. */
const WAVE_INTERVAL_MS = 5_000;

type GateMessage = Extract<ClientMessage, { type: 'gate' }>;

export interface RingErrandsDeps {
  readonly clock: Clock;
  readonly random: SceneRandom;
  readonly ring: RingPort;
  readonly pace: WritePace;
  count(event: string, reason: string): void;
  /** A fault while handling one connection's message. */
  fail(connection: LiveConnection, err: unknown): void;
}

/**
 * What visitors want of the ring: to come by hop, to go by page, to go over the hill with the strip alone, to look and to wave
 * over it; and to leave a note where they are alone in it. Counts `wave` (told, unseen, too-fast) and `note` (guest).
 */
export class RingErrands {
  readonly #deps: RingErrandsDeps;
  /** Of scenes from which somebody travelled. */
  readonly #travels = new Map<LiveScene, Travels>();
  /** Of scenes from which somebody looked over a hill. */
  readonly #looks = new Map<LiveScene, Looks>();

  constructor(deps: RingErrandsDeps) {
    this.#deps = deps;
  }

  /** Joins somebody who comes through a gate, page and all. Never rejects. */
  async join(live: LiveScene, connection: LiveConnection, init: InitMessage, code: string): Promise<void> {
    const { ring, clock } = this.#deps;
    connection.isRedeeming = true;
    try {
      const arrival = await redeemInTime(ring, clock, connection.ticket.sceneKey, code);
      if (connection.isOpen) live.receive(connection, init, arrival);
    } catch (err) {
      this.#deps.fail(connection, err);
    } finally {
      connection.isRedeeming = false;
    }
  }

  /**
   * Does what a message asks of the ring, or takes it to where its visitor is.
   * @returns false when it is for the scene
   */
  hear(live: LiveScene, connection: LiveConnection, message: ClientMessage): boolean {
    switch (message.type) {
      case 'gate':
        void this.#askPassage(live, connection, message);
        return true;
      case 'look':
        this.#look(live, connection, message.side, message.on);
        return true;
      case 'wave':
        this.#wave(live, connection, message);
        return true;
      case 'note':
        this.#leaveNote(live, connection, message.text);
        return true;
      case 'hop':
        this.#looks.get(live)?.lookAway(connection);
        if ('home' in message) this.#travels.get(live)?.goHome(connection);
        else void this.#hop(live, connection, message.side);
        return true;
      default:
        return this.#travels.get(live)?.forward(connection, message) ?? false;
    }
  }

  /** A scene is about to tell a tab where it is. */
  welcoming(live: LiveScene, tab: LiveTab, { id, x }: HelloFrame): void {
    if (tab instanceof LiveConnection) this.#travels.get(live)?.welcoming(tab, id, x);
  }

  closed(live: LiveScene, connection: LiveConnection): void {
    this.#looks.get(live)?.lookAway(connection);
    this.#travels.get(live)?.closed(connection);
  }

  /** The scene fails or is over. */
  ended(live: LiveScene): void {
    this.#looks.get(live)?.end();
    this.#looks.delete(live);
    this.#travels.get(live)?.end();
    this.#travels.delete(live);
  }

  #look(live: LiveScene, connection: LiveConnection, side: Side, isOn: boolean): void {
    if (!connection.isRing || live.visitorOf(connection) === undefined) return;
    const { sceneKey } = connection.ticket;
    const looks = this.#looks.get(live) ?? new Looks(sceneKey, this.#deps);
    this.#looks.set(live, looks);
    if (!isOn) return looks.lookAway(connection);
    const travels = this.#travels.get(live);
    const gates = travels === undefined ? this.#deps.ring.neighbours(sceneKey) : travels.gatesOf(connection);
    looks.look(connection, side, gates);
  }

  /** On another street one is a guest, and the board there is not one's own site's. */
  #leaveNote(live: LiveScene, connection: LiveConnection, text: string | undefined): void {
    if (this.#travels.get(live)?.isAway(connection) !== true) return live.leaveNote(connection, text);
    this.#deps.count('note', 'guest');
    connection.send(new OutgoingFrame({ type: 'noted', refused: 'guest' }));
  }

  /** Whoever neighbours do not see, those who are elsewhere among them, waves to nobody there. */
  #wave(live: LiveScene, connection: LiveConnection, { side, h }: Extract<ClientMessage, { type: 'wave' }>): void {
    const visitor = live.visitorOf(connection);
    if (!connection.isRing || visitor === undefined) return;
    if (!live.isSeenBeyondHill(visitor)) return this.#deps.count('wave', 'unseen');
    const now = this.#deps.clock.monotonic();
    if (now < connection.lastWaveAt + WAVE_INTERVAL_MS) return this.#deps.count('wave', 'too-fast');
    connection.lastWaveAt = now;
    this.#deps.count('wave', 'told');
    this.#deps.ring.wave(connection.ticket.sceneKey, side, h);
  }

  async #hop(live: LiveScene, connection: LiveConnection, side: Side): Promise<void> {
    try {
      await this.#travelsOf(live, connection).hop(connection, side);
    } catch (err) {
      this.#deps.fail(connection, err);
    }
  }

  #travelsOf(live: LiveScene, { ticket: { sceneKey } }: LiveConnection): Travels {
    const known = this.#travels.get(live);
    if (known !== undefined) return known;
    const travels = new Travels(
      {
        sceneKey,
        visitorOf: (tab) => live.visitorOf(tab),
        papersOf: (visitor) => live.papersOf(visitor),
        tabsOf(visitor) {
          const tabs = live.tabsOf(visitor);
          const sockets = tabs.filter((tab) => tab instanceof LiveConnection);
          // A classic widget cannot follow, and would be left in an empty scene.
          return sockets.length === tabs.length && tabs.every(({ isRing }) => isRing) ? sockets : undefined;
        },
        walkOut: (visitor, side) => live.walkOut(visitor, side),
        comeHome: (visitor) => live.comeHome(visitor),
        silence: (tab) => live.silence(tab),
      },
      this.#deps,
    );
    this.#travels.set(live, travels);
    return travels;
  }

  async #askPassage(live: LiveScene, connection: LiveConnection, message: GateMessage): Promise<void> {
    const plate = live.plateOf(connection);
    const travels = this.#travels.get(live);
    const here = 'here' in message ? travels?.whereaboutsOf(connection) : undefined;
    const side = 'side' in message ? message.side : here?.side;
    // At home one's page is there already.
    if (plate === undefined || !connection.isRing || side === undefined) return;
    const now = this.#deps.clock.monotonic();
    if (now < connection.lastGateAt + GATE_INTERVAL_MS) {
      return answer(connection, { type: 'passage', side, refused: 'too-fast' });
    }
    connection.lastGateAt = now;
    try {
      if (here === undefined && travels?.isAway(connection) === true) {
        // Their plate is known at home only: from elsewhere they walk without it.
        const gate = travels.gatesOf(connection)?.[side];
        const refused: PassageFrame = { type: 'passage', side, refused: 'no-neighbour' };
        return answer(connection, gate ? { type: 'passage', side, url: gate.url } : refused);
      }
      const passage = await passageThrough(this.#deps.ring, connection.ticket.sceneKey, side, plate, here?.site);
      if (!connection.isOpen) return undefined;
      answer(connection, passage);
      if ('url' in passage) live.depart(connection, side);
    } catch (err) {
      this.#deps.fail(connection, err);
    }
  }
}

function answer(connection: LiveConnection, frame: PassageFrame): void {
  connection.send(new OutgoingFrame(frame));
}

/** Redeems a hop code, within a second or not at all. */
function redeemInTime(ring: RingPort, clock: Clock, sceneKey: string, code: string): Promise<Arrival | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => resolve(undefined), REDEEM_TIMEOUT_MS);
    ring
      .redeem(sceneKey, code)
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}

/** Asks the ring for a way through a gate, or to where the strip is. */
async function passageThrough(
  ring: RingPort,
  sceneKey: string,
  side: Side,
  plate: Plate,
  to: string | undefined,
): Promise<PassageFrame> {
  const passage = await ring.requestPassage(sceneKey, side, plate, to);
  if (!passage.ok) return { type: 'passage', side, refused: passage.reason };
  return { type: 'passage', side, url: passage.url, ...(passage.code !== undefined && { code: passage.code }) };
}
