import type { AdminAction } from '../scene/admin-action.ts';
import type { VisitorReport } from '../scene/visitor-report.ts';

/** What administration needs of whoever holds the scenes: this process, or shards. */
export interface LiveScenes {
  /** @returns why the action was not taken, in words for the admin page */
  act(siteKey: string, action: AdminAction): string | undefined | Promise<string | undefined>;
  /** Everybody in a scene as of now, those in reconnect grace included. */
  visitors(sceneKey: string): readonly VisitorReport[] | Promise<readonly VisitorReport[]>;
  /** Joined visitors by scene as of now; whatever was visited and said before is counted when it is there. */
  census(): ReadonlyMap<string, number> | Promise<ReadonlyMap<string, number>>;
  /** A site was added or removed. */
  siteChanged(siteKey: string): void;
}
