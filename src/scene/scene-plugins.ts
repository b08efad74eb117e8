import type { PluginModule } from '../protocol/frames.ts';
import type { Site } from './site.ts';
import type { Visitor } from './visitor.ts';

/** What plugins see of a scene and may do to it while one thing happens. Nothing of it outlives the call. */
export interface PluginStage {
  /** Monotonic ms. */
  readonly now: number;
  /** Everybody whom others can see. */
  readonly figures: () => { readonly x: number }[];
  /** Everybody who is there. */
  readonly visitors: () => Iterable<Visitor>;
  /** Sends `{type: 'plugin', plugin, ...frame}` to everybody. Absent where plugins may not. */
  readonly emit?: (plugin: string, frame: Readonly<Record<string, unknown>>) => void;
  /** Replaces what the site keeps for a plugin. Absent where plugins may not; the shared scene keeps nothing. */
  readonly setData?: (plugin: string, data: Readonly<Record<string, unknown>>) => void;
}

/** An accepted step. */
export interface PluginMove {
  readonly x: number;
  readonly direction: -1 | 0 | 1;
  /** Stage widths a second; 0 for somebody's first step. */
  readonly speed: number;
}

/** What became of something an owner asked of a plugin. */
export type PluginAnswer =
  | { readonly ok: true; readonly data?: Readonly<Record<string, unknown>> }
  /** In words for the admin page. */
  | { readonly ok: false; readonly problem: string };

/**
 * The plugins of one scene. Synchronous; a plugin that throws is skipped and never makes these throw. The scene tells it of
 * every change of its site.
 */
export interface ScenePlugins {
  /** Takes the site as it is now: what was switched on begins, what was switched off ends. */
  adopt(site: Site | undefined): void;
  /** Names of the plugins that are on for a site as it is given. */
  namesFor(site: Site | undefined): readonly string[];
  /** Browser modules of the plugins that are on. */
  readonly modules: readonly PluginModule[];
  /** What clients are shown of the entities of the scene, by plugin. */
  entities(): Readonly<Record<string, unknown>>;
  /** Further keys of a hosted site's `hello`. */
  widgetConfig(isWatching: boolean): Readonly<Record<string, unknown>>;
  /** What stands under `plugins` of a visitor; undefined: nothing does. */
  fieldsOf(visitor: Visitor): Readonly<Record<string, unknown>> | undefined;
  /** Shows a message before anybody acts on it. @returns false when it is not to be acted on */
  hear(message: Readonly<Record<string, unknown>>, visitor: Visitor | undefined, stage: PluginStage): boolean;
  /** @returns false when a line of chat must not be said */
  allows(text: string, visitor: Visitor, stage: PluginStage): boolean;
  /** A visit counts from now on. */
  joined(visitor: Visitor, joinedAt: number, stage: PluginStage): void;
  /** Whether anybody listens to steps: nothing has to be worked out for nobody. */
  readonly watchesMoves: boolean;
  moved(move: PluginMove, visitor: Visitor, stage: PluginStage): void;
  /** Whether the owner of this site may switch it. */
  isAddon(plugin: string): boolean;
  act(plugin: string, action: string, input: Readonly<Record<string, unknown>>, stage: PluginStage): PluginAnswer;
  /** When the entities move next, on the clock of `PluginStage.now`; undefined while all of them rest. */
  readonly nextTickAt: number | undefined;
  /** Something happened: entities that have to move do so from now on, as long as a socket is open. */
  schedule(now: number, hasSockets: boolean): void;
  /** Moves the entities that are due. */
  tick(stage: PluginStage): void;
  /** The state of the entities as JSON data, to go on with elsewhere. */
  snapshot(): Readonly<Record<string, unknown>>;
  restore(states: Readonly<Record<string, unknown>>): void;
}

/** Plugins of a process; each scene has its own {@link ScenePlugins}. */
export interface Plugins {
  /** Whether any plugin wants to see messages before they are acted on. */
  readonly hearMessages: boolean;
  forScene(): ScenePlugins;
}

const NONE: ScenePlugins = {
  adopt: () => undefined,
  namesFor: () => [],
  modules: [],
  entities: () => ({}),
  widgetConfig: () => ({}),
  fieldsOf: () => undefined,
  hear: () => true,
  allows: () => true,
  joined: () => undefined,
  watchesMoves: false,
  moved: () => undefined,
  isAddon: () => false,
  act: () => ({ ok: false, problem: 'Unknown plugin action.' }),
  nextTickAt: undefined,
  schedule: () => undefined,
  tick: () => undefined,
  snapshot: () => ({}),
  restore: () => undefined,
};

export const NO_PLUGINS: Plugins = { hearMessages: false, forScene: () => NONE };
