import type { Clock, Timer } from '../lib/clock.ts';
import type { Action } from '../protocol/limits.ts';
import { NO_GUARD, type SceneGuard } from '../scene/guard.ts';
import { countEvent, newWindow, spend, type FixedWindow } from './fixed-window.ts';
import { isLockStepOn, newLockStep, noteGesture, type LockStep, type LockStepSettings } from './lock-step.ts';
import { keyOf, Quarantines } from './quarantines.ts';

/** What one address may do in one scene; 0 switches a limit off. Sources: docs/adr/0004, wire protocol section 11. */
export interface AddressLimitSettings {
  /** Identities online at once. */
  readonly maxIdentities: number;
  /** Joins in {@link JOIN_WINDOW_MS}. */
  readonly joinLimit: number;
  /** Moves, gestures, profiles and the like in {@link EVENT_WINDOW_MS}. */
  readonly stateEventLimit: number;
  /** Lines of chat in {@link EVENT_WINDOW_MS}. */
  readonly chatEventLimit: number;
  readonly lockStep: LockStepSettings;
  readonly flood: {
    /** Renamings and lines in one window that make a flood. */
    readonly limit: number;
    readonly windowMs: number;
    /** False: a flood is only logged. */
    readonly isEnforced: boolean;
  };
  /** Pairs of scene and address remembered at once; the oldest are forgotten first. */
  readonly maxEntries: number;
}

export const NO_ADDRESS_LIMITS: AddressLimitSettings = {
  maxIdentities: 0,
  joinLimit: 0,
  stateEventLimit: 0,
  chatEventLimit: 0,
  lockStep: { rounds: 0, windowMs: 0, toleranceMs: 0, quarantineMs: 0 },
  flood: { limit: 0, windowMs: 0, isEnforced: false },
  maxEntries: 1,
};

export const JOIN_WINDOW_MS = 60_000;
export const EVENT_WINDOW_MS = 10_000;

/** What can be noticed about an address; `flood` only when it is not enforced. */
export type LimitEvent = 'join' | 'state' | 'chat' | 'quarantine' | 'flood' | 'ban';

export interface AddressLimitDeps {
  readonly clock: Clock;
  readonly note: (event: LimitEvent, sceneKey: string) => void;
  /** An address was quarantined for so long: whoever admits sockets elsewhere wants to know. */
  readonly onQuarantined?: (sceneKey: string, address: string, forMs: number) => void;
}

interface Activity {
  touchedAt: number;
  readonly joins: FixedWindow;
  readonly states: FixedWindow;
  readonly chats: FixedWindow;
  readonly floods: FixedWindow;
  lockSteps: Partial<Record<Action, LockStep>> | undefined;
}

/**
 * Counts for all scenes of a process. What it remembers is bounded, and forgotten when it has become meaningless by one
 * timer, which runs only while there is something to forget.
 */
export class AddressLimits {
  readonly #deps: AddressLimitDeps;
  readonly #settings: AddressLimitSettings;
  readonly #activity = new Map<string, Activity>();
  readonly #quarantines: Quarantines;
  /** After so long without an event nothing that was counted matters any more. */
  readonly #memoryMs: number;
  #timer: Timer | undefined;

  constructor(deps: AddressLimitDeps, settings: AddressLimitSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#quarantines = new Quarantines(deps.clock, settings.maxEntries);
    this.#memoryMs = Math.max(JOIN_WINDOW_MS, EVENT_WINDOW_MS, settings.lockStep.windowMs, settings.flood.windowMs);
  }

