/** What the signs say, and what there is to say of the street, in English. */
import type { CoreKey } from '../words/strings.ts';
import type { Words, WordTable } from '../words/words.ts';

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
  asleepLeft: '{past} is asleep. The west gate leads to {name}.',
  asleepRight: '{past} is asleep. The east gate leads to {name}.',
  partLost: 'Part of the ring is out of sight.',
  crowd: '{n} people here',
  alone: 'Just you.',
  quiet: 'Quiet tonight.',
  overLeft: { one: '{n} person over the west hill.', other: '{n} people over the west hill.' },
  overRight: { one: '{n} person over the east hill.', other: '{n} people over the east hill.' },
} as const satisfies WordTable;

export type StreetWords = Words<CoreKey | keyof typeof STREET_WORDS>;
