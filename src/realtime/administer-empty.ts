import type { AdminAction } from '../scene/admin-action.ts';
import { Scene } from '../scene/scene.ts';
import type { SitePatch } from '../scene/site.ts';
import type { SceneRules } from '../scene/types.ts';
import type { RealtimeDeps } from './deps.ts';

/**
 * Acts on a hosted site where nobody is, in a scene of a moment.
 * @param onSite hears what changed
 * @returns why the action was not taken, in words for the admin page
 */
export function administerEmpty(
  siteKey: string,
  rules: SceneRules,
  action: AdminAction,
  deps: RealtimeDeps,
  onSite: (patch: SitePatch) => void,
): string | undefined {
  const { clock } = deps;
  let problem: string | undefined;
  const moment = { now: clock.monotonic(), wall: clock.now() };
  for (const effect of new Scene(siteKey, rules, deps).step({ kind: 'admin', action }, moment)) {
    if (effect.kind === 'site') onSite(effect.patch);
    if (effect.kind === 'problem') problem = effect.text;
  }
  return problem;
}
