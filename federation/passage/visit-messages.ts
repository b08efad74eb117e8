/** The messages of `/townring/visit/1` as they travel, see docs/protocol.md: dag-cbor lists that begin with their kind. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { bytesOf, decodeCbor, encodeCbor, integerOf, listOf, textOf } from '../node/strict-cbor.ts';
import { VISIT_ENDS, VISIT_REFUSALS, type GuestCommand, type HostEvent, type Side, type TabRef } from '../types.ts';
import { LOOK_MAX, PLATE_NAME_MAX_UNITS, SITE_ID_MAX_UNITS } from './offer.ts';

/** Longest messages, in bytes: a client message of 4,096 and its envelope; a scene's `hello`. */
export const HOME_MESSAGE_MAX_BYTES = 4_608;
export const HOST_MESSAGE_MAX_BYTES = 262_144;

/**
 * Texts of a frame from this length on, in UTF-16 units, are deflated: the `hello` of a crowd, which names everybody in the
 * same words, to a twelfth. Level 1 takes a few ms for the longest.
 */
const DEFLATED_FROM_UNITS = 4_096;
const DEFLATE_LEVEL = 1;

/** Tabs of one guest. */
export const TABS_MAX = 16;

/** Longest texts within them, in UTF-16 units; the bytes are capped by the message. */
const CLIENT_TEXT_MAX_UNITS = 4_096;

const GUEST_MAX = 2 ** 32 - 1;
const PING_MAX = 2 ** 32 - 1;
const VISITOR_MAX = 2 ** 32 - 1;
/** Guests of one stream times their tabs, with room. */
const ONLY_MAX = 65_536;

const SIDES: readonly Side[] = ['left', 'right'];

export interface VisitOpening {
  readonly ring: string;
  readonly homeSite: string;
  readonly hostSite: string;
}

export type HomeMessage =
  | ({ readonly kind: 'open' } & VisitOpening)
  | GuestCommand
  | { readonly kind: 'ping'; readonly n: number };

export type HostMessage = HostEvent | { readonly kind: 'pong'; readonly n: number };

export function encodeHomeMessage(message: HomeMessage): Uint8Array {
  return encodeCbor(homeListOf(message));
}

function homeListOf(message: HomeMessage): readonly unknown[] {
  switch (message.kind) {
    case 'open':
      return [0, new Uint8Array(Buffer.from(message.ring, 'hex')), message.homeSite, message.hostSite];
    case 'admit': {
      const { guest, tab, plate, edge, isResident, isDrawn } = message;
      return [1, guest, tab, plate.name, plate.look, SIDES.indexOf(edge), Number(isResident) + 2 * Number(isDrawn)];
    }
    case 'tab':
      return [2, message.guest, message.tab, message.isOpen];
    case 'say':
      return [3, message.guest, message.tab, message.text];
    case 'leave':
      return [4, message.guest, message.toward === null ? null : SIDES.indexOf(message.toward)];
    default:
      return [5, message.n];
  }
}

/** @returns undefined for whatever is no message of a home square; never throws */
export function decodeHomeMessage(bytes: Uint8Array): HomeMessage | undefined {
  const list = listOf(decodeCbor(bytes)?.value, 7);
  if (list === undefined) return undefined;
  switch (list[0]) {
    case 0:
      return list.length === 4 ? openingFrom(list) : undefined;
    case 1:
      return list.length === 7 ? admissionFrom(list) : undefined;
    case 2: {
      const ref = refFrom([list[1], list[2]]);
      const isOpen = list[3];
      if (ref === undefined || typeof isOpen !== 'boolean' || list.length !== 4) return undefined;
      return { kind: 'tab', guest: ref[0], tab: ref[1], isOpen };
    }
    case 3: {
      const ref = refFrom([list[1], list[2]]);
      const text = textOf(list[3], 2, CLIENT_TEXT_MAX_UNITS);
      if (ref === undefined || text === undefined || list.length !== 4) return undefined;
      return { kind: 'say', guest: ref[0], tab: ref[1], text };
    }
    case 4: {
      const guest = integerOf(list[1], 0, GUEST_MAX);
      const toward = list[2] === null ? null : SIDES[integerOf(list[2], 0, 1) ?? -1];
      return guest === undefined || toward === undefined || list.length !== 3
        ? undefined
        : { kind: 'leave', guest, toward };
    }
    case 5: {
      const n = integerOf(list[1], 0, PING_MAX);
      return n === undefined || list.length !== 2 ? undefined : { kind: 'ping', n };
    }
    default:
      return undefined;
  }
}

export function encodeHostMessage(message: HostMessage): Uint8Array {
  return encodeCbor(hostListOf(message));
}

