/**
 * Text of the socket → the part of it that the widget uses. The square is trusted to be the page's own, yet nothing it
 * says may break the page: wrong types make a frame undefined, strings and lists are cut, URLs are http or https.
 */
import type { Connection, Gate, HorizonFigure, Provenance, RecentMessage } from '../../../src/protocol/frames.ts';
import { HORIZON_POSES } from '../../../src/protocol/frames.ts';
import { decodePositions, type Position } from '../../../src/protocol/compact.ts';
import {
  ACTIONS,
  BROWSER_SECRET_MAX_UNITS,
  CHAT_THROTTLE_DEFAULT_MS,
  CHAT_THROTTLE_MAX_MS,
  CONNECTIONS_PER_SIDE_MAX,
  MESSAGE_MAX_UNITS,
  NAME_MAX_UNITS,
  READING_LABEL_MAX_UNITS,
  RECENT_MESSAGES_MAX,
  type Action,
  type Pose,
  type Side,
} from '../../../src/protocol/limits.ts';
import { LOOK_COUNT } from '../../../src/protocol/look.ts';
import { VIEW_STEPS } from '../../../src/protocol/view-steps.ts';
import { sceneConfigFrom, type SceneConfig } from '../../../src/protocol/scene-kit.ts';
import { isCode } from '../net/claim-code.ts';

/** A frame larger than this is not read. Source: a hello with 500 visitors and five full messages each. */
const FRAME_MAX_UNITS = 1_500_000;
/** People and horizon figures kept; the ring's own cap is 32 figures. */
const PEOPLE_MAX = 500;
const FIGURES_MAX = 64;
const TEXT_MAX = 200;
const STATES = ['live', 'dim', 'dark'] as const;

/** What a frame says of a person. What is undefined is not said: the person keeps what was known. */
export interface PersonPatch {
  readonly id: number;
  readonly x?: number | undefined;
  readonly pose?: Pose | undefined;
  readonly displayName?: string | undefined;
  readonly color?: string | undefined;
  readonly readingLabel?: string | undefined;
  readonly readingActive?: boolean | undefined;
  readonly widgetVisible?: boolean | undefined;
  readonly isOwner?: boolean | undefined;
  readonly messages?: readonly RecentMessage[];
  readonly look?: number | undefined;
  readonly from?: Provenance | undefined;
  readonly resident?: boolean | undefined;
}

export interface Arrived {
  readonly from: Provenance;
  readonly side: Side;
  /** Present only when there is something to ask. */
  readonly offered?: { readonly displayName: string; readonly look: number } | undefined;
}

export type Frame =
  | {
      readonly type: 'hello';
      /** undefined for one who only watches. */
      readonly self: PersonPatch | undefined;
      readonly secret: string;
      readonly peers: readonly PersonPatch[];
      readonly chatThrottleMs: number;
      readonly scene?: SceneConfig | undefined;
      readonly connections: readonly Connection[];
      readonly arrival?: Arrived | undefined;
      /** All of it, for what only later files read. */
      readonly source: Source;
    }
  /** Read by a later file: JSON, or `bytes`. */
  | { readonly type: 'extra'; readonly source: Source }
  | { readonly type: 'join'; readonly peer: PersonPatch }
  | { readonly type: 'leave'; readonly id: number; readonly toward?: Side | undefined }
  | { readonly type: 'move' | 'profile' | 'reading'; readonly person: PersonPatch }
  /** Steps of people who stand upright; one's own are among them. */
  | { readonly type: 'positions'; readonly positions: readonly Position[] }
  | { readonly type: 'action'; readonly id: number; readonly action: Action; readonly targetId?: number | undefined }
  | { readonly type: 'say'; readonly id: number; readonly text: string }
  | { readonly type: 'typing'; readonly id: number; readonly typing: boolean }
  | { readonly type: 'connections'; readonly connections: readonly Connection[] }
  | { readonly type: 'scene'; readonly scene: SceneConfig }
  | { readonly type: 'chatThrottle'; readonly ms: number }
  | { readonly type: 'neighbours'; readonly left: Gate | null; readonly right: Gate | null }
  | {
      readonly type: 'passage';
      readonly side: Side;
      /** Both undefined when the square refused. */
      readonly url?: string | undefined;
      readonly code?: string | undefined;
    };

