import { textOf } from '../lib/untyped.ts';
import { fingerprintOf } from '../plugins/fingerprint.ts';
import type { AdminAction } from '../scene/admin-action.ts';
import type { RecordPatch, SiteRecord } from '../store/site-record.ts';
import { connectionLimitFrom, includesTwin, siteDetailsFrom, twinOf } from './site-details.ts';

type Input = Readonly<Record<string, unknown>>;

export type ActionRequest =
  /** `patch`: what only the registry knows, to be kept when the scene took the action. */
  | { readonly kind: 'act'; readonly action: AdminAction; readonly patch?: RecordPatch }
  /** Nobody it could be about. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly error: string };

const VISITOR_ACTIONS = [
  'kickVisitor',
  'blockVisitor',
  'muteVisitor',
  'unmuteVisitor',
  'hideVisitor',
  'unhideVisitor',
] as const;

/**
 * Reads what an owner asks for (http-api.md section 6, "Actions").
 * @param connectionLimit sockets of a scene when the owner names no usable number
 */
export function actionFrom(input: Input, site: SiteRecord, connectionLimit: number): ActionRequest {
  const { action: name } = input;
  if (typeof input['plugin'] === 'string' && input['plugin'] !== '') {
    const pluginAction = typeof name === 'string' ? name : '';
    return act({ action: 'askPlugin', plugin: input['plugin'], pluginAction, input: input['input'] });
  }
  const visitorAction = VISITOR_ACTIONS.find((each) => each === name);
  if (visitorAction !== undefined) return act({ action: visitorAction, visitorId: visitorIdOf(input) });
  switch (name) {
    case 'updateSiteDetails':
      return detailsAction(input, site, connectionLimit);
    case 'updateCustomization': {
      const { sceneConfig, styleConfig, messageBoard } = input;
      return act({ action: name, sceneConfig, styleConfig, messageBoard });
    }
    case 'updateConnections':
      return act({ action: name, connections: input['connections'] });
    case 'setChatDisabled':
    case 'disableSite':
      return act({ action: name, disabled: isTrue(input['disabled']) });
    case 'setBotProtection':
    case 'setNotes':
      return act({ action: name, enabled: isTrue(input['enabled']) });
    case 'removeNote':
      return act({ action: name, noteId: textOf(input['noteId']) });
    case 'updateModeration':
      return act({ action: name, blockedWords: input['blockedWords'], chatThrottleMs: input['chatThrottleMs'] });
    case 'setOwnerVisitor':
      return act({ action: name, visitorId: visitorIdOf(input), owner: isTrue(input['owner']) });
    case 'updateOwnerProfile': {
      const owner = site.owners.find(({ browserId }) => fingerprintOf(site.key, browserId) === input['handle']);
      if (owner === undefined) return { kind: 'nothing' };
      const { displayName, color, badgeColor } = input;
      return act({ action: name, browserId: owner.browserId, displayName, color, badgeColor });
    }
    case 'clearMessages':
      return act({ action: name });
    case 'setPluginEnabled':
      return act({ action: name, name: textOf(input['name']), enabled: isTrue(input['enabled']) });
    default:
      return { kind: 'refused', error: 'Unknown action.' };
  }
}

function detailsAction(input: Input, site: SiteRecord, presetLimit: number): ActionRequest {
  // What is not said stays as it is.
  const details = siteDetailsFrom({ name: site.name, email: site.email, ...input }, includesTwin(site));
  if (!details.ok) return { kind: 'refused', error: details.error };
  const { name, origin, allowedOrigins, email } = details.value;
  const replaced = new Set([site.origin, twinOf(site.origin), ...allowedOrigins]);
  const others = site.allowedOrigins.filter((each) => !replaced.has(each));
  const given = input['connectionLimit'];
  return {
    kind: 'act',
    action: {
      action: 'updateSiteDetails',
      name,
      allowedOrigins: [...allowedOrigins, ...others],
      connectionLimit: given === undefined ? site.connectionLimit : connectionLimitFrom(given, presetLimit),
    },
    patch: { origin, email },
  };
}

function act(action: AdminAction): ActionRequest {
  return { kind: 'act', action };
}

/** Forms send numbers as text. @returns NaN for what names nobody */
function visitorIdOf({ visitorId }: Input): number {
  return typeof visitorId === 'number' || typeof visitorId === 'string' ? Number(visitorId) : Number.NaN;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 1;
}
