import type { PluginModule } from '../protocol/frames.ts';
import type { Plugins, ScenePlugins } from '../scene/scene-plugins.ts';
import type { Site } from '../scene/site.ts';
import { contextOf, isAvailable, isEntitled, isOn } from './plugin-site.ts';
import { plainCopy, plainValue, DATA_MAX_BYTES, type PlainObject } from './plain-json.ts';
import { PluginError, type HookName, type Plugin, type PluginContext, type Tier } from './plugin.ts';
import { PluginRunner, type PluginRunnerDeps } from './plugin-runner.ts';
import { PluginsInScene } from './plugins-in-scene.ts';

/** An add-on as the admin page of a site lists it. */
export interface Addon {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly tier: Tier;
  /** Whether the site may switch it on. */
  readonly available: boolean;
  readonly enabled: boolean;
}

/** The plugins of a process in the order in which they were registered, and what they add to a site outside of its scene. */
export class PluginHost implements Plugins {
  readonly #plugins: readonly Plugin[];
  readonly #runner: PluginRunner;

  /** @throws {PluginError} when two have the same name */
  constructor(plugins: readonly Plugin[], deps: PluginRunnerDeps) {
    const names = new Set<string>();
    for (const { name } of plugins) {
      if (names.has(name)) throw new PluginError(`there are two plugins "${name}"`);
      names.add(name);
    }
    this.#plugins = plugins;
    this.#runner = new PluginRunner(deps);
  }

  get hearMessages(): boolean {
    return this.#plugins.some(({ hooks }) => hooks.onSocketMessage !== undefined);
  }

  forScene(): ScenePlugins {
    return new PluginsInScene(this.#plugins, this.#runner);
  }

  /** Every add-on that this site is entitled to see. */
  addons(site: Site): readonly Addon[] {
    return this.#plugins.flatMap((plugin) => {
      const { name, label, description, tier } = plugin;
      if (label === undefined || !isEntitled(plugin, site, this.#runner)) return [];
      const available = isAvailable(plugin, site);
      return [{ name, label, description, tier, available, enabled: isOn(plugin, site, this.#runner) }];
    });
  }

  /** Modules that the admin page of a site loads. */
  adminModules(site: Site): readonly PluginModule[] {
    return this.#plugins.flatMap((plugin) => {
      const { name, adminModule } = plugin;
      return adminModule !== undefined && isOn(plugin, site, this.#runner) ? [{ name, module: adminModule }] : [];
    });
  }

  /** Modules that the widget of a site loads. */
  widgetModules(site: Site): readonly PluginModule[] {
    return this.#plugins.flatMap((plugin) => {
      const { name, widgetModule } = plugin;
      return widgetModule !== undefined && isOn(plugin, site, this.#runner) ? [{ name, module: widgetModule }] : [];
    });
  }

  /** What each plugin shows on the admin page, by its name. */
  adminPanel(site: Site): PlainObject {
    const panel: Record<string, unknown> = {};
    for (const [{ name }, shown] of this.#ask('extendAdminPanel', site)) {
      panel[name] = this.#runner.tryTo(name, 'extendAdminPanel', () => plainValue(shown, DATA_MAX_BYTES));
    }
    return panel;
  }

  /** Further keys of a site's configuration in admin answers. */
  siteConfig(site: Site): PlainObject {
    return this.#gather('extendSiteConfig', site);
  }

  /** Further keys of a site on the map. */
  mapData(site: Site): PlainObject {
    return this.#gather('extendMapData', site);
  }

  /** Further options of a site's embed snippet. */
  widgetConfig(site: Site): PlainObject {
    return this.#gather('extendWidgetConfig', site);
  }

  #gather(hookName: HookName, site: Site): PlainObject {
    const all: Record<string, unknown> = {};
    for (const [{ name }, shown] of this.#ask(hookName, site)) {
      Object.assign(
        all,
        this.#runner.tryTo(name, hookName, () => plainCopy(shown, DATA_MAX_BYTES)),
      );
    }
    return all;
  }

  *#ask(hookName: HookName, site: Site): Iterable<readonly [Plugin, unknown]> {
    for (const plugin of this.#plugins) {
      const hook = plugin.hooks[hookName];
      if (hook === undefined || !isOn(plugin, site, this.#runner)) continue;
      const context: PluginContext = contextOf(plugin, site);
      const shown = this.#runner.run(plugin.name, hookName, hook, context);
      if (shown !== undefined) yield [plugin, shown];
    }
  }
}
