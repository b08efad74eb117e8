/** Everything the widget knows of the square: frames in, state and events out. Pure; times are monotonic ms. */
import type { Connection, Gate, Provenance } from '../../../src/protocol/frames.ts';
import type { Position } from '../../../src/protocol/compact.ts';
import { HAND_RAISED_MS, HIGH_FIVE_DISTANCE, type Action, type Pose, type Side } from '../../../src/protocol/limits.ts';
import { coatOfColor, decodeLook, type Look } from '../../../src/protocol/look.ts';
import { sceneConfigFrom, type SceneConfig } from '../../../src/protocol/scene-kit.ts';
import type { Arrived, Frame, Source, PersonPatch } from './decode.ts';

/** Lines of talk kept, in memory only. */
const LOG_MAX = 50;
/** Bound of `people`; a square never sends as many. */
const PEOPLE_MAX = 600;

export interface Person {
  readonly id: number;
  /** 0…1 of the strip. */
  x: number;
  pose: Pose;
  name: string;
  look: Look;
  from: Provenance | undefined;
  isResident: boolean;
  isOwner: boolean;
  readingLabel: string;
  /** Looks at the page. */
  isActive: boolean;
  /** Has the strip in view. */
  isWatching: boolean;
  isTyping: boolean;
  /** What this visitor, and nobody else, does not want of them. */
  shunned: Shunned | undefined;
  handUntil: number;
  jumpedAt: number;
  clappedAt: number;
  said: { readonly text: string; readonly at: number } | undefined;
  /** Last thing done, for the plate budget. */
  activeAt: number;
}

/** `muted`: their words are not shown; `hidden`: nothing of them is. */
export type Shunned = 'muted' | 'hidden';

export interface LogLine {
  readonly name: string;
  readonly text: string;
  readonly isMine: boolean;
}

export interface World {
  /** 0 before the first hello. */
  selfId: number;
  readonly people: Map<number, Person>;
  scene: SceneConfig;
  connections: readonly Connection[];
  /** undefined before the first `neighbours` frame and on squares without a ring. */
  gates: Readonly<Record<Side, Gate | null>> | undefined;
  chatThrottleMs: number;
  readonly log: LogLine[];
  /** By id, over reconnections; at most {@link PEOPLE_MAX}. */
  readonly shunned: Map<number, Shunned>;
}

export type WorldEvent =
  | {
      readonly type: 'hello';
      readonly secret: string;
      readonly look: Look | undefined;
      readonly arrival: Arrived | undefined;
      readonly source: Source;
    }
  | { readonly type: 'came'; readonly person: Person }
  | { readonly type: 'left'; readonly person: Person; readonly toward: Side | undefined }
  | { readonly type: 'said'; readonly person: Person; readonly text: string }
  /** A hand raised or clapped, or a jump; one's own too. */
  | { readonly type: 'gestured'; readonly person: Person }
  | { readonly type: 'gates' | 'scene' | 'changed' }
  | { readonly type: 'moved'; readonly person: Person }
  /** Where one was told to stand by a step of one's own, from this tab or another. */
  | { readonly type: 'followed'; readonly x: number }
  /** For later files. */
  | { readonly type: 'extra'; readonly source: Source }
  | { readonly type: 'passage'; readonly frame: Extract<Frame, { type: 'passage' }> };

export function createWorld(): World {
  return {
    selfId: 0,
    people: new Map(),
    scene: sceneConfigFrom({}),
    connections: [],
    gates: undefined,
    chatThrottleMs: 500,
    log: [],
    shunned: new Map(),
  };
}

export function selfOf(world: World): Person | undefined {
  return world.people.get(world.selfId);
}

