/** What the signs say, in English. */
import type { CoreKey } from '../strings.ts';
import type { Words, WordTable } from '../words.ts';

export const STREET_WORDS = {
  gateLeft: 'west gate',
  gateRight: 'east gate',
  about: '~{count}',
  asleep: 'asleep',
  empty: 'nobody there',
  outOfSight: 'out of sight',
  past: 'past {names} (asleep)',
  visit: 'Enter to visit {name}',
  walkOn: 'Walk on to visit {name}',
  walkOnOrLook: 'Walk on to visit {name} · ↓ look first',
} as const satisfies WordTable;

export type StreetWords = Words<CoreKey | keyof typeof STREET_WORDS>;
