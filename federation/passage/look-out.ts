/** One stream of this square that looks at a neighbour's site, shared by all of ours who look through that gate. */
import { createTokenBucket, type Rate } from '../node/token-bucket.ts';
import type { Wire, WireListener } from '../node/wire.ts';
import type { Clock, Count, LookStream, Timer } from '../types.ts';
import { decodeViewMessage, encodeLookerMessage, LOOKERS_MAX, type ViewOpening } from './view-messages.ts';

/** How often a neighbour hears that somebody still looks, and how soon of another number. */
const REPEAT_MS = 5_000;
const LOOKERS_INTERVAL_MS = 500;

/** What a neighbour may send: three times what it keeps to. */
const INBOUND_BYTES: Rate = { perSecond: 96 * 1_024, burst: 128 * 1_024 };

export interface LookOutDeps {
  readonly clock: Clock;
  readonly count: Count;
  connect(listener: WireListener): Promise<Wire>;
  blame(): void;
  onEnd(): void;
}

/** Runs until either side ends it; then `stream` has ended too, with the reason for its scene. */
export function runLookOut(deps: LookOutDeps, opening: ViewOpening, stream: LookStream): void {
  const { clock, count } = deps;
  const budget = createTokenBucket(INBOUND_BYTES);
  let wire: Wire | undefined;
  let lookers = 1;
  let telling: { readonly timer: Timer; readonly atMs: number } | undefined;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let isOver = false;

  const finish = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    telling?.timer.cancel();
    count('view-out', reason);
    wire?.close();
    stream.end(reason);
    deps.onEnd();
  };
  const tell = (): void => {
    telling = undefined;
    if (isOver || wire === undefined) return;
    wire.send([encodeLookerMessage({ kind: 'lookers', count: lookers })]);
    toldAtMs = clock.monotonic();
    tellIn(REPEAT_MS);
  };
  const tellIn = (delayMs: number): void => {
    const atMs = clock.monotonic() + delayMs;
    if (isOver || (telling !== undefined && telling.atMs <= atMs)) return;
    telling?.timer.cancel();
    telling = { timer: clock.setTimer(tell, delayMs), atMs };
  };

  stream.onFrame((next) => {
    lookers = Math.min(LOOKERS_MAX, Math.max(0, Math.floor(next)));
    tellIn(Math.max(0, toldAtMs + LOOKERS_INTERVAL_MS - clock.monotonic()));
  });
  stream.onEnd(() => finish('done'));
  const listener: WireListener = {
    message(bytes) {
      const isFlood = !budget.take(clock.monotonic(), bytes.byteLength);
      const message = isFlood ? undefined : decodeViewMessage(bytes);
      if (message === undefined) {
        deps.blame();
        return finish('lost');
      }
      if (message.kind === 'end') return finish(message.reason === 'unknown' ? 'lost' : message.reason);
      const { kind: _kind, ...change } = message;
      // A scene that does not read is shown anew when somebody looks again.
      return stream.send(change) ? undefined : finish('lost');
    },
    drained: () => undefined,
    closed: () => finish('lost'),
  };
  void deps.connect(listener).then(
    (opened) => {
      wire = opened;
      if (isOver) return opened.abort('over');
      wire.send([encodeLookerMessage({ kind: 'open', ...opening })]);
      return tellIn(0);
    },
    () => finish('lost'),
  );
}