  /** What is remembered, in entries. */
  get sizes(): { readonly activity: number; readonly quarantines: number } {
    return { activity: this.#activity.size, quarantines: this.#quarantines.size };
  }

  isQuarantined(sceneKey: string, address: string): boolean {
    return this.#quarantines.has(sceneKey, address);
  }

  /** The same counts as one scene asks for them. */
  guardOf(sceneKey: string): SceneGuard {
    const { maxIdentities, joinLimit, stateEventLimit, chatEventLimit, lockStep, flood } = this.#settings;
    return {
      maxIdentities,
      isQuarantined: (address) => this.isQuarantined(sceneKey, address),
      spendJoin:
        joinLimit === 0
          ? NO_GUARD.spendJoin
          : (address, now) =>
              spend(this.#of(sceneKey, address, now).joins, joinLimit, JOIN_WINDOW_MS, now) ||
              this.#refuse('join', sceneKey),
      spendState:
        stateEventLimit === 0
          ? NO_GUARD.spendState
          : (address, now) =>
              spend(this.#of(sceneKey, address, now).states, stateEventLimit, EVENT_WINDOW_MS, now) ||
              this.#refuse('state', sceneKey),
      spendChat:
        chatEventLimit === 0
          ? NO_GUARD.spendChat
          : (address, now) =>
              spend(this.#of(sceneKey, address, now).chats, chatEventLimit, EVENT_WINDOW_MS, now) ||
              this.#refuse('chat', sceneKey),
      noteAction: isLockStepOn(lockStep)
        ? (address, visitor, action, now) => {
            const activity = this.#of(sceneKey, address, now);
            const gestures = (activity.lockSteps ??= {});
            const isPuppet = noteGesture((gestures[action] ??= newLockStep()), visitor, now, lockStep);
            if (!isPuppet) return 'fine';
            this.#quarantine(sceneKey, address);
            return 'quarantined';
          }
        : NO_GUARD.noteAction,
      noteFlood:
        flood.limit === 0 || flood.windowMs === 0
          ? NO_GUARD.noteFlood
          : (address, now) => {
              const count = countEvent(this.#of(sceneKey, address, now).floods, flood.windowMs, now);
              // Once in a window: the event that makes it full.
              if (count !== flood.limit) return 'fine';
              this.#deps.note(flood.isEnforced ? 'ban' : 'flood', sceneKey);
              return flood.isEnforced ? 'banned' : 'noticed';
            },
    };
  }

  /** Forgets everything. Idempotent. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#activity.clear();
    this.#quarantines.clear();
  }

  #refuse(event: LimitEvent, sceneKey: string): false {
    this.#deps.note(event, sceneKey);
    return false;
  }

  #of(sceneKey: string, address: string, now: number): Activity {
    const key = keyOf(sceneKey, address);
    let activity = this.#activity.get(key);
    if (activity === undefined) {
      activity = {
        touchedAt: now,
        joins: newWindow(),
        states: newWindow(),
        chats: newWindow(),
        floods: newWindow(),
        lockSteps: undefined,
      };
      this.#activity.set(key, activity);
      forgetOldest(this.#activity, this.#settings.maxEntries);
      this.#sweepLater();
    }
    activity.touchedAt = now;
    return activity;
  }

  #quarantine(sceneKey: string, address: string): void {
    const { quarantineMs } = this.#settings.lockStep;
    this.#quarantines.add(sceneKey, address, quarantineMs);
    this.#activity.delete(keyOf(sceneKey, address));
    this.#sweepLater();
    this.#deps.note('quarantine', sceneKey);
    this.#deps.onQuarantined?.(sceneKey, address, quarantineMs);
  }

  #sweepLater(): void {
    this.#timer ??= this.#deps.clock.setTimer(() => this.#sweep(), this.#memoryMs);
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = this.#deps.clock.monotonic();
    for (const [key, { touchedAt }] of this.#activity) {
      if (now - touchedAt >= this.#memoryMs) this.#activity.delete(key);
    }
    this.#quarantines.sweep();
    if (this.#activity.size > 0 || this.#quarantines.size > 0) this.#sweepLater();
  }
}

function forgetOldest(entries: Map<string, unknown>, max: number): void {
  if (entries.size <= max) return;
  for (const key of entries.keys()) {
    entries.delete(key);
    return;
  }
}
