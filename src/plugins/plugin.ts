/** What a plugin is (docs/plugins.md). Everything in it is called synchronously, with one object that says what is known. */

/** A site as plugins see it. */
export interface PluginSite {
  readonly siteKey: string;
  readonly name: string;
  readonly origin: string;
  readonly supporter: boolean;
  readonly plus: boolean;
}

export interface PluginVisitor {
  readonly id: number;
  /** "" for somebody whose browser cannot be recognised again. */
  readonly browserId: string;
  readonly displayName: string;
  readonly color: string;
  readonly isOwner: boolean;
  /** An owner's {@link fp}; "" for anybody else. */
  readonly ownerHandle: string;
  /** 16 hex characters that are the same for this browser on this site, and tell nothing else; "" without a browser id. */
  readonly fp: string;
}

/** An owner of the site, present or not. */
export interface PluginOwner {
  readonly handle: string;
  readonly displayName: string;
  readonly color: string;
  readonly badgeColor: string;
  readonly online: boolean;
}

/**
 * What a plugin is told. `site`, `data` and `enabled` are always there; the rest where it makes sense:
 *
 * | given to | keys |
 * |---|---|
 * | `onSocketMessage` | `message` (without a secret), `visitor` once joined |
 * | `onMessage` | `message` (`{text}`), `visitor` |
 * | `onVisitorJoin` | `visitor`, `joinedAt` (ms since the epoch) |
 * | `onSceneMove` | `visitor`, `x`, `direction`, `speed` (stage widths a second), `figures`, `bounds`, `state` |
 * | `sceneEntity.tick` | `figures`, `bounds`, `dtMs`, `state` |
 * | `sceneEntity.snapshot`, `.isResting` | `state` |
 * | `extendVisitor` | `visitor` |
 * | `extendWidgetConfig` | `watch: true` for a spectator |
 * | an admin action | `input`, `owners`, `visitors` |
 *
 * `emit(frame)` and `setData(data)` are there in event hooks, `tick` (`emit` only) and admin actions; `setData` on hosted
 * sites only, both for a joined visitor whom others can see only.
 */
export interface PluginContext {
  /** Null in the shared scene. */
  readonly site: PluginSite | null;
  /** What the site keeps for this plugin, deeply frozen; `{}` at first. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly visitor?: PluginVisitor;
  readonly message?: Readonly<Record<string, unknown>>;
  readonly joinedAt?: number;
  readonly x?: number;
  readonly direction?: -1 | 0 | 1;
  readonly speed?: number;
  readonly figures?: readonly { readonly x: number }[];
  readonly bounds?: { readonly min: number; readonly max: number };
  readonly dtMs?: number;
  /** What `sceneEntity.create` made; to be changed in place. */
  readonly state?: unknown;
  readonly watch?: true;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly owners?: readonly PluginOwner[];
  readonly visitors?: readonly PluginVisitor[];
  /** Sends a `plugin` frame with these keys to everybody in the scene. @throws PluginError for what is no JSON, or too much */
  readonly emit?: (frame: unknown) => void;
  /** Replaces {@link data}. @throws PluginError for what is no JSON object, or more than 64 KiB */
  readonly setData?: (data: unknown) => void;
}

export type PluginHook = (context: PluginContext) => unknown;

export const EVENT_HOOKS = ['onVisitorJoin', 'onMessage', 'onSocketMessage', 'onSceneMove'] as const;
export const EXTEND_HOOKS = [
  'extendVisitor',
  'extendSiteConfig',
  'extendAdminPanel',
  'extendMapData',
  'extendWidgetConfig',
] as const;
export const TIERS = ['free', 'supporter', 'pro'] as const;

export type HookName = (typeof EVENT_HOOKS)[number] | (typeof EXTEND_HOOKS)[number];
export type Tier = (typeof TIERS)[number];

/** Something that lives in each scene in which the plugin is on. */
export interface SceneEntity {
  /** @returns its state; plain JSON data outlives a restart of the scene */
  readonly create: PluginHook;
  /** @returns what clients are shown, as plain JSON data */
  readonly snapshot: PluginHook;
  /** Every 50 ms while a socket is open. */
  readonly tick?: PluginHook;
  /** True: `tick` would change nothing until something else happens, so that a scene at rest costs nothing. */
  readonly isResting?: PluginHook;
}

export interface Plugin {
  /** Lowercase words joined by hyphens: the namespace of its data, frames and visitor fields. */
  readonly name: string;
  /** Makes it an add-on: off until the owner of a site switches it on. */
  readonly label?: string;
  readonly description: string;
  /** Which sites may switch it on. */
  readonly tier: Tier;
  /** Root-relative paths of browser modules. */
  readonly adminModule?: string;
  readonly widgetModule?: string;
  readonly adminActions: ReadonlyMap<string, PluginHook>;
  readonly sceneEntity?: SceneEntity;
  /** Entitlement: false hides the plugin from a site. */
  readonly isEnabled?: PluginHook;
  readonly hooks: Partial<Readonly<Record<HookName, PluginHook>>>;
}

/** What is wrong with a plugin, in words for whoever wrote it or runs it. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}
