/** Every word that the widget itself says. English stands here; further languages have the same shape. */
import type { Side } from '../../src/protocol/limits.ts';

const ENGLISH = {
  stage: (people: number) => `Path. ${count(people, 'person', 'people')}. Arrow keys walk.`,
  stageLazy: 'Path. Not connected yet.',
  side: (side: Side) => (side === 'left' ? 'west' : 'east'),
  gate: (side: Side) => `${side === 'left' ? 'west' : 'east'} gate`,
  heads: (people: number) => count(people, 'person', 'people'),
  about: (text: string) => `~${text}`,
  asleep: 'asleep',
  empty: 'nobody there',
  outOfSight: 'out of sight',
  past: (names: string) => `past ${names} (asleep)`,
  visit: (name: string) => `Enter to visit ${name}`,
  walkOn: (name: string) => `Walk on to visit ${name}`,
  walkingTo: (name: string) => `Walking over to ${name}…`,
  finding: 'Finding the path…',
  lost: (seconds: number) => `Lost the path. Trying again in ${seconds} s.`,
  lostTrying: 'Lost the path. Trying again…',
  full: (seconds: number) => `Full just now. Trying again in ${seconds} s.`,
  tryNow: 'Try now',
  alone: 'Just you.',
  overHill: (people: number, side: Side) =>
    `${count(people, 'person', 'people')} over the ${side === 'left' ? 'west' : 'east'} hill.`,
  start: 'Step onto the path',
  firstVisit: 'Others see a figure. Name and page are up to you.',
  composer: 'Say something',
  composerTo: (others: number) =>
    others === 0 ? 'Say something to the quiet path' : `Say something to ${count(others, 'person', 'people')}`,
  composerOffline: 'Goes out when the path is back',
  queued: 'Will send when back.',
  send: 'Send',
  wave: 'Wave',
  people: 'People',
  peopleButton: (people: number) => `People, ${people}`,
  menu: 'Menu',
  log: 'Talk',
  logNew: (lines: number) => `${lines} new lines`,
  logEmpty: 'Nothing said yet. Talk is kept in this page only.',
  peopleMore: (more: number) => `and ${count(more, 'more person', 'more people')}`,
  moreTalk: (more: number) => `+${more}`,
  moreTalkLabel: (more: number) => `${more} more, open the talk`,
  you: 'you',
  youAlone: 'You',
  someone: 'someone',
  withYou: (name: string) => `${name} (you)`,
  from: (name: string, site: string) => `${name}, from ${site}`,
  resident: 'resident',
  owner: 'lives here',
  reading: (label: string) => `reading ${label}`,
  away: 'dozing',
  walkTo: (name: string) => `Walk to ${name}`,
  came: (name: string, site: string | undefined) =>
    site === undefined ? `${name} came in` : `${name} came in from ${site}`,
  leftToward: (name: string, site: string) => `${name} walked over to ${site}`,
  said: (name: string, text: string) => `${name}: ${text}`,
  enterAs: (name: string, site: string) => `Enter as ${name} from ${site}?`,
  yes: 'Yes',
  no: 'No',
  name: 'Your name here',
  nameHint: 'Leave it empty to stay a figure.',
  coat: 'Coat',
  headwear: 'On your head',
  carried: 'With you',
  headwearNames: ['hair', 'cap', 'brimmed hat', 'hood', 'bun', 'bobble hat', 'pointed hat', 'leaf'],
  carriedNames: ['nothing', 'scarf', 'satchel', 'lantern', 'umbrella', 'cat'],
  coatNames: ['slate', 'rust', 'fern', 'river', 'violet', 'rose', 'mustard', 'teal', 'brick', 'moss', 'plum', 'indigo'],
  save: 'Save',
  saved: 'Saved',
  whatOthersSee: 'What others see',
  seeHere: 'Here',
  seeHereText: (coat: string, name: string, page: string) =>
    `a figure in a ${coat} coat, ${name === '' ? 'no name' : `named ${name}`}, ${page}`,
  pageShared: 'and which page you read',
  pageKept: 'not the page you read',
  seeHill: 'Over the hills',
  seeHillGrey: 'a grey figure, no name',
  seeHillNumber: 'only a number',
  calm: 'Calm: nothing glides or waves',
  showBeyond: 'Show my grey figure over the hills',
  forget: 'Forget me on this site',
  help: 'Keys on the path',
  helpKeys: [
    ['← →', 'walk, with Shift run'],
    ['↓ ↑', 'sit down, stand up'],
    ['Space J', 'wave or clap a raised hand, jump'],
    ['Home End', 'to the gates, Enter visits'],
    ['/ Esc', 'say something, back to the page'],
  ],
  stopped: (reason: string) => STOPPED[reason] ?? 'The path is closed here.',
} as const;

const STOPPED: Readonly<Record<string, string>> = {
  kicked: 'You were shown out. Reload the page to come back.',
  inactive: 'You were away for long. Reload the page to come back.',
  'rate limited': 'Too much at once. Reload the page later.',
};

export type Strings = typeof ENGLISH;

/** @param _language a BCP 47 tag; every language is English until others are written */
export function stringsFor(_language: string): Strings {
  return ENGLISH;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