/** @returns undefined for anything that is no frame this widget knows. @param data text, or bytes of compact positions and views */
export function decodeFrame(data: unknown): Frame | undefined {
  if (data instanceof ArrayBuffer) return binaryFrame(data);
  if (typeof data !== 'string' || data.length > FRAME_MAX_UNITS) return undefined;
  try {
    return frameFrom(record(JSON.parse(data)));
  } catch {
    return undefined;
  }
}

function binaryFrame(data: ArrayBuffer): Frame | undefined {
  if (data.byteLength > FRAME_MAX_UNITS) return undefined;
  const bytes = new Uint8Array(data);
  if (bytes[0] === VIEW_STEPS) return { type: 'extra', source: { bytes } };
  const positions = decodePositions(bytes);
  return positions && { type: 'positions', positions };
}

export type Source = Readonly<Record<string, unknown>>;

function frameFrom(source: Source): Frame | undefined {
  const type = source['type'];
  const id = idFrom(source['id']);
  const side = sideFrom(source['side']);
  switch (type) {
    case 'hello':
      return helloFrom(source);
    case 'join': {
      const peer = personFrom(source['peer']);
      return peer?.x === undefined ? undefined : { type, peer };
    }
    case 'move':
    case 'profile':
    case 'reading': {
      const person = personFrom(source);
      return person === undefined || (type === 'move' && person.x === undefined) ? undefined : { type, person };
    }
    case 'leave':
      return id === undefined ? undefined : { type, id, toward: sideFrom(source['toward']) };
    case 'say': {
      const said = text(source['text'], MESSAGE_MAX_UNITS);
      return id === undefined || !said ? undefined : { type, id, text: said };
    }
    case 'typing':
      return id === undefined ? undefined : { type, id, typing: source['typing'] === true };
    case 'action': {
      const action = ACTIONS.find((name) => name === source['action']);
      return id === undefined || action === undefined
        ? undefined
        : { type, id, action, targetId: idFrom(source['targetId']) };
    }
    case 'connections':
      return { type, connections: connectionsFrom(source[type]) };
    case 'scene':
      return { type, scene: sceneConfigFrom(source[type]) };
    case 'chatThrottle':
      return { type, ms: number(source['ms'], 0, CHAT_THROTTLE_MAX_MS) ?? 0 };
    case 'neighbours': {
      const left = gateFrom(source['left']);
      const right = gateFrom(source['right']);
      return left === undefined || right === undefined ? undefined : { type, left, right };
    }
    case 'passage': {
      const code = source['code'];
      return side === undefined
        ? undefined
        : source['refused'] === undefined
          ? { type, side, url: webUrl(source['url']), code: isCode(code) ? code : undefined }
          : { type, side };
    }
    case 'view':
    case 'hopped':
    case 'waved':
    case 'bird':
    case 'ringBird':
    case 'messageBoard':
    case 'notes':
    case 'noted':
    case 'weather':
      return { type: 'extra', source };
    default:
      return undefined;
  }
}

function helloFrom(source: Source): Frame | undefined {
  const self = personFrom(source);
  return self?.x === undefined && source['spectator'] !== true
    ? undefined
    : {
        type: 'hello',
        self,
        secret: text(source['browserSecret'], BROWSER_SECRET_MAX_UNITS) ?? '',
        peers: list(source['peers'], PEOPLE_MAX, personFrom).filter(
          (peer) => peer.x !== undefined && peer.id !== self?.id,
        ),
        chatThrottleMs: number(source['chatThrottleMs'], 0, CHAT_THROTTLE_MAX_MS) ?? CHAT_THROTTLE_DEFAULT_MS,
        connections: connectionsFrom(source['connections']),
        scene: source['scene'] === undefined ? undefined : sceneConfigFrom(source['scene']),
        arrival: arrivalFrom(record(source['arrival'])),
        source,
      };
}