function hostListOf(message: HostMessage): readonly unknown[] {
  switch (message.kind) {
    case 'admitted':
      return [0, message.guest, SIDES.indexOf(message.edge), message.x, message.visitor];
    case 'refused':
      return [1, message.guest, VISIT_REFUSALS.indexOf(message.reason)];
    case 'frame':
      return [2, packedText(message.text), message.except, message.only];
    case 'ended':
      return [3, message.guest, VISIT_ENDS.indexOf(message.reason)];
    default:
      return [4, message.n];
  }
}

/** @returns undefined for whatever is no message of a host; never throws. What a frame says is for the scenes to judge. */
export function decodeHostMessage(bytes: Uint8Array): HostMessage | undefined {
  const list = listOf(decodeCbor(bytes)?.value, 5);
  if (list === undefined) return undefined;
  const guest = integerOf(list[1], 0, GUEST_MAX);
  switch (list[0]) {
    case 0: {
      const edge = SIDES[integerOf(list[2], 0, 1) ?? -1];
      const x = list[3];
      const visitor = integerOf(list[4], 1, VISITOR_MAX);
      if (guest === undefined || edge === undefined || visitor === undefined || list.length !== 5) return undefined;
      return typeof x === 'number' && x >= 0 && x <= 1 ? { kind: 'admitted', guest, edge, x, visitor } : undefined;
    }
    case 1: {
      const reason = VISIT_REFUSALS[integerOf(list[2], 0, VISIT_REFUSALS.length - 1) ?? -1];
      return guest === undefined || reason === undefined || list.length !== 3
        ? undefined
        : { kind: 'refused', guest, reason };
    }
    case 2:
      return list.length === 4 ? frameFrom(list) : undefined;
    case 3: {
      const reason = VISIT_ENDS[integerOf(list[2], 0, VISIT_ENDS.length - 1) ?? -1];
      return guest === undefined || reason === undefined || list.length !== 3
        ? undefined
        : { kind: 'ended', guest, reason };
    }
    case 4: {
      const n = integerOf(list[1], 0, PING_MAX);
      return n === undefined || list.length !== 2 ? undefined : { kind: 'pong', n };
    }
    default:
      return undefined;
  }
}

function openingFrom(list: readonly unknown[]): HomeMessage | undefined {
  const ring = bytesOf(list[1], 32);
  const homeSite = textOf(list[2], 1, SITE_ID_MAX_UNITS);
  const hostSite = textOf(list[3], 1, SITE_ID_MAX_UNITS);
  if (ring === undefined || homeSite === undefined || hostSite === undefined) return undefined;
  return { kind: 'open', ring: Buffer.from(ring).toString('hex'), homeSite, hostSite };
}

function admissionFrom(list: readonly unknown[]): HomeMessage | undefined {
  const ref = refFrom([list[1], list[2]]);
  const name = textOf(list[3], 0, PLATE_NAME_MAX_UNITS);
  const look = integerOf(list[4], 0, LOOK_MAX);
  const edge = SIDES[integerOf(list[5], 0, 1) ?? -1];
  const flags = integerOf(list[6], 0, 3);
  if (ref === undefined || name === undefined || look === undefined) return undefined;
  if (edge === undefined || flags === undefined) return undefined;
  const [guest, tab] = ref;
  const isResident = (flags & 1) !== 0;
  return { kind: 'admit', guest, tab, plate: { name, look }, edge, isResident, isDrawn: (flags & 2) !== 0 };
}

function frameFrom(list: readonly unknown[]): HostMessage | undefined {
  const text = textOf(list[1] instanceof Uint8Array ? inflatedText(list[1]) : list[1], 2, HOST_MESSAGE_MAX_BYTES);
  const except = list[2] === null ? null : refFrom(list[2]);
  const only = list[3] === null ? null : refsFrom(list[3]);
  if (text === undefined || except === undefined || only === undefined) return undefined;
  return { kind: 'frame', text, except, only };
}

function packedText(text: string): string | Uint8Array {
  if (text.length < DEFLATED_FROM_UNITS) return text;
  return Uint8Array.from(deflateRawSync(text, { level: DEFLATE_LEVEL }));
}

/** @returns undefined when it is no deflated UTF-8, longer than a message may be, or too short to be deflated */
function inflatedText(bytes: Uint8Array): string | undefined {
  try {
    const inflated = inflateRawSync(bytes, { maxOutputLength: HOST_MESSAGE_MAX_BYTES });
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(inflated);
    return text.length < DEFLATED_FROM_UNITS ? undefined : text;
  } catch {
    return undefined;
  }
}

function refsFrom(value: unknown): readonly TabRef[] | undefined {
  const refs = listOf(value, ONLY_MAX)?.map(refFrom);
  return refs === undefined || refs.length === 0 || !refs.every((ref) => ref !== undefined) ? undefined : refs;
}

function refFrom(value: unknown): TabRef | undefined {
  const list = listOf(value, 2);
  const guest = integerOf(list?.[0], 0, GUEST_MAX);
  const tab = integerOf(list?.[1], 0, TABS_MAX - 1);
  return guest === undefined || tab === undefined ? undefined : [guest, tab];
}
