import type { TrustedRing } from '../../federation/documents/types.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import type { SigningKey } from '../../federation/governance/signing-key.ts';

/**
 * Warns ahead when the admin keys that are elsewhere would be too few to sign a charter: with this machine the ring loses its
 * admins. A charter that takes every one of its keys is refused wherever it comes from (`no-spare-key`).
 * @param held the keys of the ring on this machine
 * @returns what would be lost, in words for the operator; undefined while others could go on
 */
export function keyMarginWarning(
  { charter }: Pick<TrustedRing, 'charter'>,
  held: readonly SigningKey[],
): string | undefined {
  const { keyids, threshold } = charter.roles.admin;
  const here = keysWithRole(held, charter, 'admin').length;
  if (here === 0 || keyids.length - here >= threshold) return undefined;
  return (
    `this machine holds ${here} of the ${keyids.length} admin keys of "${charter.name}", and a charter takes ${threshold}: ` +
    'lost with it, only the squares together could go on (townring ring succeed)'
  );
}

/** What to do about it. */
export const KEY_MARGIN_REMEDY = 'share the keys with a second admin: townring ring add-admin';