function personFrom(value: unknown): PersonPatch | undefined {
  const source = record(value);
  const id = idFrom(source['id']);
  if (id === undefined) return undefined;
  const ring = record(source['ring']);
  const pose = source['pose'];
  return {
    id,
    x: number(source['x'], 0, 1),
    pose: pose === 'sitting' || pose === 'resting' || pose === null ? pose : undefined,
    displayName: text(source['displayName'], NAME_MAX_UNITS),
    color: text(source['color'], 9),
    readingLabel: text(source['readingLabel'], READING_LABEL_MAX_UNITS),
    readingActive: boolean(source['readingActive']),
    widgetVisible: boolean(source['widgetVisible']),
    isOwner: boolean(source['isOwner']),
    messages: list(source['messages'], RECENT_MESSAGES_MAX, messageFrom),
    look: number(ring['look'], 0, LOOK_COUNT - 1),
    from: provenanceFrom(record(ring['from'])),
    resident: boolean(ring['resident']),
  };
}

function messageFrom(value: unknown): RecentMessage | undefined {
  const source = record(value);
  const said = text(source['text'], MESSAGE_MAX_UNITS);
  const at = number(source['at'], 0, Number.MAX_SAFE_INTEGER);
  return said === undefined || at === undefined ? undefined : { text: said, at };
}

function provenanceFrom(source: Source): Provenance | undefined {
  const name = text(source['name'], TEXT_MAX);
  return name ? { site: text(source['site'], TEXT_MAX) ?? '', name, url: webUrl(source['url']) ?? '' } : undefined;
}

function arrivalFrom(source: Source): Arrived | undefined {
  const from = provenanceFrom(record(source['from']));
  const side = sideFrom(source['side']);
  if (from === undefined || side === undefined) return undefined;
  const offer = record(source['offered']);
  const displayName = text(offer['displayName'], NAME_MAX_UNITS)?.trim();
  const look = number(offer['look'], 0, LOOK_COUNT - 1);
  return { from, side, offered: displayName && look !== undefined ? { displayName, look } : undefined };
}

/** @returns null for "no gate here", undefined when it cannot be read */
function gateFrom(value: unknown): Gate | null | undefined {
  if (value === null || value === undefined) return null;
  const source = record(value);
  const url = webUrl(source['url']);
  const name = text(source['name'], TEXT_MAX);
  const state = STATES.find((known) => known === source['state']);
  if (url === undefined || !name || state === undefined) return undefined;
  const count = number(source['count'], 0, 1e6);
  const lookers = number(source['lookers'], 1, 99);
  return {
    site: text(source['site'], TEXT_MAX) ?? '',
    name,
    url,
    state,
    ...(count !== undefined && { count }),
    ...(lookers !== undefined && { lookers }),
    figures: state === 'dark' ? [] : list(source['figures'], FIGURES_MAX, figureFrom),
    past: list(source['past'], 8, (site) => text(site, TEXT_MAX)),
  };
}

function figureFrom(value: unknown): HorizonFigure | undefined {
  const source = record(value);
  const h = text(source['h'], 64);
  const x = number(source['x'], 0, 1);
  if (!h || x === undefined) return undefined;
  const pose = HORIZON_POSES.find((known) => known === source['pose']) ?? 'stand';
  return { h, x, color: 0, pose, walking: source['walking'] === true };
}

function connectionsFrom(value: unknown): Connection[] {
  return list(value, 2 * CONNECTIONS_PER_SIDE_MAX, (entry) => {
    const source = record(entry);
    const side = sideFrom(source['side']);
    const label = text(source['label'], TEXT_MAX);
    const url = webUrl(source['url']);
    return side === undefined || !label || url === undefined ? undefined : { side, label, url };
  });
}

/** The URL in its parsed form when it is http or https. Also used for links that the page itself gives. */
export function webUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2_000 || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}

/** Anything as something with keys; what has none is empty. */
export function record(value: unknown): Source {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function list<T>(value: unknown, max: number, read: (entry: unknown) => T | undefined): T[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value.slice(0, max) : [];
  return entries.map(read).filter((item) => item !== undefined);
}

function idFrom(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? number(value, 1, Infinity) : undefined;
}

function sideFrom(value: unknown): Side | undefined {
  return value === 'left' || value === 'right' ? value : undefined;
}

function text(value: unknown, max: number): string | undefined {
  return typeof value === 'string' ? value.slice(0, max) : undefined;
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function number(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}
