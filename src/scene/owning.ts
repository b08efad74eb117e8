/** Owners of a site among its visitors: who is one, and how they look (wire protocol section 6). */
import { coatOfColor, colorOfCoat, decodeLook } from '../protocol/look.ts';
import type { InitMessage } from '../protocol/frames.ts';
import { BADGE_COLORS } from '../protocol/limits.ts';
import type { SiteOwner } from './site.ts';
import { changeSite, type SceneState, type Turn } from './state.ts';
import { isSameSecret } from './text.ts';
import type { Visitor } from './visitor.ts';

/** What an `init` has to do with owning this site. */
export interface Claim {
  readonly owner?: SiteOwner;
  /** The browser id of an owner whose secret did not come along: whoever sent it is somebody else, without that id. */
  readonly isFalse: boolean;
}

/** Judges an `init` before anybody is let in under its browser id. An owner who proves to be one is bound from then on. */
export function judgeClaim(state: SceneState, init: InitMessage, turn: Turn): Claim {
  const owner = ownerIn(state, init.browserId);
  if (owner === undefined) return { isFalse: false };
  const isProven = isSameSecret(state.secretFor(state.key, init.browserId), init.browserSecret);
  if (!isProven) return owner.isBound ? { isFalse: true } : { owner, isFalse: false };
  // Only a return proves that the secret is kept: a second tab beside the first may have been handed it.
  if (!owner.isBound && state.roster.byKey(init.browserId) === undefined) {
    saveOwner(state, { ...owner, isBound: true }, turn);
  }
  return { owner, isFalse: false };
}

export function ownerIn({ rules }: SceneState, browserId: string): SiteOwner | undefined {
  return browserId === '' ? undefined : rules.hosted?.owners.find((owner) => owner.browserId === browserId);
}

/** Makes a visitor look as the site knows this owner; undefined takes the badge off and leaves the look. */
export function wearOwner(visitor: Visitor, owner: SiteOwner | undefined): void {
  visitor.isOwner = owner !== undefined;
  visitor.badgeColor = owner?.badgeColor;
  if (owner === undefined) return;
  visitor.displayName = owner.displayName;
  visitor.color = owner.color;
  // A coat that no longer shows as the owner's colour would contradict it on other screens.
  const worn = decodeLook(visitor.look);
  if (worn !== undefined && colorOfCoat(worn.coat) !== owner.color) visitor.look = undefined;
}

/** An owner who is here, as the site remembers them: as they look now. */
export function ownerOf(visitor: Visitor, known: SiteOwner | undefined): SiteOwner {
  return {
    browserId: visitor.key,
    isBound: known?.isBound ?? false,
    displayName: visitor.displayName,
    color: visitor.color,
    badgeColor: known?.badgeColor ?? BADGE_COLORS[0],
  };
}

/** Whether a visitor already looks as the site knows them. */
export function isWearing(visitor: Visitor, owner: SiteOwner | undefined): boolean {
  if (owner === undefined) return !visitor.isOwner;
  return (
    visitor.isOwner &&
    visitor.badgeColor === owner.badgeColor &&
    visitor.displayName === owner.displayName &&
    coatOfColor(visitor.color) === coatOfColor(owner.color)
  );
}

/** Replaces what the site remembers of one owner. */
export function saveOwner(state: SceneState, owner: SiteOwner, turn: Turn): void {
  const owners = state.rules.hosted?.owners ?? [];
  changeSite(state, { owners: owners.map((each) => (each.browserId === owner.browserId ? owner : each)) }, turn);
}
