/**
 * What a host says to our visitors there, before it reaches their pages: taken apart, and made anew from the fields that this
 * square knows. A host is another square, which may be hostile: unknown frames and fields, oversize texts, and addresses that
 * are not of the web go no further. Scripts (plugins) and styles of strangers have no place in a page. Never throws.
 */
import {
  HORIZON_POSES,
  type BirdFrame,
  type BirdView,
  type FootprintsView,
  type Gate,
  type HelloFrame,
  type HorizonFigure,
  type NeighboursFrame,
  type Provenance,
  type RecentMessage,
  type RingBirdFrame,
  type ServerFrame,
  type VisitorView,
} from '../protocol/frames.ts';
import {
  ACTIONS,
  BADGE_COLORS,
  CHAT_THROTTLE_MAX_MS,
  COLORS,
  MESSAGE_MAX_UNITS,
  NAME_MAX_UNITS,
  POSITION_MAX,
  POSITION_MIN,
  READING_LABEL_MAX_UNITS,
  READING_URL_MAX_UNITS,
  RECENT_MESSAGES_MAX,
  type Pose,
  type Side,
} from '../protocol/limits.ts';
import { decodeLook } from '../protocol/look.ts';
import { sceneConfigFrom } from '../protocol/scene-kit.ts';
import { connectionsFrom, messageBoardFrom } from '../scene/site-parts.ts';
import { cutAtGrapheme, withoutControls } from '../scene/text.ts';

/** Peers in one `hello`; a square never has as many in one scene. */
const PEERS_MAX = 2_000;
const BIRDS_MAX = 32;
/** Figures on a horizon: the ring's own cap. */
const FIGURES_MAX = 32;
const COUNT_MAX = 1_000_000;
const LOOKERS_MAX = 99;
/** Of footprints: an hour. */
const MINUTES_MAX = 59;
const SITE_ID_MAX_UNITS = 32;
const SITE_NAME_MAX_UNITS = 80;
const PROP_ID_MAX_UNITS = 32;
const COAT_MAX = 11;

/** The `neighbours` of a host: sites, states and figures; whose names and addresses those are, our own list says. */
export type HostFrame = Exclude<ServerFrame, NeighboursFrame> | HostGates;
export interface HostGates {
  readonly type: 'neighbours';
  readonly left: HostGate | null;
  readonly right: HostGate | null;
}
export type HostGate = Omit<Gate, 'name' | 'url'>;

type Fields = Readonly<Record<string, unknown>>;

/** @returns undefined for what does not reach a page */
export function decodeHostFrame(text: string): HostFrame | undefined {
  const frame = fieldsOf(parsed(text));
  return frame && frameOf(frame);
}

function frameOf(frame: Fields): HostFrame | undefined {
  const { type } = frame;
  switch (type) {
    case 'hello':
      return helloOf(frame);
    case 'join': {
      const peer = visitorOf(frame['peer']);
      return peer && { type, peer };
    }
    case 'bird':
      return birdOf(frame);
    case 'chatThrottle':
      return { type, ms: numberIn(frame['ms'], 0, CHAT_THROTTLE_MAX_MS) ?? 0 };
    case 'scene':
      return { type, scene: sceneConfigFrom(frame['scene']) };
    case 'connections':
      return { type, connections: connectionsFrom(frame['connections']) };
    case 'messageBoard':
      return { type, messageBoard: messageBoardFrom(frame['messageBoard']) };
    case 'neighbours':
      return { type, left: gateOf(frame['left']), right: gateOf(frame['right']) };
    case 'waved': {
      const side = sideOf(frame['side']);
      const to = idOf(frame['to']);
      return side && { type, side, ...(to !== undefined && { to }) };
    }
    case 'ringBird':
      return ringBirdOf(frame);
    default:
      return ofVisitor(frame);
  }
}

/** Frames about one visitor, by their number. */
function ofVisitor(frame: Fields): HostFrame | undefined {
  const { type } = frame;
  const id = idOf(frame['id']);
  if (id === undefined) return undefined;
  switch (type) {
    case 'leave': {
      const toward = sideOf(frame['toward']);
      return { type, id, ...(toward && { toward }) };
    }
    case 'move': {
      const visitor = visitorOf(frame);
      return visitor && { type, ...visitor };
    }
    case 'profile': {
      const visitor = visitorOf(frame);
      return visitor && { type, ...visitor };
    }
    case 'action': {
      const action = ACTIONS.find((known) => known === frame['action']);
      const targetId = idOf(frame['targetId']);
      return action && { type, id, action, ...(targetId !== undefined && { targetId }) };
    }
    case 'say': {
      const said = messageOf(frame);
      return said && { type, id, ...said };
    }
    case 'typing':
      return { type, id, typing: frame['typing'] === true };
    case 'reading': {
      const { readingLabel, readingUrl, readingActive, widgetVisible } = readingOf(frame);
      return { type, id, readingLabel, readingUrl, readingActive, widgetVisible };
    }
    default:
      return undefined;
  }
}

