/** How the widget finds its words: tables by language, plurals and numbers as the language has them. Pure. */

/** One text, or one for each plural category of the language that `n` falls into. */
export type Text = string | (Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string });
export type WordTable = Readonly<Record<string, Text>>;
export type Values = Readonly<Record<string, string | number>>;

/** Looks a text up and fills in its `{places}`; `{n}` also chooses the plural. */
export type Words<Key extends string> = (key: Key, values?: Values) => string;

/** Longest text that a table may bring; a table comes over the network. */
const TEXT_MAX_UNITS = 600;
/** From here on English writes a comma. */
const ENGLISH_GROUPS = 1_000;
const RTL = /[\u0590-\u08ff\ufb1d-\ufeff]/;

export class Wording {
  #english: WordTable;
  #table: WordTable = {};
  /** undefined: English. A browser takes longer to make its first two of these than the strip for all the rest. */
  #plurals: Intl.PluralRules | undefined;
  #numbers: Intl.NumberFormat | undefined;

  readonly #own: WordTable;

  /** @param own words of the page's owner, which come before those of any language */
  constructor(english: WordTable, own: WordTable = {}) {
    this.#english = english;
    this.#own = own;
  }

  /** Further English words, of a part that was loaded later. */
  add(english: WordTable): void {
    this.#english = { ...this.#english, ...english };
  }

  /** Speaks another language from now on, and keeps what it knows of it; what is in no table stays English. */
  use(language: string, table: WordTable): void {
    this.#table = { ...this.#table, ...table };
    this.#plurals = new Intl.PluralRules(language);
    this.#numbers = new Intl.NumberFormat(language);
  }

  readonly say = (key: string, values: Values = {}): string => {
    const text = this.#own[key] ?? this.#table[key] ?? this.#english[key] ?? '';
    const words = typeof text === 'string' ? text : (text[this.#pluralOf(values['n'])] ?? text.other);
    return words.replace(/\{(\w+)\}/g, (_place, name: string) => this.#fill(values[name] ?? '', words));
  };

  #pluralOf(n: unknown): Intl.LDMLPluralRule {
    if (typeof n !== 'number') return 'other';
    return this.#plurals?.select(n) ?? (n === 1 ? 'one' : 'other');
  }

  #write(n: number): string {
    if (this.#numbers === undefined && n < ENGLISH_GROUPS) return String(n);
    this.#numbers ??= new Intl.NumberFormat('en');
    return this.#numbers.format(n);
  }

  /** What was written by others keeps its direction to itself where directions could meet. */
  #fill(value: string | number, around: string): string {
    if (typeof value === 'number') return this.#write(value);
    return RTL.test(value + around) ? `\u2068${value}\u2069` : value;
  }
}

/** Reads the words of a page's owner, an object of texts by their names; none where it is no such thing. */
export function ownWords(json: string): WordTable {
  try {
    const table: unknown = JSON.parse(json);
    return typeof table === 'object' && table !== null ? tableFrom(Object.values(table), Object.keys(table)) : {};
  } catch {
    return {};
  }
}

/**
 * Reads a fetched table, a list of texts; whatever is no text is left out.
 * @param keys of the texts, in the table's order
 */
export function tableFrom(texts: readonly unknown[], keys: readonly string[]): WordTable {
  const isText = (text: unknown): text is string => typeof text === 'string' && text.length <= TEXT_MAX_UNITS;
  return Object.fromEntries(
    keys.flatMap((key, index): [string, Text][] => {
      const text = texts[index];
      if (isText(text)) return [[key, text]];
      if (typeof text !== 'object' || text === null) return [];
      const plurals: Record<string, string> = Object.fromEntries(Object.entries(text).filter(([, one]) => isText(one)));
      const { other } = plurals;
      return other === undefined ? [] : [[key, { ...plurals, other }]];
    }),
  );
}
