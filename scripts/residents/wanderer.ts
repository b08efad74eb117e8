/**
 * How a resident spends its time: stands about, strolls, sits, waves at people who come in, and very rarely says a line.
 * Pure: time and randomness come from outside, commands go out, and nothing else happens.
 */
import { PROP_RULES, SETTLE_AFTER_MS, propsOf, sceneConfigFrom } from '../../src/protocol/scene-kit.ts';
import { RESIDENT_LINES } from './words.ts';

/** Messages as the wire has them, less what only the connection knows. */
export type Command =
  | { readonly type: 'move'; readonly x: number }
  | { readonly type: 'settle'; readonly propId: string }
  | { readonly type: 'action'; readonly action: 'raise-hand' }
  | { readonly type: 'typing'; readonly typing: boolean }
  | { readonly type: 'say'; readonly text: string };

/** One place to sit, or to lean. */
export interface Seat {
  readonly propId: string;
  /** 0…1 of the strip. */
  readonly x: number;
}

type Activity =
  | { readonly kind: 'away' }
  | { readonly kind: 'standing'; readonly untilMs: number }
  | {
      readonly kind: 'strolling';
      readonly toX: number;
      readonly steppedAtMs: number;
      readonly stepAtMs: number;
      readonly seat: Seat | undefined;
    }
  | { readonly kind: 'settling'; readonly seat: Seat; readonly askAtMs: number }
  | { readonly kind: 'asked'; readonly giveUpAtMs: number }
  | { readonly kind: 'sitting'; readonly untilMs: number }
  | { readonly kind: 'composing'; readonly text: string; readonly sayAtMs: number };

/** A street is 1,200 units long and people walk 180 of them in a second (widget design, section 3). */
const STREET_UNITS = 1200;
const WALK_PER_MS = 180 / STREET_UNITS / 1_000;
const STROLL_UNITS = { min: 60, max: 300 };
/** Residents keep clear of the gates, so that nobody is crowded on arrival. */
const LEFTMOST = 0.05;
const RIGHTMOST = 0.95;

/** One move about every 100 ms, never at a fixed beat; twice the server's throttle. */
const STEP_MS = { min: 88, max: 114 };
/** After a stall a resident walks on from where it was instead of leaping. */
const LONGEST_STEP_MS = 250;

const STAND_MS = { min: 1_800, max: 13_000 };
const SIT_MS = { min: 18_000, max: 70_000 };
const SEAT_ANSWER_MS = 1_500;
const SIT_SHARE = 0.26;

/** Never more than one line per resident in this time. */
export const LINE_GAP_MS = 40_000;
const LINE_EXTRA_MS = 80_000;
const SPEAK_SHARE = 0.14;
const LINES_REMEMBERED = 10;

const WAVE_DELAY_MS = { min: 500, max: 2_400 };
const WAVE_GAP_MS = 20_000;

interface Range {
  readonly min: number;
  readonly max: number;
}

export class Wanderer {
  readonly #random: () => number;
  /** 0.7 … 1.6: some people linger. */
  readonly #patience: number;
  #activity: Activity = { kind: 'away' };
  #x = 0.5;
  #seats: readonly Seat[] = [];
  #waveAtMs: number | undefined;
  #mayWaveAtMs = Number.NEGATIVE_INFINITY;
  #maySpeakAtMs: number | undefined;
  /** What was last said here, by anybody; at most {@link LINES_REMEMBERED}. */
  readonly #heard: string[] = [];

  constructor(random: () => number) {
    this.#random = random;
    this.#patience = 0.7 + 0.9 * random();
  }