function helloOf(frame: Fields): HelloFrame | undefined {
  const self = visitorOf(frame);
  if (self === undefined) return undefined;
  const footprints = footprintsOf(frame['footprints']);
  return {
    type: 'hello',
    browserSecret: '',
    ...self,
    peers: listOf(frame['peers'], PEERS_MAX, visitorOf),
    birds: listOf(frame['birds'], BIRDS_MAX, birdViewOf),
    chatThrottleMs: numberIn(frame['chatThrottleMs'], 0, CHAT_THROTTLE_MAX_MS) ?? 0,
    pluginModules: [],
    pluginEntities: {},
    ...(frame['scene'] !== undefined && { scene: sceneConfigFrom(frame['scene']) }),
    ...(frame['connections'] !== undefined && { connections: connectionsFrom(frame['connections']) }),
    ...(frame['messageBoard'] !== undefined && { messageBoard: messageBoardFrom(frame['messageBoard']) }),
    ...(footprints && { footprints }),
  };
}

function footprintsOf(value: unknown): FootprintsView | undefined {
  const fields = fieldsOf(value);
  const x = numberIn(fields?.['x'], POSITION_MIN, POSITION_MAX);
  const heading = sideOf(fields?.['heading']);
  const minutesAgo = numberIn(fields?.['minutesAgo'], 0, MINUTES_MAX);
  if (x === undefined || heading === undefined || minutesAgo === undefined) return undefined;
  return { x, heading, minutesAgo: Math.floor(minutesAgo) };
}

function visitorOf(value: unknown): VisitorView | undefined {
  const fields = fieldsOf(value);
  const id = idOf(fields?.['id']);
  const x = numberIn(fields?.['x'], POSITION_MIN, POSITION_MAX);
  if (fields === undefined || id === undefined || x === undefined) return undefined;
  const ring = fieldsOf(fields['ring']) ?? {};
  const look = decodeLook(ring['look']) === undefined ? undefined : numberIn(ring['look'], 0, Infinity);
  const from = provenanceOf(ring['from']);
  const badgeColor = BADGE_COLORS.find((color) => color === fields['badgeColor']);
  const hasRing = look !== undefined || from !== undefined || ring['resident'] === true;
  const propId = textIn(fields['propId'], PROP_ID_MAX_UNITS) ?? null;
  return {
    id,
    x,
    pose: poseOf(fields['pose']),
    propId,
    displayName: lineOf(fields['displayName'], NAME_MAX_UNITS),
    color: COLORS.find((color) => color === fields['color']) ?? COLORS[0],
    ...readingOf(fields),
    isOwner: fields['isOwner'] === true,
    ...(badgeColor && { badgeColor }),
    messages: listOf(fields['messages'], RECENT_MESSAGES_MAX, messageOf),
    ...(hasRing && {
      ring: {
        ...(look !== undefined && { look }),
        ...(from && { from }),
        ...(ring['resident'] === true && { resident: true }),
      },
    }),
  };
}

function readingOf(
  fields: Fields,
): Pick<VisitorView, 'readingLabel' | 'readingUrl' | 'readingActive' | 'widgetVisible'> {
  const readingUrl = webUrl(fields['readingUrl']) ?? '';
  return {
    readingLabel: readingUrl === '' ? '' : lineOf(fields['readingLabel'], READING_LABEL_MAX_UNITS),
    readingUrl,
    readingActive: fields['readingActive'] !== false,
    widgetVisible: fields['widgetVisible'] !== false,
  };
}

function messageOf(value: unknown): RecentMessage | undefined {
  const fields = fieldsOf(value);
  const text = textIn(fields?.['text'], MESSAGE_MAX_UNITS);
  const at = numberIn(fields?.['at'], 0, Number.MAX_SAFE_INTEGER);
  return text === undefined || text === '' || at === undefined ? undefined : { text: text.toWellFormed(), at };
}

function provenanceOf(value: unknown): Provenance | undefined {
  const fields = fieldsOf(value);
  const site = textIn(fields?.['site'], SITE_ID_MAX_UNITS);
  const name = lineOf(fields?.['name'], SITE_NAME_MAX_UNITS);
  const url = webUrl(fields?.['url']);
  return site === undefined || name === '' || url === undefined ? undefined : { site, name, url };
}

