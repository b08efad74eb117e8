/**
 * One function for each thing that an owner or the operator may do to a hosted site (http-api.md section 6, wire protocol
 * section 10): what changes on the site, who is told, whose sockets end, and what stands in the log. A site without a live
 * scene is acted on in an empty one.
 */
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import { BADGE_COLORS } from '../protocol/limits.ts';
import { sceneConfigFrom } from '../protocol/scene-kit.ts';
import type { AdminAction } from './admin-action.ts';
import { applyRules, setHidden, type Saved } from './live-edits.ts';
import { ownerIn, ownerOf } from './owning.ts';
import { askPlugin } from './plugging.ts';
import { MODERATION_LOG_MAX, OWNERS_MAX, remembered, type Site, type SitePatch } from './site.ts';
import { blockedWordsFrom, chatThrottleFrom, connectionsFrom, messageBoardFrom } from './site-parts.ts';
import { changeSite, type SceneState, type Turn } from './state.ts';
import { styleConfigFrom } from './style.ts';
import { cleanColor, cleanDisplayName, THROW_AWAY_PREFIX } from './text.ts';
import type { Visitor } from './visitor.ts';

type ActionOf<Name extends AdminAction['action']> = Extract<AdminAction, { action: Name }>;
type VisitorAction = Extract<AdminAction, { visitorId: number }>;

/** Acts on the site of a scene. Unknown visitors and owners, and a default scene, change nothing. */
export function administer(state: SceneState, action: AdminAction, turn: Turn): void {
  const site = state.rules.hosted;
  if (site === undefined) return;
  switch (action.action) {
    case 'updateOwnerProfile':
      return updateOwnerProfile(state, site, action, turn);
    case 'clearMessages':
      return clearMessages(state, site, turn);
    case 'setChatDisabled': {
      const { disabled } = action;
      return save(
        state,
        { isChatDisabled: disabled, ...logged(site, turn, disabled ? 'chat-off' : 'chat-on') },
        {},
        turn,
      );
    }
    case 'updateModeration':
      return updateModeration(state, action, turn);
    case 'updateCustomization': {
      const scene = sceneConfigFrom(action.sceneConfig);
      const messageBoard = messageBoardFrom(action.messageBoard);
      return save(state, { scene, messageBoard, style: styleConfigFrom(action.styleConfig) }, { scene: true }, turn);
    }
    case 'updateConnections':
      return save(state, { connections: connectionsFrom(action.connections) }, { connections: true }, turn);
    case 'setBotProtection': {
      const { enabled } = action;
      const log = logged(site, turn, enabled ? 'bot-protection-on' : 'bot-protection-off');
      return save(state, { isBotProtected: enabled, ...log }, {}, turn);
    }
    case 'setNotes': {
      const { enabled } = action;
      const log = logged(site, turn, enabled ? 'notes-on' : 'notes-off');
      return save(state, { hasNotes: enabled, ...(!enabled && { notes: [] }), ...log }, {}, turn);
    }
    case 'removeNote': {
      const notes = site.notes.filter(({ id }) => id !== action.noteId);
      if (notes.length === site.notes.length) return undefined;
      return save(state, { notes, ...logged(site, turn, 'remove-note') }, {}, turn);
    }
    case 'updateSiteDetails':
    case 'setEntitlement': {
      const { action: _name, ...patch } = action;
      return save(state, patch, {}, turn);
    }
    case 'setPluginEnabled':
      return setPluginEnabled(state, site, action, turn);
    case 'askPlugin': {
      const { plugin, pluginAction, input } = action;
      const data = askPlugin(state, plugin, pluginAction, input, turn);
      if (data === undefined) return undefined;
      return save(state, { pluginData: { ...site.pluginData, [plugin]: data } }, { plugins: true }, turn);
    }
    case 'disableSite': {
      const { disabled } = action;
      return save(state, { isDisabled: disabled, ...logged(site, turn, disabled ? 'site-off' : 'site-on') }, {}, turn);
    }
    default: {
      const visitor = state.roster.visitor(action.visitorId);
      return visitor && actOnVisitor(state, site, visitor, action, turn);
    }
  }
}

