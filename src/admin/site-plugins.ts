import type { PluginModule } from '../protocol/frames.ts';
import type { Addon } from '../plugins/plugin-host.ts';
import type { Site } from '../scene/site.ts';

type PlainObject = Readonly<Record<string, unknown>>;

/** What plugins add to a site outside of its scene. */
export interface SitePlugins {
  /** Every add-on that the site is entitled to see. */
  addons(site: Site): readonly Addon[];
  adminModules(site: Site): readonly PluginModule[];
  widgetModules(site: Site): readonly PluginModule[];
  adminPanel(site: Site): PlainObject;
  siteConfig(site: Site): PlainObject;
  mapData(site: Site): PlainObject;
  widgetConfig(site: Site): PlainObject;
}
