/** What a plugin and a site have to do with each other. */
import type { Site } from '../scene/site.ts';
import { deepFrozen, type PlainObject } from './plain-json.ts';
import type { Plugin, PluginContext, PluginSite } from './plugin.ts';
import type { PluginRunner } from './plugin-runner.ts';

const NOTHING: PlainObject = Object.freeze({});

/** What the site keeps for a plugin. */
export function dataOf({ name }: Plugin, site: Site | undefined): PlainObject {
  const kept = site !== undefined && Object.hasOwn(site.pluginData, name) ? site.pluginData[name] : undefined;
  return kept === undefined ? NOTHING : deepFrozen(kept);
}

export function contextOf(plugin: Plugin, site: Site | undefined, enabled = true): PluginContext {
  return { site: site === undefined ? null : siteOf(site), data: dataOf(plugin, site), enabled };
}

/** Whether a site may have the plugin at all. The shared scene has no owner who could switch an add-on on. */
export function isAvailable({ tier }: Plugin, site: Site): boolean {
  return tier === 'free' || site.isPlus || (tier === 'supporter' && site.isSupporter);
}

/** What the plugin itself says of that. */
export function isEntitled(plugin: Plugin, site: Site | undefined, runner: PluginRunner): boolean {
  if (plugin.isEnabled === undefined) return true;
  return runner.run(plugin.name, 'isEnabled', plugin.isEnabled, contextOf(plugin, site, hasOn(plugin, site))) !== false;
}

/** Whether it does anything on this site. */
export function isOn(plugin: Plugin, site: Site | undefined, runner: PluginRunner): boolean {
  if (!hasOn(plugin, site) || !isEntitled(plugin, site, runner)) return false;
  return site === undefined || isAvailable(plugin, site);
}

function hasOn({ name, label }: Plugin, site: Site | undefined): boolean {
  return label === undefined || site?.enabledPlugins.includes(name) === true;
}

function siteOf({ key, name, allowedOrigins, isSupporter, isPlus }: Site): PluginSite {
  return { siteKey: key, name, origin: allowedOrigins[0] ?? '', supporter: isSupporter, plus: isPlus };
}
