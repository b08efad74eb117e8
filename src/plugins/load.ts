import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { PluginError, type Plugin } from './plugin.ts';
import { PluginHost } from './plugin-host.ts';
import type { PluginRunnerDeps } from './plugin-runner.ts';
import { readPlugin } from './read-plugin.ts';
import { soccerBall } from './soccer-ball.ts';
import { weather } from './weather.ts';

/** What every square has, before anything is added. */
export const BUILT_IN_PLUGINS: readonly Plugin[] = [soccerBall, weather];

/**
 * Makes the plugins of a process: the built-in ones, then those of each module in order. A module's plugins are all it
 * exports that is an object with a name, alone or in a list.
 * @param modulePaths relative ones count from the working folder
 * @throws {PluginError} naming the module that cannot be used, and why
 */
export async function loadPlugins(modulePaths: readonly string[], deps: PluginRunnerDeps): Promise<PluginHost> {
  const plugins = [...BUILT_IN_PLUGINS];
  for (const path of modulePaths) plugins.push(...(await pluginsIn(path)));
  return new PluginHost(plugins, deps);
}

async function pluginsIn(path: string): Promise<Plugin[]> {
  try {
    const exported: Record<string, unknown> = await import(pathToFileURL(resolve(path)).href);
    const candidates = new Set(Object.values(exported).flat());
    const plugins = [...candidates].filter(isNamed).map((candidate) => readPlugin(candidate));
    if (plugins.length === 0) throw new PluginError('it exports no plugin');
    return plugins;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PluginError(`the plugin module ${path} cannot be used: ${why}`, { cause });
  }
}

function isNamed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value;
}