  /** When {@link wake} has something to do next, on the clock of its `nowMs`; infinite while away. */
  get nextWakeAtMs(): number {
    return Math.min(dueAt(this.#activity), this.#waveAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** The square says where one stands: after joining, and again after coming back. */
  placed(x: number, seats: readonly Seat[], nowMs: number): void {
    this.#x = x;
    this.#seats = seats;
    this.#waveAtMs = undefined;
    // The first line waits until one has been about for a while; coming back does not shorten a silence.
    this.#maySpeakAtMs ??= nowMs + this.#within({ min: 12_000, max: 70_000 });
    this.#activity = { kind: 'standing', untilMs: nowMs + this.#within({ min: 300, max: 5_000 }) };
  }

  /** The connection is gone; nothing happens until the next {@link placed}. */
  lost(): void {
    this.#activity = { kind: 'away' };
    this.#waveAtMs = undefined;
  }

  /** The square granted a seat, at `x`. */
  seated(x: number, nowMs: number): void {
    if (this.#activity.kind !== 'asked') return;
    this.#x = x;
    this.#activity = { kind: 'sitting', untilMs: nowMs + this.#within(SIT_MS) * this.#patience };
  }

  /** A person came in at `x`. Those near wave, more often than those far off, each in their own time. */
  arrived(x: number, nowMs: number): void {
    const isFree = this.#activity.kind !== 'away' && this.#activity.kind !== 'composing';
    if (!isFree || this.#waveAtMs !== undefined || nowMs < this.#mayWaveAtMs) return;
    const distance = Math.abs(x - this.#x);
    const share = distance < 0.25 ? 0.8 : distance < 0.5 ? 0.5 : 0.2;
    if (this.#random() < share) this.#waveAtMs = nowMs + this.#within(WAVE_DELAY_MS);
  }

  /** Somebody said this; it will not be said again at once. */
  heard(text: string): void {
    this.#heard.push(text);
    if (this.#heard.length > LINES_REMEMBERED) this.#heard.shift();
  }

  /** Does what is due at `nowMs`; nothing when it is called early. */
  wake(nowMs: number): readonly Command[] {
    if (this.#waveAtMs !== undefined && nowMs >= this.#waveAtMs) return this.#wave(nowMs);
    if (nowMs < dueAt(this.#activity)) return [];
    switch (this.#activity.kind) {
      case 'strolling':
        return this.#step(this.#activity, nowMs);
      case 'settling':
        return this.#ask(this.#activity.seat, nowMs);
      case 'composing':
        return this.#say(this.#activity.text, nowMs);
      case 'asked':
        this.#stand(nowMs, { min: 800, max: 3_000 });
        return [];
      case 'away':
        return [];
      default:
        return this.#begin(nowMs);
    }
  }

  #wave(nowMs: number): Command[] {
    this.#waveAtMs = undefined;
    this.#mayWaveAtMs = nowMs + WAVE_GAP_MS;
    // A gesture ends sitting and strolling, in the square as here.
    this.#stand(nowMs, { min: 2_500, max: 6_000 });
    return [{ type: 'action', action: 'raise-hand' }];
  }

  #begin(nowMs: number): Command[] {
    const line = this.#lineFor(nowMs);
    if (line !== undefined) {
      this.#activity = { kind: 'composing', text: line, sayAtMs: nowMs + 900 + 45 * line.length };
      return [{ type: 'typing', typing: true }];
    }
    const seat = this.#activity.kind === 'standing' ? this.#seatToTake() : undefined;
    const toX = seat?.x ?? this.#strollEnd();
    const stepAtMs = nowMs + this.#within(STEP_MS);
    this.#activity = { kind: 'strolling', toX, steppedAtMs: nowMs, stepAtMs, seat };
    return [];
  }

  #step({ toX, steppedAtMs, seat }: Extract<Activity, { kind: 'strolling' }>, nowMs: number): Command[] {
    const reach = WALK_PER_MS * Math.min(nowMs - steppedAtMs, LONGEST_STEP_MS);
    const rest = toX - this.#x;
    if (Math.abs(rest) > reach) {
      this.#x += Math.sign(rest) * reach;
      const stepAtMs = nowMs + this.#within(STEP_MS);
      this.#activity = { kind: 'strolling', toX, steppedAtMs: nowMs, stepAtMs, seat };
    } else {
      this.#x = toX;
      if (seat === undefined) this.#stand(nowMs, STAND_MS);
      else this.#activity = { kind: 'settling', seat, askAtMs: nowMs + SETTLE_AFTER_MS + 400 * this.#random() };
    }
    return [{ type: 'move', x: Math.round(this.#x * 1e4) / 1e4 }];
  }

  #ask({ propId }: Seat, nowMs: number): Command[] {
    this.#activity = { kind: 'asked', giveUpAtMs: nowMs + SEAT_ANSWER_MS };
    return [{ type: 'settle', propId }];
  }

  #say(text: string, nowMs: number): Command[] {
    this.#maySpeakAtMs = nowMs + LINE_GAP_MS + LINE_EXTRA_MS * this.#random();
    this.heard(text);
    this.#stand(nowMs, STAND_MS);
    return [
      { type: 'typing', typing: false },
      { type: 'say', text },
    ];
  }

  #stand(nowMs: number, range: Range): void {
    this.#activity = { kind: 'standing', untilMs: nowMs + this.#within(range) * this.#patience };
  }

  #lineFor(nowMs: number): string | undefined {
    if (this.#activity.kind !== 'standing' || nowMs < (this.#maySpeakAtMs ?? 0)) return undefined;
    if (this.#random() >= SPEAK_SHARE) return undefined;
    const fresh = RESIDENT_LINES.filter((line) => !this.#heard.includes(line));
    return fresh[Math.floor(this.#random() * fresh.length)];
  }

  #seatToTake(): Seat | undefined {
    if (this.#random() >= SIT_SHARE) return undefined;
    const near = this.#seats.filter(({ x }) => Math.abs(x - this.#x) <= STROLL_UNITS.max / STREET_UNITS);
    return near[Math.floor(this.#random() * near.length)];
  }

  #strollEnd(): number {
    const length = this.#within(STROLL_UNITS) / STREET_UNITS;
    const wanted = this.#x + (this.#random() < 0.5 ? -length : length);
    if (wanted >= LEFTMOST && wanted <= RIGHTMOST) return wanted;
    return wanted < LEFTMOST ? this.#x + length : this.#x - length;
  }

  #within({ min, max }: Range): number {
    return min + (max - min) * this.#random();
  }
}

/** Where one can sit or lean, read from `hello.scene`; the preset scene when a square sends none. */
export function seatsOf(scene: unknown): Seat[] {
  return propsOf(sceneConfigFrom(scene)).flatMap(({ id, kind, x }) =>
    PROP_RULES[kind].seatOffsets.map((offset) => ({ propId: id, x: Math.min(Math.max(x + offset, 0), 1) })),
  );
}

function dueAt(activity: Activity): number {
  switch (activity.kind) {
    case 'away':
      return Number.POSITIVE_INFINITY;
    case 'strolling':
      return activity.stepAtMs;
    case 'settling':
      return activity.askAtMs;
    case 'asked':
      return activity.giveUpAtMs;
    case 'composing':
      return activity.sayAtMs;
    default:
      return activity.untilMs;
  }
}