function actOnVisitor(state: SceneState, site: Site, visitor: Visitor, action: VisitorAction, turn: Turn): void {
  const log = (word: string): SitePatch => logged(site, turn, word, nameOf(visitor));
  switch (action.action) {
    case 'kickVisitor':
      closeAll(visitor, CLOSE.kicked, turn);
      return save(state, log('kick'), {}, turn);
    case 'blockVisitor': {
      const addresses = [...visitor.connections].map(({ address }) => address).filter((address) => address !== '');
      const blockedAddresses = remembered(site.blockedAddresses, ...addresses);
      const patch = { blockedAddresses, blockedBrowserIds: withKey(site.blockedBrowserIds, visitor) };
      // Of a visitor with a browser id the change of the list closes the sockets.
      if (isThrowAway(visitor)) closeAll(visitor, CLOSE.blocked, turn);
      return save(state, { ...patch, ...log('block') }, {}, turn);
    }
    case 'muteVisitor':
      visitor.isMuted = true;
      return save(state, { mutedBrowserIds: withKey(site.mutedBrowserIds, visitor), ...log('mute') }, {}, turn);
    case 'unmuteVisitor':
      visitor.isMuted = false;
      return save(state, { mutedBrowserIds: without(site.mutedBrowserIds, visitor), ...log('unmute') }, {}, turn);
    case 'hideVisitor':
      setHidden(state, visitor, true, turn);
      return save(state, { hiddenBrowserIds: withKey(site.hiddenBrowserIds, visitor), ...log('hide') }, {}, turn);
    case 'unhideVisitor':
      setHidden(state, visitor, false, turn);
      return save(state, { hiddenBrowserIds: without(site.hiddenBrowserIds, visitor), ...log('unhide') }, {}, turn);
    case 'setOwnerVisitor':
      return setOwner(state, site, visitor, action.owner, turn);
  }
}

/** Somebody whose browser cannot be recognised again cannot own anything. */
function setOwner(state: SceneState, { owners }: Site, visitor: Visitor, isOwner: boolean, turn: Turn): void {
  if (isThrowAway(visitor)) return;
  const others = owners.filter(({ browserId }) => browserId !== visitor.key);
  const owner = ownerOf(visitor, ownerIn(state, visitor.key));
  save(state, { owners: isOwner ? [...others, owner].slice(-OWNERS_MAX) : others }, {}, turn);
}

function updateOwnerProfile(
  state: SceneState,
  { owners }: Site,
  { browserId, ...given }: ActionOf<'updateOwnerProfile'>,
  turn: Turn,
): void {
  const owner = ownerIn(state, browserId);
  if (owner === undefined) return;
  const changed = {
    ...owner,
    ...(given.displayName !== undefined && { displayName: state.mask(cleanDisplayName(given.displayName)) }),
    ...(given.color !== undefined && { color: cleanColor(given.color) }),
    ...(given.badgeColor !== undefined && {
      badgeColor: BADGE_COLORS.find((color) => color === given.badgeColor) ?? BADGE_COLORS[0],
    }),
  };
  save(state, { owners: owners.map((each) => (each === owner ? changed : each)) }, {}, turn);
}

function clearMessages(state: SceneState, site: Site, turn: Turn): void {
  for (const visitor of state.roster.visitors) visitor.messages.length = 0;
  save(state, logged(site, turn, 'clear-messages'), {}, turn);
}

function updateModeration(state: SceneState, action: ActionOf<'updateModeration'>, turn: Turn): void {
  const chatThrottleMs = chatThrottleFrom(action.chatThrottleMs);
  if (chatThrottleMs === undefined) {
    turn.effects.push({ kind: 'problem', text: 'Enter a waiting time of 0 or more.' });
    return;
  }
  save(state, { blockedWords: blockedWordsFrom(action.blockedWords), chatThrottleMs }, { chatRules: true }, turn);
}

function setPluginEnabled(
  state: SceneState,
  site: Site,
  { name, enabled }: ActionOf<'setPluginEnabled'>,
  turn: Turn,
): void {
  if (!state.plugins.isAddon(name)) {
    turn.effects.push({ kind: 'problem', text: 'Unknown plugin.' });
    return;
  }
  const others = site.enabledPlugins.filter((each) => each !== name);
  const enabledPlugins = enabled ? [...others, name] : others;
  const log = logged(site, turn, enabled ? 'plugin-on' : 'plugin-off', name);
  save(state, { enabledPlugins, ...log }, { plugins: true }, turn);
}

function save(state: SceneState, patch: SitePatch, saved: Saved, turn: Turn): void {
  const before = state.rules;
  changeSite(state, patch, turn);
  applyRules(state, before, saved, turn);
}

function closeAll(visitor: Visitor, reason: CloseReason, turn: Turn): void {
  for (const { id } of visitor.connections) turn.effects.push({ kind: 'close', to: id, reason });
}

function logged({ moderationLog }: Site, { wall }: Turn, action: string, detail = ''): SitePatch {
  return { moderationLog: [{ at: wall, action, detail }, ...moderationLog].slice(0, MODERATION_LOG_MAX) };
}

function nameOf({ displayName, id }: Visitor): string {
  return displayName === '' ? `Visitor ${id}` : displayName;
}

/** The number in a throw-away key means somebody else after a restart, so nothing is remembered of it. */
function withKey(list: readonly string[], visitor: Visitor): readonly string[] {
  return isThrowAway(visitor) ? list : remembered(list, visitor.key);
}

function without(list: readonly string[], { key }: Visitor): readonly string[] {
  return list.filter((each) => each !== key);
}

function isThrowAway({ key }: Visitor): boolean {
  return key.startsWith(THROW_AWAY_PREFIX);
}
