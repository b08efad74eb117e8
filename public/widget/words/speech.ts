/** What one strip says: its owner's words, else the page's language, learnt file by file, else English. */
import { CORE_WORDS, speak, type WordFile } from './strings.ts';
import { Wording, type WordTable } from './words.ts';

export class Speech {
  readonly #wording: Wording;
  readonly #language: string | undefined;
  readonly #onChange: () => void;

  /**
   * @param own words of the page's owner
   * @param language of the page, where there is a table for it
   * @param onChange hears that all that is written has to be written anew
   */
  constructor(own: WordTable, language: string | undefined, onChange: () => void) {
    this.#wording = new Wording(CORE_WORDS, own);
    this.#language = language;
    this.#onChange = onChange;
    void this.#speak('townring', CORE_WORDS);
  }

  /** Finds the texts of every file that was learnt. */
  get words(): Wording['say'] {
    return this.#wording.say;
  }

  /** Takes the words of a file that came later; the promise keeps when they are there in the page's language. */
  learn(file: WordFile, english: WordTable): Promise<void> {
    this.#wording.add(english);
    return this.#speak(file, english);
  }

  async #speak(file: WordFile, english: WordTable): Promise<void> {
    if (this.#language === undefined) return;
    if (await speak(this.#wording, this.#language, file, english, import.meta.url)) this.#onChange();
  }
}
