/** What the first file says, in English; `more-strings.ts` has the words of the second. Languages lie in `languages/`. */
import { tableFrom, type Wording, type Words, type WordTable } from './words.ts';

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;
/** Start of the build's name that stands before a table's words. */
export const BUILD_UNITS = 4;

export const CORE_WORDS = {
  // First, since the counter reads no further.
  heads: { one: '{n} person', other: '{n} people' },
  town: 'Town square',
  stage: { one: 'Path. {n} person. Arrow keys walk.', other: 'Path. {n} people. Arrow keys walk.' },
  stageLazy: 'Path. Not connected.',
  walkingTo: 'Walking over to {name}…',
  finding: 'Finding the path…',
  lost: 'Lost the path. Trying again in {n}\u00a0s.',
  lostTrying: 'Lost the path. Trying again…',
  full: 'Full just now. Trying again in {n}\u00a0s.',
  tryNow: 'Try now',
  start: 'Step onto the path',
  firstVisit: 'Others see a figure. Name and page are up to you.',
  composer: 'Say something',
  composerAlone: 'Say something to the quiet path',
  composerTo: { one: 'Say something to {n} person', other: 'Say something to {n} people' },
  composerOffline: 'Goes out when the path is back',
  queued: 'Will send when back.',
  send: 'Send',
  wave: 'Wave',
  people: 'People',
  peopleButton: 'People, {n}',
  menu: 'Menu',
  log: 'Talk',
  enterAs: 'Enter as {name} from {site}?',
  yes: 'Yes',
  no: 'No',
  closed: 'The path is closed here.',
  kicked: 'You were shown out.',
  inactive: 'You were away for a while.',
  rateLimited: 'Too much at once. Come back in a while.',
  blocked: 'The path is not open to you. Ask the owner of this page why.',
  unknownPage: 'The square does not know this page.',
  comeBack: 'Step back in',
  unseen: 'You are watching unseen.',
  stepIn: 'Step in',
  slow: 'Calm now: this device was out of breath.',
  calm: 'Calm',
  moreComing: 'One moment…',
  moreFailed: 'This part did not load.',
  moreOld: 'The square has been renewed. Reload the page.',
} as const satisfies WordTable;

/** A file of the widget that has words of its own. */
export type WordFile = 'townring' | 'townring-street' | 'townring-more' | 'townring-panels' | 'townring-notes';

export type CoreKey = keyof typeof CORE_WORDS;
export type CoreWords = Words<CoreKey>;

/** Languages that have a table beside the bundle; English stands in it. */
export const LANGUAGES: readonly string[] = ['ar', 'de', 'es', 'fr', 'ja', 'pt', 'tr'];

/** @param tag a BCP 47 tag, such as `pt-BR` @returns undefined for English and for languages without a table */
export function languageOf(tag: string): string | undefined {
  const [language = ''] = tag.toLowerCase().split('-');
  return LANGUAGES.find((known) => known === language);
}

/**
 * Fetches a table of a language from beside the bundle and speaks it; anything that fails leaves English.
 * @param file of the widget that says these words
 * @param english in the order of the table
 * @param base URL of the bundle
 * @returns whether anything that is written has to be written anew
 */
export async function speak(
  wording: Wording,
  language: string,
  file: WordFile,
  english: WordTable,
  base: string,
): Promise<boolean> {
  try {
    const answer = await fetch(new URL(`${file}.${language}.json`, base));
    if (!answer.ok) return false;
    const table: unknown = await answer.json();
    // Of another build the words may stand in another order.
    if (!Array.isArray(table) || table[0] !== TOWNRING_BUILD.slice(0, BUILD_UNITS)) return false;
    wording.use(language, tableFrom(table.slice(1), Object.keys(english)));
    return true;
  } catch {
    return false;
  }
}
