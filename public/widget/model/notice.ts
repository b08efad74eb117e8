/** The one line over the path: what the visitor has to know now, most pressing first. Pure. */
import type { Gate } from '../../../src/protocol/frames.ts';
import type { Side } from '../../../src/protocol/limits.ts';
import type { ConnectionState } from '../net/connection.ts';
import type { CoreKey, CoreWords } from '../words/strings.ts';

/** A first connection that is quicker than this is not talked about. */
export const CONNECTING_QUIET_MS = 600;

/** What is said when a square does not want this visitor now. */
const STOPPED: Readonly<Record<string, CoreKey>> = {
  kicked: 'kicked',
  inactive: 'inactive',
  'rate limited': 'rateLimited',
  blocked: 'blocked',
  'origin not allowed': 'unknownPage',
  'site disabled or unknown': 'unknownPage',
};

/** Reasons after which one may come back by a press. */
const COMES_BACK: ReadonlySet<string> = new Set(['inactive', 'kicked', 'rate limited']);

/** So many people are talked of as a crowd. */
export const CROWD_MIN = 100;

export type NoticeAction = 'try' | 'start' | 'accept' | 'decline' | 'more' | 'back' | 'join';

/** How `townring-more.js` fares; `old`: the square has another build by now, and only a reload helps. */
export type LaterState = 'none' | 'coming' | 'here' | 'failed' | 'old';

export interface Notice {
  readonly text: string;
  /** The text without what counts down in it: another `about` is another message; undefined: none beside what was said. */
  readonly about: string | undefined;
  /** Buttons, by what they do. */
  readonly actions: readonly NoticeAction[];
  /** Said aloud, politely. */
  readonly isAnnounced: boolean;
  /** A remark in the air rather than a message. */
  readonly isPlain: boolean;
}

/** In the air. */
export interface Remark {
  readonly text: string;
  readonly isAnnounced: boolean;
}

export interface NoticeInput {
  readonly connection: ConnectionState;
  readonly nowMs: number;
  readonly isLazy: boolean;
  readonly hoppingTo: string | undefined;
  readonly offered: { readonly name: string; readonly site: string } | undefined;
  readonly hasQueued: boolean;
  /** The line for newcomers is shown. */
  readonly isNewcomer: boolean;
  /** Too narrow for that line under one's figure. */
  readonly isPhone: boolean;
  /** People here, oneself included; 0 before the first hello. */
  readonly people: number;
  /** How `townring-more.js` fares. */
  readonly later: LaterState;
  readonly isAwaited: boolean;
  /** The visitor watches without a figure. */
  readonly isUnseen: boolean;
  /** Nothing can be pressed. */
  readonly isOverlay: boolean;
  /** The device was too slow for moving pictures a moment ago. */
  readonly isBreathless: boolean;
  readonly gates: Readonly<Record<Side, Gate | null>> | undefined;
}

/** @param remarkOn what there is to say of the street, when nothing presses */
export function noticeFor(
  input: NoticeInput,
  words: CoreWords,
  remarkOn: (state: NoticeInput) => Remark | undefined,
): Notice | undefined {
  const firm = (text: string, ...actions: Notice['actions']): Notice => ({
    text,
    about: text,
    actions: input.isOverlay ? [] : actions,
    isAnnounced: true,
    isPlain: false,
  });
  const air = (text: string): Notice => ({ ...firm(text), isAnnounced: false, isPlain: true });
  const { connection } = input;
  if (connection.name === 'stopped') {
    const text = words(STOPPED[connection.reason] ?? 'closed');
    if (input.isUnseen) return firm(text, 'join');
    return COMES_BACK.has(connection.reason) ? firm(text, 'back') : firm(text);
  }
  if (input.hoppingTo !== undefined) return firm(words('walkingTo', { name: input.hoppingTo }));
  if (connection.name === 'idle') return input.isLazy ? { ...firm(words('start'), 'start'), text: '' } : undefined;
  if (connection.name === 'waiting') {
    const n = Math.max(1, Math.ceil((connection.until - input.nowMs) / 1_000));
    const about = connection.isFull ? 'full' : 'lost';
    const queued = input.hasQueued ? ` ${words('queued')}` : '';
    return { ...firm(words(about, { n }) + queued, 'try'), about: about + queued };
  }
  if (connection.name === 'connecting') {
    if (connection.isReturn) return { ...firm(words('lostTrying')), about: undefined };
    return input.nowMs - connection.since < CONNECTING_QUIET_MS
      ? undefined
      : { ...firm(words('finding')), about: undefined, isPlain: true };
  }
  if (input.isOverlay) return undefined;
  if (input.offered !== undefined) {
    return firm(words('enterAs', { name: input.offered.name, site: input.offered.site }), 'accept', 'decline');
  }
  if (input.later === 'failed') return firm(words('moreFailed'), 'more');
  if (input.later === 'old') return firm(words('moreOld'));
  if (input.later === 'coming' && input.isAwaited) return firm(words('moreComing'));
  if (input.isUnseen) return firm(words('unseen'), 'join');
  if (input.isBreathless) return firm(words('slow'));
  if (input.isNewcomer && input.isPhone) return air(words('firstVisit'));
  const remark = remarkOn(input);
  return remark && { ...air(remark.text), isAnnounced: remark.isAnnounced };
}
