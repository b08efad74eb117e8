import {
  EVENT_HOOKS,
  EXTEND_HOOKS,
  PluginError,
  TIERS,
  type HookName,
  type Plugin,
  type PluginHook,
  type SceneEntity,
} from './plugin.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MODULE_PATH = /^\/[A-Za-z0-9_./-]+\.mjs$/;

const HOOKS: readonly HookName[] = [...EVENT_HOOKS, ...EXTEND_HOOKS];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what a module says its plugin is. Hooks stand beside the name or under `hooks`.
 * @throws {PluginError} naming the plugin and what is wrong with it
 */
export function readPlugin(value: unknown): Plugin {
  if (!isFields(value)) throw new PluginError('a plugin is an object with a name');
  const { name, label, description, adminModule, widgetModule, tier, isEnabled } = value;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new PluginError(`a plugin's name is lowercase words joined by hyphens, not ${JSON.stringify(name)}`);
  }
  const wrong = (what: string): PluginError => new PluginError(`plugin "${name}": ${what}`);
  const text = (key: string, given: unknown): string | undefined => {
    if (given === undefined || typeof given === 'string') return given;
    throw wrong(`"${key}" is no text`);
  };
  const module = (key: string, given: unknown): string | undefined => {
    const path = text(key, given);
    if (path === undefined || (MODULE_PATH.test(path) && !path.includes('..') && !path.includes('//'))) return path;
    throw wrong(`"${key}" is no path like /plus/${name}/widget.mjs`);
  };
  const hook = (key: string, given: unknown): PluginHook | undefined => {
    if (given === undefined) return undefined;
    if (isHook(given)) return given;
    throw wrong(`"${key}" is no function`);
  };
  const shownLabel = text('label', label);
  const readAdminModule = module('adminModule', adminModule);
  const readWidgetModule = module('widgetModule', widgetModule);
  const entitlement = hook('isEnabled', isEnabled);
  const entity = entityIn(value['sceneEntity'], hook, wrong);
  return {
    name,
    ...(shownLabel !== undefined && shownLabel !== '' && { label: shownLabel }),
    description: text('description', description) ?? '',
    tier: tierIn(tier, wrong),
    ...(readAdminModule !== undefined && { adminModule: readAdminModule }),
    ...(readWidgetModule !== undefined && { widgetModule: readWidgetModule }),
    adminActions: new Map(
      Object.entries(fieldsIn('adminActions', value['adminActions'], wrong)).flatMap(([key, given]) => {
        const action = hook(`adminActions.${key}`, given);
        return action === undefined ? [] : [[key, action] as const];
      }),
    ),
    ...(entity && { sceneEntity: entity }),
    ...(entitlement && { isEnabled: entitlement }),
    hooks: hooksIn({ ...value, ...fieldsIn('hooks', value['hooks'], wrong) }, hook, wrong),
  };
}

type ReadHook = (key: string, given: unknown) => PluginHook | undefined;
type Wrong = (what: string) => PluginError;

function tierIn(tier: unknown, wrong: Wrong): Plugin['tier'] {
  if (tier === undefined) return 'free';
  const known = TIERS.find((each) => each === tier);
  if (known === undefined) throw wrong(`"tier" is one of ${TIERS.join(', ')}`);
  return known;
}

function entityIn(value: unknown, hook: ReadHook, wrong: Wrong): SceneEntity | undefined {
  if (value === undefined) return undefined;
  const fields = fieldsIn('sceneEntity', value, wrong);
  const part = (key: string): PluginHook | undefined => hook(`sceneEntity.${key}`, fields[key]);
  const create = part('create');
  const snapshot = part('snapshot');
  const tick = part('tick');
  const isResting = part('isResting');
  if (create === undefined || snapshot === undefined) throw wrong('a scene entity needs "create" and "snapshot"');
  return { create, snapshot, ...(tick && { tick }), ...(isResting && { isResting }) };
}

/** A hook that nobody calls is a mistake its author wants to hear of. */
function hooksIn(fields: Fields, hook: ReadHook, wrong: Wrong): Plugin['hooks'] {
  const hooks: Partial<Record<HookName, PluginHook>> = {};
  for (const [key, given] of Object.entries(fields)) {
    if (!/^(?:on|extend)[A-Z]/.test(key)) continue;
    const name = HOOKS.find((known) => known === key);
    if (name === undefined) throw wrong(`there is no hook "${key}"`);
    const read = hook(key, given);
    if (read !== undefined) hooks[name] = read;
  }
  return hooks;
}

function fieldsIn(key: string, value: unknown, wrong: Wrong): Fields {
  if (value === undefined) return {};
  if (!isFields(value)) throw wrong(`"${key}" is no object`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHook(value: unknown): value is PluginHook {
  return typeof value === 'function';
}
