/** Who the visitor is to this square, and the one thing that may be remembered about it. Pure. */
import { NAME_MAX_UNITS } from '../../../src/protocol/limits.ts';
import {
  CARRIED,
  COAT_COUNT,
  colorOfCoat,
  decodeLook,
  encodeLook,
  HEADWEAR,
  type Look,
} from '../../../src/protocol/look.ts';
import { record } from './decode.ts';

export interface Me {
  readonly browserId: string;
  readonly browserSecret: string;
  readonly name: string;
  readonly look: Look;
  /** undefined: as the system prefers. */
  readonly calm: boolean | undefined;
  /** Whether neighbours may draw this visitor on their horizons; undefined: unless the browser asks for privacy. */
  readonly beyondHill: boolean | undefined;
  /** Watches without a figure; undefined: while the browser asks for privacy and nothing was done here. */
  readonly isUnseen: boolean | undefined;
  /** Wants it shown which page they read, where its owner shows it. */
  readonly showsPage: boolean;
  /** Was told what a hop is. */
  readonly hasHopped: boolean;
  /** Wants to hear the street. */
  readonly hasSound: boolean;
}

/** @param random uniform in [0, 1) */
export function stranger(random: () => number): Me {
  const pick = (count: number): number => Math.floor(random() * count);
  return {
    browserId: Array.from({ length: 22 }, () => pick(36).toString(36)).join(''),
    browserSecret: '',
    name: '',
    look: { coat: pick(COAT_COUNT), headwear: pick(HEADWEAR.length), carried: pick(CARRIED.length) },
    calm: undefined,
    beyondHill: undefined,
    isUnseen: undefined,
    showsPage: false,
    hasHopped: false,
    hasSound: false,
  };
}

/** @returns undefined when nothing usable is remembered */
export function recall(stored: string | null): Me | undefined {
  if (stored === null || stored.length > 1_000) return undefined;
  let value;
  try {
    value = record(JSON.parse(stored));
  } catch {
    return undefined;
  }
  const look = decodeLook(value['look']);
  const browserId = value['id'];
  const secret = value['secret'];
  if (look === undefined || typeof browserId !== 'string' || !/^[\w-]{8,80}$/.test(browserId)) return undefined;
  return {
    browserId,
    browserSecret: typeof secret === 'string' && /^[0-9a-f]{0,64}$/.test(secret) ? secret : '',
    name: cleanName(value['name']),
    look,
    calm: typeof value['calm'] === 'boolean' ? value['calm'] : undefined,
    beyondHill: typeof value['hill'] === 'boolean' ? value['hill'] : undefined,
    isUnseen: typeof value['unseen'] === 'boolean' ? value['unseen'] : undefined,
    showsPage: value['page'] === true,
    hasHopped: value['hopped'] === true,
    hasSound: value['sound'] === true,
  };
}

export function remember(me: Me): string {
  return JSON.stringify({
    id: me.browserId,
    secret: me.browserSecret,
    name: me.name,
    look: encodeLook(me.look),
    calm: me.calm,
    hill: me.beyondHill,
    unseen: me.isUnseen,
    page: me.showsPage || undefined,
    hopped: me.hasHopped || undefined,
    sound: me.hasSound || undefined,
  });
}

/** A name as the square will take it. */
export function cleanName(value: unknown): string {
  return typeof value === 'string' ? value.trim().replace(/\s+/g, ' ').slice(0, NAME_MAX_UNITS) : '';
}

export interface InitOptions {
  /** 0…1; absent when the square shall choose. */
  readonly x: number | undefined;
  readonly beyondHill: boolean;
  readonly readingActive: boolean;
  readonly widgetVisible: boolean;
  /** Only when the page's owner shares it. */
  readonly readingUrl: string | undefined;
  readonly arrival: { readonly code: string; readonly referrer: string } | undefined;
}

/** The first message of whoever only watches: it says nothing of them. */
export const WATCH_TEXT = '{"type":"init","ring":1}';

/** Longest message a classic square takes. Source: wire protocol, section 1. */
export const INIT_MAX_BYTES = 512;
const REFERRER_MAX_UNITS = 60;

/** The first message of a connection as text, never longer than {@link INIT_MAX_BYTES}: what is optional is cut first. */
export function initText(me: Me, options: InitOptions): string {
  const base = {
    type: 'init',
    ring: 1,
    browserId: me.browserId,
    browserSecret: me.browserSecret,
    x: options.x === undefined ? undefined : Math.round(options.x * 1e4) / 1e4,
    displayName: me.name,
    color: colorOfCoat(me.look.coat),
    look: encodeLook(me.look),
    readingActive: options.readingActive,
    widgetVisible: options.widgetVisible,
    beyondHill: options.beyondHill,
  };
  const { arrival, readingUrl } = options;
  // The square compares the referrer's origin, which stands at its beginning.
  const message = {
    ...base,
    arrival: arrival && { ...arrival, referrer: arrival.referrer.slice(0, REFERRER_MAX_UNITS) },
  };
  const text = JSON.stringify({ ...message, readingUrl });
  return new TextEncoder().encode(text).length > INIT_MAX_BYTES ? JSON.stringify(message) : text;
}
