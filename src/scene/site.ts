import type { Connection, MessageBoard } from '../protocol/frames.ts';
import type { SceneConfig } from '../protocol/scene-kit.ts';

/** A hosted site as its scene and the admission need it. The store keeps it; nothing here is secret. */
export interface Site {
  /** `site_` and 16 URL-safe characters, or any key of the same alphabet: the scene key and the `siteKey` of socket URLs. */
  readonly key: string;
  readonly name: string;
  /** Normalised web origins whose pages may open a socket; the first is the site's own. */
  readonly allowedOrigins: readonly string[];
  readonly isDisabled: boolean;
  readonly isChatDisabled: boolean;
  readonly chatThrottleMs: number;
  /** Sockets this scene takes, joined or not. */
  readonly connectionLimit: number;
  readonly scene: SceneConfig;
  /** The owner's own links at the ends of the strip. */
  readonly connections: readonly Connection[];
  readonly messageBoard: MessageBoard;
}

/** Reads hosted sites; an implementation answers from memory, never from the disk. */
export interface SiteDirectory {
  find(siteKey: string): Site | undefined;
}
