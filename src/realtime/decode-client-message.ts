import { NONCE_MAX_UNITS } from '../moderation/proof-of-work.ts';
import type { ClientMessage, InitMessage } from '../protocol/frames.ts';
import { decodeLook } from '../protocol/look.ts';
import { sceneConfigFrom } from '../protocol/scene-kit.ts';
import {
  cleanBrowserId,
  cleanBrowserSecret,
  cleanChatText,
  cleanColor,
  cleanDisplayName,
  cleanNote,
  cleanPosition,
} from '../scene/text.ts';

/** 128 random bits in base64url; anything else is no hop code and is not even looked up. */
const HOP_CODE = /^[A-Za-z0-9_-]{22}$/;

/** What a figure on a horizon is called. */
const FIGURE_NAME = /^[0-9a-f]{8}$/;

/** Only its origin is compared; browsers send no more than that across sites. */
const REFERRER_MAX_UNITS = 240;

type Fields = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads one message of a widget: cleaned by the rules of wire protocol section 3, or undefined when there is nothing to
 * act on. Strict and by hand, since every frame of every visitor comes through here; never throws, whatever it is given.
 */
export function decodeClientMessage(bytes: Uint8Array | string): ClientMessage | undefined {
  const fields = parseClientMessage(bytes);
  return fields && decodeClientFields(fields);
}

/** The first half of it: a JSON object, of any kind. */
export function parseClientMessage(bytes: Uint8Array | string): Fields | undefined {
  const message = parse(typeof bytes === 'string' ? bytes : utf8.decode(bytes));
  return isRecord(message) ? message : undefined;
}

/** The other half. */
export function decodeClientFields(message: Fields): ClientMessage | undefined {
  switch (message['type']) {
    case 'init':
      return initOf(message);
    case 'move': {
      const x = cleanPosition(message['x']);
      return x === undefined ? undefined : { type: 'move', x };
    }
    case 'settle': {
      const propId = message['propId'];
      return typeof propId === 'string' ? { type: 'settle', propId } : undefined;
    }
    case 'action':
      return actionOf(message);
    case 'profile':
      return {
        type: 'profile',
        displayName: cleanDisplayName(message['displayName']),
        color: cleanColor(message['color']),
        ...lookIn(message),
      };
    case 'reading':
      return {
        type: 'reading',
        ...readingUrlIn(message),
        readingActive: message['readingActive'] !== false,
        widgetVisible: message['widgetVisible'] !== false,
      };
    case 'say': {
      const text = cleanChatText(message['text']);
      return text === '' ? undefined : { type: 'say', text };
    }
    case 'typing': {
      const typing = message['typing'];
      return typeof typing === 'boolean' ? { type: 'typing', typing } : undefined;
    }
    case 'sceneConfig':
      return { type: 'sceneConfig', sceneConfig: sceneConfigFrom(message['sceneConfig']) };
    case 'solve':
      return { type: 'solve', ...nonceIn(message) };
    case 'privacy': {
      const beyondHill = message['beyondHill'];
      return typeof beyondHill === 'boolean' ? { type: 'privacy', beyondHill } : undefined;
    }
    case 'gate':
      return message['here'] === true
        ? { type: 'gate', here: true }
        : withSide(message, (side) => ({ type: 'gate', side }));
    case 'look': {
      const { on } = message;
      return typeof on === 'boolean' ? withSide(message, (side) => ({ type: 'look', side, on })) : undefined;
    }
    case 'hop':
      return message['home'] === true
        ? { type: 'hop', home: true }
        : withSide(message, (side) => ({ type: 'hop', side }));
    case 'note': {
      const text = cleanNote(message['text']);
      return text === '' ? undefined : { type: 'note', ...(text !== undefined && { text }) };
    }
    case 'wave':
      return withSide(message, (side) => ({ type: 'wave', side, ...figureIn(message) }));
    default:
      return undefined;
  }
}

function initOf(message: Fields): InitMessage {
  const x = cleanPosition(message['x']);
  const ring = message['ring'] === 1;
  const arrival = ring ? arrivalIn(message['arrival']) : undefined;
  return {
    type: 'init',
    browserId: cleanBrowserId(message['browserId']),
    browserSecret: cleanBrowserSecret(message['browserSecret']),
    ...(x !== undefined && { x }),
    displayName: cleanDisplayName(message['displayName']),
    color: cleanColor(message['color']),
    ...readingUrlIn(message),
    readingActive: message['readingActive'] !== false,
    widgetVisible: message['widgetVisible'] !== false,
    ...(Object.hasOwn(message, 'sceneConfig') && { sceneConfig: sceneConfigFrom(message['sceneConfig']) }),
    ring,
    ...(ring && lookIn(message)),
    resident: ring && message['resident'] === true,
    beyondHill: !ring || message['beyondHill'] !== false,
    ...(arrival && { arrival }),
  };
}

function actionOf(message: Fields): ClientMessage | undefined {
  const { action, targetId } = message;
  if (typeof action !== 'string') return undefined;
  // Coerced as the classic server does, but only from primitives: an object may refuse to be a number, loudly.
  const target = typeof targetId === 'object' || targetId === undefined ? Number.NaN : Number(targetId);
  return { type: 'action', action, ...(Number.isInteger(target) && { targetId: target }) };
}

function arrivalIn(value: unknown): { readonly code: string; readonly referrer: string } | undefined {
  if (!isRecord(value)) return undefined;
  const { code, referrer } = value;
  if (typeof code !== 'string' || !HOP_CODE.test(code)) return undefined;
  return { code, referrer: typeof referrer === 'string' ? referrer.slice(0, REFERRER_MAX_UNITS) : '' };
}

/** A wrong answer is an answer too, so what cannot be a nonce is not dropped. */
function nonceIn({ nonce }: Fields): { readonly nonce?: string } {
  return typeof nonce === 'string' && nonce !== '' && nonce.length <= NONCE_MAX_UNITS ? { nonce } : {};
}

function withSide({ side }: Fields, messageOf: (side: 'left' | 'right') => ClientMessage): ClientMessage | undefined {
  return side === 'left' || side === 'right' ? messageOf(side) : undefined;
}

/** A wave that answers nobody we could know is a wave all the same. */
function figureIn({ h }: Fields): { readonly h?: string } {
  return typeof h === 'string' && FIGURE_NAME.test(h) ? { h } : {};
}

/** The key's presence has a meaning of its own: an unusable address shows nothing, an absent one changes nothing. */
function readingUrlIn(message: Fields): { readonly readingUrl?: string } {
  if (!Object.hasOwn(message, 'readingUrl')) return {};
  const url = message['readingUrl'];
  return { readingUrl: typeof url === 'string' ? url : '' };
}

function lookIn(message: Fields): { readonly look?: number } {
  const { look } = message;
  return typeof look === 'number' && decodeLook(look) !== undefined ? { look } : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