export function applyFrame(world: World, frame: Frame, nowMs: number): WorldEvent[] {
  switch (frame.type) {
    case 'hello':
      return greet(world, frame, nowMs);
    case 'join':
      return join(world, frame.peer, nowMs);
    case 'leave':
      return leave(world, frame.id, frame.toward);
    case 'move':
    case 'profile':
    case 'reading':
      return change(world, frame, nowMs);
    case 'positions':
      return frame.positions.flatMap((position) => step(world, position, nowMs));
    case 'action':
      return act(world, frame, nowMs);
    case 'say': {
      const person = world.people.get(frame.id);
      return person === undefined || person.shunned !== undefined ? [] : [say(world, person, frame.text, nowMs)];
    }
    case 'typing': {
      const person = world.people.get(frame.id);
      if (person === undefined) return [];
      person.isTyping = frame.typing && person.shunned === undefined;
      return [{ type: 'changed' }];
    }
    case 'connections':
      world.connections = frame.connections;
      return [{ type: 'gates' }];
    case 'scene':
      world.scene = frame.scene;
      return [{ type: 'scene' }];
    case 'chatThrottle':
      world.chatThrottleMs = frame.ms;
      return [];
    case 'neighbours':
      world.gates = { left: frame.left, right: frame.right };
      return [{ type: 'gates' }];
    case 'extra':
      return [{ type: 'extra', source: frame.source }];
    default:
      return [{ type: 'passage', frame }];
  }
}

function greet(world: World, frame: Extract<Frame, { type: 'hello' }>, nowMs: number): WorldEvent[] {
  world.people.clear();
  world.selfId = frame.self?.id ?? 0;
  for (const patch of everybody(frame)) {
    const person = newPerson(patch, nowMs);
    person.shunned = world.shunned.get(person.id);
    world.people.set(person.id, person);
  }
  world.chatThrottleMs = frame.chatThrottleMs;
  world.connections = frame.connections;
  if (frame.scene !== undefined) world.scene = frame.scene;
  if (world.log.length === 0) seedLog(world, frame);
  return [
    {
      type: 'hello',
      secret: frame.secret,
      look: decodeLook(frame.self?.look),
      arrival: frame.arrival,
      source: frame.source,
    },
    { type: 'scene' },
    { type: 'gates' },
  ];
}

/** The square has shut its street to this visitor: nobody is known to be there, nor beyond it. */
export function leaveStreet(world: World): WorldEvent {
  world.people.clear();
  world.gates = undefined;
  return { type: 'gates' };
}

function everybody({ self, peers }: Extract<Frame, { type: 'hello' }>): readonly PersonPatch[] {
  return self === undefined ? peers : [self, ...peers];
}

/** History of those present, oldest first, without bubbles. */
function seedLog(world: World, frame: Extract<Frame, { type: 'hello' }>): void {
  const lines = everybody(frame).flatMap((patch) =>
    (patch.messages ?? []).map(({ text, at }) => ({ text, at, name: patch.displayName ?? '', id: patch.id })),
  );
  lines.sort((a, b) => a.at - b.at);
  for (const { text, name, id } of lines) addLine(world, { name, text, isMine: id === world.selfId });
}

function join(world: World, patch: PersonPatch, nowMs: number): WorldEvent[] {
  const known = world.people.get(patch.id);
  if (known !== undefined) {
    update(known, patch);
    return [{ type: 'changed' }];
  }
  if (world.people.size >= PEOPLE_MAX) return [];
  const person = newPerson(patch, nowMs);
  world.people.set(person.id, person);
  return [{ type: 'came', person }];
}

function leave(world: World, id: number, toward: Side | undefined): WorldEvent[] {
  const person = world.people.get(id);
  // A hidden visitor is told of its own leave; it stays on its own screen (wire protocol, section 10).
  if (person === undefined || id === world.selfId) return [];
  world.people.delete(id);
  return [{ type: 'left', person, toward }];
}

function change(
  world: World,
  frame: Extract<Frame, { type: 'move' | 'profile' | 'reading' }>,
  nowMs: number,
): WorldEvent[] {
  const person = world.people.get(frame.person.id);
  if (person === undefined) {
    // A move of an unknown id makes a figure (wire protocol, section 5); other frames for unknown ids are ignored.
    return frame.type === 'move' ? join(world, frame.person, nowMs) : [];
  }
  // A profile carries a position too; the classic widget ignores it and so do we.
  if (frame.type === 'move') {
    update(person, frame.person);
    person.activeAt = nowMs;
    return [{ type: 'moved', person }];
  }
  update(person, { ...frame.person, x: undefined, pose: undefined });
  return [{ type: 'changed' }];
}

