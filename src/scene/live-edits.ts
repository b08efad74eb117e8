/** A site was changed while people are there: what they have to be told, and in which order (wire protocol sections 8, 10). */
import { CLOSE } from '../protocol/close-codes.ts';
import { perchesOf, PROP_RULES, propsOf } from '../protocol/scene-kit.ts';
import { standUp } from './acting.ts';
import { ROSTER_CHANGED, tellAbout, tellAll, tellStrangers } from './delivery.ts';
import { notesView } from './note.ts';
import { isWearing, ownerIn, wearOwner } from './owning.ts';
import { tellPlugins } from './plugging.ts';
import type { Site } from './site.ts';
import { sceneFor, type SceneState, type Turn } from './state.ts';
import { THROW_AWAY_PREFIX } from './text.ts';
import type { SceneRules } from './types.ts';
import { moveView, profileView, visitorView } from './views.ts';
import type { Visitor } from './visitor.ts';
import { wordMaskOf } from './word-mask.ts';

/** What is told even if it is what it was: an owner pressed "save" and waits to see it. */
export interface Saved {
  readonly scene?: boolean;
  readonly connections?: boolean;
  readonly chatRules?: boolean;
  readonly plugins?: boolean;
}

/** Takes rules that were made elsewhere. */
export function adoptRules(state: SceneState, rules: SceneRules, turn: Turn): void {
  const before = state.rules;
  state.rules = rules;
  state.plugins.adopt(rules.hosted);
  applyRules(state, before, {}, turn);
}

/** Tells everybody what has changed between `before` and the rules as they are now. */
export function applyRules(state: SceneState, before: SceneRules, saved: Saved, turn: Turn): void {
  const { rules } = state;
  if (rules.hosted !== undefined && before.hosted !== undefined) {
    applySite(state, rules.hosted, before.hosted, saved, turn);
  }
  if (saved.chatRules === true || rules.chatThrottleMs !== before.chatThrottleMs) {
    turn.effects.push(tellAll({ type: 'chatThrottle', ms: rules.chatThrottleMs }));
  }
}

function applySite(state: SceneState, site: Site, before: Site, saved: Saved, turn: Turn): void {
  const isSceneNew = !isSame(site.scene, before.scene);
  if (isSceneNew) rebuild(state, turn);
  if (saved.scene === true || isSceneNew || !isSame(site.messageBoard, before.messageBoard)) {
    turn.effects.push(
      tellAll({ type: 'scene', scene: site.scene }),
      tellAll({ type: 'messageBoard', messageBoard: site.messageBoard }),
    );
  }
  if (saved.connections === true || !isSame(site.connections, before.connections)) {
    turn.effects.push({ kind: 'links', connections: site.connections });
  }
  if (site.hasNotes !== before.hasNotes || !isSame(site.notes, before.notes)) {
    const notes = site.hasNotes ? notesView(site.notes, turn.wall) : null;
    turn.effects.push({ kind: 'broadcast', onlyRing: true, frame: { type: 'notes', notes } });
  }
  if (!isSame(site.blockedWords, before.blockedWords)) state.mask = wordMaskOf(site.blockedWords);
  applyPlugins(state, site, before, saved, turn);
  for (const visitor of state.roster.visitors) applyModeration(state, site, visitor, turn);
}

/** Whoever sits where nothing is any more stands up before the scene is drawn anew; birds stay with their perch. */
function rebuild(state: SceneState, turn: Turn): void {
  const scene = sceneFor(state.rules);
  state.props = propsOf(scene);
  for (const visitor of state.roster.visitors) {
    if (visitor.propId === null) continue;
    const prop = state.props.find(({ id }) => id === visitor.propId);
    if (prop !== undefined && Math.abs(visitor.x - prop.x) < PROP_RULES[prop.kind].settleHalfWidth) continue;
    standUp(visitor);
    turn.effects.push(tellAbout(visitor, { type: 'move', ...moveView(visitor) }), ROSTER_CHANGED);
  }
  state.birds.rebuild(perchesOf(state.props), scene.birds);
}

function applyPlugins(state: SceneState, site: Site, before: Site, saved: Saved, turn: Turn): void {
  // What a site is entitled to decides which of its add-ons are on.
  const isToggled =
    !isSame(site.enabledPlugins, before.enabledPlugins) ||
    !isSame(state.plugins.namesFor(site), state.plugins.namesFor(before));
  const isDataNew = !isSame(site.pluginData, before.pluginData);
  if (saved.plugins === true || isToggled || isDataNew) tellPlugins(state, isDataNew, turn);
}

/** Brings one visitor in line with what the site remembers of their browser. A throw-away identity it cannot know. */
function applyModeration(state: SceneState, site: Site, visitor: Visitor, turn: Turn): void {
  const { key } = visitor;
  if (key.startsWith(THROW_AWAY_PREFIX)) return;
  visitor.isMuted = site.mutedBrowserIds.includes(key);
  setHidden(state, visitor, site.hiddenBrowserIds.includes(key), turn);
  const owner = ownerIn(state, key);
  if (!isWearing(visitor, owner)) {
    wearOwner(visitor, owner);
    turn.effects.push(tellAbout(visitor, { type: 'profile', ...profileView(state, visitor) }), ROSTER_CHANGED);
  }
  if (site.blockedBrowserIds.includes(key)) {
    for (const { id } of visitor.connections) turn.effects.push({ kind: 'close', to: id, reason: CLOSE.blocked });
  }
}

/** Makes a visitor from a snapshot what the site says of them now. Tells nobody: nobody was told otherwise. */
export function recallModeration(state: SceneState, visitor: Visitor): void {
  const site = state.rules.hosted;
  const { key } = visitor;
  if (site === undefined || key.startsWith(THROW_AWAY_PREFIX)) return;
  visitor.isMuted = site.mutedBrowserIds.includes(key);
  visitor.isHidden = site.hiddenBrowserIds.includes(key);
  const owner = ownerIn(state, key);
  if (!isWearing(visitor, owner)) wearOwner(visitor, owner);
}

/** To everybody else a hidden visitor has left, and comes when they are shown again. Their own tabs notice nothing. */
export function setHidden(state: SceneState, visitor: Visitor, isHidden: boolean, turn: Turn): void {
  if (visitor.isHidden === isHidden) return;
  visitor.isHidden = isHidden;
  if (visitor.away !== undefined) return;
  const { id } = visitor;
  const frame = isHidden
    ? ({ type: 'leave', id } as const)
    : ({ type: 'join', peer: visitorView(state, visitor) } as const);
  turn.effects.push(tellStrangers(state.roster.connections, visitor, frame), ROSTER_CHANGED);
}

/** Both are plain data of our own making, so their keys stand in the same order. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