function birdOf(frame: Fields): BirdFrame | undefined {
  const id = idOf(frame['id']);
  const x = numberIn(frame['x'], POSITION_MIN, POSITION_MAX);
  const at = numberIn(frame['at'], 0, Number.MAX_SAFE_INTEGER);
  if (id === undefined || x === undefined || at === undefined) return undefined;
  if (frame['action'] === 'flee') {
    return { type: 'bird', action: 'flee', id, x, dir: frame['dir'] === -1 ? -1 : 1, at };
  }
  const perchId = textIn(frame['perchId'], PROP_ID_MAX_UNITS);
  const from = sideOf(frame['from']);
  if (frame['action'] !== 'spawn' || perchId === undefined || from === undefined) return undefined;
  return { type: 'bird', action: 'spawn', id, perchId, x, from, at };
}

function ringBirdOf(frame: Fields): RingBirdFrame | undefined {
  const x = numberIn(frame['x'], POSITION_MIN, POSITION_MAX);
  const at = numberIn(frame['at'], 0, Number.MAX_SAFE_INTEGER);
  if (at === undefined) return undefined;
  if (frame['action'] === 'go') return { type: 'ringBird', action: 'go', toward: sideOf(frame['toward']) ?? null, at };
  if (frame['action'] !== 'come' || x === undefined) return undefined;
  return { type: 'ringBird', action: 'come', from: sideOf(frame['from']) ?? null, x, at };
}

function birdViewOf(value: unknown): BirdView | undefined {
  const fields = fieldsOf(value);
  const id = idOf(fields?.['id']);
  const x = numberIn(fields?.['x'], POSITION_MIN, POSITION_MAX);
  const perchId = textIn(fields?.['perchId'], PROP_ID_MAX_UNITS);
  return id === undefined || x === undefined || perchId === undefined
    ? undefined
    : { id, perchId, x, state: 'perched' };
}

function gateOf(value: unknown): HostGate | null {
  const fields = fieldsOf(value);
  const site = textIn(fields?.['site'], SITE_ID_MAX_UNITS);
  const state = (['live', 'dim', 'dark'] as const).find((known) => known === fields?.['state']);
  if (fields === undefined || !site || state === undefined) return null;
  const count = numberIn(fields['count'], 0, COUNT_MAX);
  const lookers = numberIn(fields['lookers'], 1, LOOKERS_MAX);
  return {
    site,
    state,
    ...(count !== undefined && { count: Math.floor(count) }),
    figures: state === 'dark' ? [] : listOf(fields['figures'], FIGURES_MAX, figureOf),
    ...(lookers !== undefined && { lookers: Math.floor(lookers) }),
  };
}

function figureOf(value: unknown): HorizonFigure | undefined {
  const fields = fieldsOf(value);
  const h = fields?.['h'];
  const x = numberIn(fields?.['x'], 0, 1);
  const color = numberIn(fields?.['color'], 0, COAT_MAX);
  const pose = HORIZON_POSES.find((known) => known === fields?.['pose']);
  if (typeof h !== 'string' || !/^[0-9a-f]{8}$/.test(h)) return undefined;
  if (x === undefined || color === undefined || pose === undefined) return undefined;
  return { h, x, color: Math.floor(color), pose, walking: fields?.['walking'] === true };
}

function poseOf(value: unknown): Pose {
  return value === 'sitting' || value === 'resting' ? value : null;
}

function sideOf(value: unknown): Side | undefined {
  return value === 'left' || value === 'right' ? value : undefined;
}

function idOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? numberIn(value, 1, 2 ** 32 - 1) : undefined;
}

function numberIn(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}

function textIn(value: unknown, maxUnits: number): string | undefined {
  return typeof value === 'string' && value.length <= maxUnits ? value : undefined;
}

/** One line of plain text, cut rather than refused. */
function lineOf(value: unknown, maxUnits: number): string {
  return typeof value === 'string' ? cutAtGrapheme(withoutControls(value.slice(0, 4 * maxUnits)).trim(), maxUnits) : '';
}

function webUrl(value: unknown): string | undefined {
  const url = typeof value === 'string' && value.length <= READING_URL_MAX_UNITS ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function listOf<Item>(value: unknown, max: number, read: (entry: unknown) => Item | undefined): Item[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value.slice(0, max) : [];
  return entries.map(read).filter((item) => item !== undefined);
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
