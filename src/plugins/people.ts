/** Visitors and owners as plugins see them. */
import type { Site } from '../scene/site.ts';
import { THROW_AWAY_PREFIX } from '../scene/text.ts';
import type { Visitor } from '../scene/visitor.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { PluginOwner, PluginVisitor } from './plugin.ts';

export function visitorOf(visitor: Visitor, site: Site | undefined): PluginVisitor {
  const { id, key, displayName, color, isOwner } = visitor;
  const browserId = key.startsWith(THROW_AWAY_PREFIX) ? '' : key;
  const fp = fingerprintOf(site?.key ?? '', browserId);
  return { id, browserId, displayName, color, isOwner, ownerHandle: isOwner ? fp : '', fp };
}

export function ownersOf(site: Site | undefined, visitors: Iterable<Visitor>): PluginOwner[] {
  const online = new Set<string>();
  for (const { key, connections } of visitors) if (connections.size > 0) online.add(key);
  return (site?.owners ?? []).map(({ browserId, displayName, color, badgeColor }) => ({
    handle: fingerprintOf(site?.key ?? '', browserId),
    displayName,
    color,
    badgeColor,
    online: online.has(browserId),
  }));
}