/** A position of somebody unknown is no figure: whoever is there was introduced before. */
function step(world: World, { id, x }: Position, nowMs: number): WorldEvent[] {
  const person = world.people.get(id);
  if (person === undefined) return [];
  if (id === world.selfId) return [{ type: 'followed', x }];
  person.x = x;
  person.pose = null;
  person.activeAt = nowMs;
  return [{ type: 'moved', person }];
}

function act(world: World, frame: Extract<Frame, { type: 'action' }>, nowMs: number): WorldEvent[] {
  const person = world.people.get(frame.id);
  if (person === undefined) return [];
  const target = frame.targetId === undefined ? undefined : world.people.get(frame.targetId);
  gesture(person, frame.action, target, nowMs);
  return [{ type: 'gestured', person }];
}

/** Plays a gesture, one's own before it is sent or another's when it is heard of. Gestures end poses. */
export function gesture(person: Person, action: Action, target: Person | undefined, nowMs: number): void {
  person.activeAt = nowMs;
  person.pose = null;
  if (action === 'jump') person.jumpedAt = nowMs;
  else if (action === 'raise-hand') person.handUntil = nowMs + HAND_RAISED_MS;
  else {
    for (const one of target === undefined ? [person] : [person, target]) {
      one.pose = null;
      one.clappedAt = nowMs;
      one.handUntil = 0;
    }
  }
}

/** Records a line; one's own lines come without an echo. */
export function say(world: World, person: Person, text: string, nowMs: number): WorldEvent {
  person.said = { text, at: nowMs };
  person.isTyping = false;
  person.activeAt = nowMs;
  addLine(world, { name: person.name, text, isMine: person.id === world.selfId });
  return { type: 'said', person, text };
}

function addLine(world: World, line: LogLine): void {
  world.log.push(line);
  if (world.log.length > LOG_MAX) world.log.shift();
}

/** The nearest other with a raised hand within reach, for a high-five. */
export function raisedHandNear(world: World, x: number, nowMs: number): Person | undefined {
  return othersByDistance(world, x).find(
    (person) => person.handUntil > nowMs && Math.abs(person.x - x) <= HIGH_FIVE_DISTANCE,
  );
}

/** Mutes or hides somebody on this screen; undefined takes it back. */
export function shun(world: World, person: Person, as: Shunned | undefined): void {
  person.shunned = as;
  person.said = undefined;
  person.isTyping = false;
  if (as === undefined) world.shunned.delete(person.id);
  else if (world.shunned.size < PEOPLE_MAX) world.shunned.set(person.id, as);
}

export function othersByDistance(world: World, x: number): Person[] {
  return [...world.people.values()]
    .filter((person) => person.id !== world.selfId && person.shunned !== 'hidden')
    .sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x));
}

function newPerson(patch: PersonPatch, nowMs: number): Person {
  const person: Person = {
    id: patch.id,
    x: 0.5,
    pose: null,
    name: '',
    look: { coat: 0, headwear: 0, carried: 0 },
    from: undefined,
    isResident: false,
    isOwner: false,
    readingLabel: '',
    isActive: true,
    isWatching: true,
    isTyping: false,
    shunned: undefined,
    handUntil: 0,
    jumpedAt: -Infinity,
    clappedAt: -Infinity,
    said: undefined,
    activeAt: nowMs,
  };
  // Visitors of the classic widget have a colour only; their clothes come from their id, so that crowds look lively.
  person.look = { coat: 0, headwear: patch.id % 8, carried: (patch.id * 5) % 6 };
  update(person, patch);
  return person;
}

function update(person: Person, patch: PersonPatch): void {
  person.x = patch.x ?? person.x;
  if (patch.pose !== undefined) person.pose = patch.pose;
  person.name = patch.displayName?.trim() ?? person.name;
  person.look =
    decodeLook(patch.look) ??
    (patch.color === undefined || coatOfColor(patch.color) === person.look.coat % 6
      ? person.look
      : { ...person.look, coat: coatOfColor(patch.color) });
  person.from = patch.from ?? person.from;
  person.isResident = patch.resident ?? person.isResident;
  person.isOwner = patch.isOwner ?? person.isOwner;
  person.readingLabel = patch.readingLabel ?? person.readingLabel;
  person.isActive = patch.readingActive ?? person.isActive;
  person.isWatching = patch.widgetVisible ?? person.isWatching;
}
