/** What a visitor hears of the street, when they have switched sound on: nothing before a press or a key of theirs. */
import type { SoundName, Sounds } from './sounds.ts';
import type { Footfall } from '../model/footfalls.ts';
import { STREET_UNITS } from '../model/layout.ts';
import type { World } from '../model/world.ts';
import type { Timers } from '../time/timers.ts';

/** Longer than any sound. */
const HUSH_AFTER_MS = 1_500;

export interface SoundModule {
  readonly build: string;
  readonly openSounds: (context: BaseAudioContext, random: () => number) => Sounds;
}

/** Steps of others are heard this far, in units. */
const EARSHOT_UNITS = 260;
/** The strip's ends are not the ears' ends. */
const PAN_MAX = 0.6;
/** Steps are much of what is heard, and the least of what matters. */
const STEP_NEARNESS = 0.5;

export interface HearingDeps {
  readonly world: World;
  readonly timers: Timers;
  /** The visitor has switched sound on. */
  readonly isWanted: () => boolean;
  readonly isCalm: () => boolean;
  /** Somebody can see the strip. */
  readonly isSeen: () => boolean;
  /** Screen position of a place of the street, 0…1. */
  readonly across: (units: number) => number;
  readonly fetch: () => Promise<SoundModule>;
  /** The file did not come, or is of another build. */
  readonly onSilence: () => void;
}

export class Hearing {
  readonly #deps: HearingDeps;
  #context: AudioContext | undefined;
  #sounds: Sounds | undefined;

  constructor(deps: HearingDeps) {
    this.#deps = deps;
  }

  /** The visitor pressed something: only now a browser lets a page be heard. */
  pressed(): void {
    if (!this.#deps.isWanted()) return;
    if (this.#context === undefined) void this.#open();
  }

  /** The strip went out of sight or came back, or sound was switched. */
  attend(): void {
    const { isWanted, isSeen } = this.#deps;
    if (!isWanted()) this.stop();
    else if (!isSeen()) void this.#context?.suspend();
  }

  stop(): void {
    this.#deps.timers.end('hush');
    void this.#context?.close();
    this.#context = this.#sounds = undefined;
  }

  /** A foot came down. */
  step({ id, x }: Footfall): void {
    const { world } = this.#deps;
    const ownX = (world.people.get(world.selfId)?.x ?? 0.5) * STREET_UNITS;
    const nearness = id === world.selfId ? 1 : (1 - Math.abs(x - ownX) / EARSHOT_UNITS) / 2;
    if (nearness > 0) this.#play('step', x, STEP_NEARNESS * nearness);
  }

  /** @param units of the street */
  hear(name: Exclude<SoundName, 'step'>, units: number): void {
    this.#play(name, units, 1);
  }

  #play(name: SoundName, units: number, nearness: number): void {
    const { isSeen, isCalm, across, timers } = this.#deps;
    // Calm keeps what somebody means for others, and is spared the rest.
    if (!isSeen() || (isCalm() && (name === 'step' || name === 'bird'))) return;
    if (this.#sounds?.play(name, (2 * across(units) - 1) * PAN_MAX, nearness) !== true) return;
    void this.#context?.resume();
    // A silent device costs as much as one that sounds.
    timers.after('hush', HUSH_AFTER_MS, () => void this.#context?.suspend());
  }

  async #open(): Promise<void> {
    // At once, in the press itself.
    const context = new AudioContext();
    this.#context = context;
    try {
      const { openSounds } = await this.#deps.fetch();
      // It may have been switched off meanwhile.
      if (this.#context === context) this.#sounds = openSounds(context, Math.random);
      this.attend();
    } catch {
      if (this.#context !== context) return;
      this.stop();
      this.#deps.onSilence();
    }
  }
}
