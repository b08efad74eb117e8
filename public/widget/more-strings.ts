/** What the second file says, in English. */
import type { STREET_WORDS } from './street/street-words.ts';
import type { CoreKey } from './strings.ts';
import type { Words, WordTable } from './words.ts';

export const MORE_WORDS = {
  said: '{name}: {text}',
  leftToward: '{name} walked over to {site}',
  cameFrom: '{name} came in from {site}',
  came: '{name} came in',
  from: '{name}, from {site}',
  withYou: '{name} (you)',
  someone: 'someone',
  youAlone: 'You',
  moreTalkLabel: '{n} more, open the talk',
  moreTalk: '+{n}',
  logNew: { one: '{n} new line', other: '{n} new lines' },
  readBoard: 'Read the board',
  looking: 'Looking over to {name}…',
  lookingAt: { one: 'Over at {name}: {n} person', other: 'Over at {name}: {n} people' },
  'look-no-neighbour': 'There is nobody over that hill.',
  'look-closed': 'They keep their street to themselves.',
  'look-busy': 'Too many look over just now.',
  'look-too-fast': 'Not so fast.',
  lookersLeft: 'Somebody looks over the west hill.',
  lookersRight: 'Somebody looks over the east hill.',
  waveLeft: 'Someone over the west hill waves.',
  waveRight: 'Someone over the east hill waves.',
  wavedBack: 'Your wave was answered.',
  birdTo: 'The bird flies on to {name}.',
  youAreAt: 'You are at {name}',
  walkHome: 'walk home',
  openPage: 'open page',
  'hop-no-neighbour': 'There is no way over that hill.',
  'hop-closed': 'The gate to {name} is shut.',
  'hop-full': '{name} is full just now.',
  'hop-busy': 'Too many on the way to {name}. Try again in a moment.',
  'hop-unreachable': '{name} does not answer.',
  'hop-unwelcome': '{name} does not let you in for now.',
  'hop-other-tab': 'Another page of yours cannot come along.',
  'hop-too-fast': 'Not so fast.',
  'home-asked': 'You are home again.',
  'home-kicked': 'You were shown out, and are home again.',
  'home-inactive': 'You were away for a while, and are home again.',
  'home-closed': 'They shut their gate. You are home again.',
  'home-busy': 'They had no more room. You are home again.',
  'home-lost': 'The way was lost. You are home again.',
} as const satisfies WordTable;

export type MoreKey = CoreKey | keyof typeof STREET_WORDS | keyof typeof MORE_WORDS;
export type MoreWords = Words<MoreKey>;
