/** What the page of a site's owner asks of the square (docs/http-api.md). The cookie says who asks. */
import { askWith, type Answer } from '../ask.ts';

export interface PresentVisitor {
  /** Their number in the scene. */
  readonly id: number;
  /** "" for who has no name. */
  readonly displayName: string;
  /** Open tabs; 0: just gone, and expected back. */
  readonly clientCount: number;
  readonly isOwner: boolean;
  readonly messages: readonly { readonly text: string; readonly at: number }[];
  readonly muted: boolean;
  readonly hidden: boolean;
}

export interface MessageBoard {
  readonly enabled: boolean;
  readonly x: number;
  readonly variant: 'corkboard' | 'chalkboard' | 'sign';
  readonly accent: string;
  readonly title: string;
  readonly body: string;
}

export interface OwnedSite {
  readonly siteKey: string;
  readonly name: string;
  readonly origin: string;
  readonly disabled: boolean;
  readonly chatDisabled: boolean;
  readonly botProtection: boolean;
  readonly blockedCount: number;
  readonly blockedIpCount: number;
  readonly blockedWords: readonly string[];
  readonly chatThrottleMs: number;
  readonly messageBoard: MessageBoard;
  /** Handed back as they came: saving the board replaces all three. */
  readonly sceneConfig: unknown;
  readonly styleConfig: unknown;
  readonly moderationLog: readonly { readonly at: number; readonly action: string; readonly detail: string }[];
}

/** What every answer about a site holds. */
export interface SiteState {
  readonly site: OwnedSite;
  readonly scene: { readonly activeVisitors: number; readonly visitors: readonly PresentVisitor[] };
  readonly owners: readonly { readonly displayName: string; readonly online: boolean }[];
  readonly notes: {
    readonly enabled: boolean;
    /** Newest first. */
    readonly pinned: readonly { readonly id: string; readonly text: string; readonly at: number }[];
  };
}

export interface OpenedSite extends SiteState {
  readonly embedSnippet: string;
}

export interface Notice {
  readonly id: string;
  readonly message: string;
  readonly createdAt: number;
  readonly readAt: number | null;
}

export const signIn = (adminToken: string, rememberMe: boolean): Promise<Answer<object>> =>
  askWith('/api/admin/login', { adminToken, rememberMe });

export const signOut = (): Promise<Answer<object>> => askWith('/api/admin/logout', {});

export const readSite = (): Promise<Answer<OpenedSite>> => askWith('/api/admin/site', {});

export const act = (action: string, fields: object): Promise<Answer<SiteState>> =>
  askWith('/api/admin/action', { action, ...fields });

export const readNotices = (): Promise<Answer<{ readonly notifications: readonly Notice[] }>> =>
  askWith('/api/admin/notifications', {});

export const markRead = (notificationId: string): Promise<Answer<object>> =>
  askWith('/api/admin/notification/read', { notificationId });
