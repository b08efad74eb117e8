import type { Site } from './site.ts';

/** What an owner or the operator may do to a hosted site while it lives (http-api.md section 6, "Actions"). */
export type AdminAction =
  | { readonly action: 'kickVisitor'; readonly visitorId: number }
  | { readonly action: 'blockVisitor'; readonly visitorId: number }
  | { readonly action: 'muteVisitor'; readonly visitorId: number }
  | { readonly action: 'unmuteVisitor'; readonly visitorId: number }
  | { readonly action: 'hideVisitor'; readonly visitorId: number }
  | { readonly action: 'unhideVisitor'; readonly visitorId: number }
  | { readonly action: 'setOwnerVisitor'; readonly visitorId: number; readonly owner: boolean }
  /** Only the fields that are given change. `browserId`: the caller resolved the handle. */
  | {
      readonly action: 'updateOwnerProfile';
      readonly browserId: string;
      readonly displayName?: unknown;
      readonly color?: unknown;
      readonly badgeColor?: unknown;
    }
  | { readonly action: 'clearMessages' }
  | { readonly action: 'setChatDisabled'; readonly disabled: boolean }
  | { readonly action: 'updateModeration'; readonly blockedWords: unknown; readonly chatThrottleMs: unknown }
  /** Replaces all three; what is missing goes back to its default. */
  | {
      readonly action: 'updateCustomization';
      readonly sceneConfig?: unknown;
      readonly styleConfig?: unknown;
      readonly messageBoard?: unknown;
    }
  | { readonly action: 'updateConnections'; readonly connections: unknown }
  | { readonly action: 'setBotProtection'; readonly enabled: boolean }
  /** Off: those that hang there are gone at once. */
  | { readonly action: 'setNotes'; readonly enabled: boolean }
  | { readonly action: 'removeNote'; readonly noteId: string }
  /** Already validated by the caller, who also knows the rest of what a site's details are. */
  | ({ readonly action: 'updateSiteDetails' } & Pick<Site, 'name' | 'allowedOrigins' | 'connectionLimit'>)
  /** The operator's alone. */
  | ({ readonly action: 'setEntitlement' } & Partial<Pick<Site, 'isSupporter' | 'isPlus'>>)
  /** Switches an add-on on or off. */
  | { readonly action: 'setPluginEnabled'; readonly name: string; readonly enabled: boolean }
  /** One of the plugin's own actions; `input` is handed to it, an object or nothing. */
  | { readonly action: 'askPlugin'; readonly plugin: string; readonly pluginAction: string; readonly input: unknown }
  | { readonly action: 'disableSite'; readonly disabled: boolean };
