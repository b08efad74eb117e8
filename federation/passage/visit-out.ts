/** One stream of visits from this square to a host: the home side's machine between the home's scene and the wire. */
import { createTokenBucket, type Rate } from '../node/token-bucket.ts';
import type { Wire, WireListener } from '../node/wire.ts';
import type { Clock, Count, GuestEvent, HomeStream, Timer } from '../types.ts';
import type { createVisitHome, HomeEffect, HomeEnd, HomeInput } from './visit-home.ts';
import { decodeHostMessage, encodeHomeMessage, HOST_MESSAGE_MAX_BYTES, type VisitOpening } from './visit-messages.ts';

/** What a host may send over one stream, in bytes: it keeps within a third of it (visit-in.ts). */
const INBOUND_BYTES: Rate = { perSecond: 192 * 1_024, burst: 1_024 * 1_024 + HOST_MESSAGE_MAX_BYTES };

/** A unit of a frame's text counts as so much less than a byte on the wire: a deflated `hello` is a twelfth of its text. */
const UNPACKED_SHARE = 16;

export interface VisitOutDeps {
  readonly createVisitHome: typeof createVisitHome;
  readonly clock: Clock;
  readonly count: Count;
  /** Opens the wire. Rejects when there is no way to the host. */
  connect(listener: WireListener): Promise<Wire>;
  /** The host broke the rules. */
  blame(): void;
  onEnd(): void;
}

/** Runs until either side ends it; then `stream` has ended too, with the reason for its scene. */
export function runVisitOut(deps: VisitOutDeps, opening: VisitOpening, stream: HomeStream): void {
  const { clock, count } = deps;
  const home = deps.createVisitHome();
  const budget = createTokenBucket(INBOUND_BYTES);
  const toWire: Uint8Array[] = [];
  /** Came with one read, and is handed on together: the scene takes so many frames unread, however much is in them. */
  const received: HomeInput[] = [];
  let wire: Wire | undefined;
  let timer: { readonly handle: Timer; readonly atMs: number } | undefined;
  let isOver = false;

  const finish = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    timer?.handle.cancel();
    count('visit-out', reason);
    // What was said last, a guest's leaving, still goes out.
    if (reason === 'done') wire?.close();
    else wire?.abort(reason);
    stream.end(reason);
    deps.onEnd();
  };

  const take = (inputs: readonly HomeInput[]): void => {
    const events: GuestEvent[] = [];
    let ended: HomeEnd | undefined;
    const perform = (effect: HomeEffect): void => {
      if (effect.kind === 'send') toWire.push(encodeHomeMessage(effect.message));
      else if (effect.kind === 'tell') events.push(effect.event);
      else ended = effect.reason;
    };
    for (const input of inputs) for (const effect of home.step(input, clock.monotonic())) perform(effect);
    if (wire !== undefined) wire.send(toWire.splice(0));
    // The scene reads at once what it is told; one that does not has a fault, and its visitors are better at home.
    if (events.length > 0 && !stream.send(events)) return finish('behind');
    if (ended === 'broken') deps.blame();
    if (ended !== undefined) return finish(ended);
    schedule();
  };

  const schedule = (): void => {
    const atMs = home.nextWakeAtMs();
    if (atMs === timer?.atMs) return;
    timer?.handle.cancel();
    timer = undefined;
    if (atMs === undefined || isOver) return;
    const handle = clock.setTimer(
      () => {
        timer = undefined;
        if (!isOver) take([{ kind: 'woken' }]);
      },
      Math.max(0, Math.ceil(atMs - clock.monotonic())),
    );
    timer = { handle, atMs };
  };

  const takeReceived = (): void => {
    if (!isOver && received.length > 0) take(received.splice(0));
  };

  const listener: WireListener = {
    message(bytes) {
      if (isOver) return;
      const nowMs = clock.monotonic();
      if (budget.take(nowMs, bytes.byteLength)) {
        const message = decodeHostMessage(bytes);
        const unpacked = message?.kind === 'frame' ? message.text.length : 0;
        // What a little unpacks to costs as well, though less than what must be carried.
        if (budget.take(nowMs, Math.floor(unpacked / UNPACKED_SHARE))) {
          if (received.push({ kind: 'received', message }) === 1) queueMicrotask(takeReceived);
          return;
        }
      }
      deps.blame();
      finish('flood');
    },
    drained: () => undefined,
    closed() {
      takeReceived();
      finish('lost');
    },
  };

  stream.onFrame((commands) => take(commands.map((command) => ({ kind: 'command', command }))));
  stream.onEnd(() => finish('gone'));
  void deps.connect(listener).then(
    (opened) => {
      wire = opened;
      if (isOver) return opened.abort('over');
      wire.send([encodeHomeMessage({ kind: 'open', ...opening })]);
      take([{ kind: 'opened' }]);
    },
    () => finish('unreachable'),
  );
}
