/** `townring-notes.js`: what visitors pinned to the notice board, and a note for it by whoever is alone in the ring. */
import type { NoteView } from '../../../src/protocol/frames.ts';
import { isQuiet } from '../../../src/protocol/quiet.ts';
import { selfOf, type World } from '../model/world.ts';
import { el, setText } from '../view/dom.ts';
import type { Frame } from '../view/frame.ts';
import { NOTE_WORDS, type NoteWords } from './note-words.ts';
import { NoteForm } from './note-form.ts';
import { NOTE_STYLES } from './note-styles.ts';

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;
export const build: string = TOWNRING_BUILD;
export const texts = NOTE_WORDS;

/** How long ago is said in the largest of these that fits, s. */
const SPANS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

export interface NotesDeps {
  readonly host: HTMLElement;
  readonly frame: Frame;
  readonly world: World;
  readonly words: NoteWords;
  /** BCP 47; undefined: English. */
  readonly language: string | undefined;
  /** @returns false when nothing could be sent */
  readonly send: (message: object) => boolean;
  /** Opens the board, with these notes on it. @param then hears that it is open */
  readonly open: (then: () => void) => void;
}

export function openNotes(deps: NotesDeps): Notes {
  return new Notes(deps);
}

export class Notes {
  /** Belongs under what the owner wrote. */
  readonly node = el('div');
  readonly #deps: NotesDeps;
  readonly #title = el('h2');
  readonly #list = el('div');
  readonly #offer = el('button', { type: 'button', class: 'pill offer' });
  readonly #form: NoteForm;
  #shown: readonly NoteView[] | undefined;

  constructor(deps: NotesDeps) {
    this.#deps = deps;
    const { host, frame, words } = deps;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(NOTE_STYLES);
    host.shadowRoot?.adoptedStyleSheets.push(sheet);
    this.#form = new NoteForm({
      words,
      send: (text) => deps.send({ type: 'note', text }),
      announce: (text) => setText(frame.status, text),
    });
    this.node.append(this.#title, this.#list, this.#form.node);
    this.#offer.addEventListener('click', () => deps.open(() => this.#form.focus()));
  }

  /** The world changed. @param notes newest first; undefined where nobody may leave any */
  refresh(notes: readonly NoteView[] | undefined): void {
    const { frame, words, world } = this.#deps;
    const isAlone = world.people.size === 1 && selfOf(world) !== undefined && isQuiet(world.gates);
    const mayWrite = notes !== undefined && isAlone;
    this.node.hidden = notes === undefined;
    this.#form.node.hidden = !mayWrite;
    setText(this.#title, words('notes'));
    setText(this.#offer, words('leaveNote'));
    if (mayWrite && this.#offer.parentNode === null) frame.notice.append(this.#offer);
    else if (!mayWrite) {
      if (this.#offer.matches(':focus')) frame.stage.focus();
      this.#offer.remove();
    }
    if (notes !== undefined && notes !== this.#shown) this.#write(notes);
    this.#shown = notes;
  }

  /** The square answered a note. */
  answered(refused: unknown): void {
    this.#form.answered(refused);
  }

  /** Another language is spoken, or time has passed. */
  reword(): void {
    this.#form.reword();
    if (this.#shown !== undefined) this.#write(this.#shown);
  }

  #write(notes: readonly NoteView[]): void {
    const items = notes.map(({ text, at }) =>
      el('li', {}, el('p', { dir: 'auto' }, text), el('p', { class: 'quiet' }, this.#ago(at))),
    );
    this.#list.replaceChildren(
      items.length === 0
        ? el('p', { class: 'quiet' }, this.#deps.words('noNotes'))
        : el('ul', { class: 'pinned' }, ...items),
    );
  }

  #ago(at: number): string {
    const seconds = Math.max(0, (Date.now() - at) / 1_000);
    const [unit, length] = SPANS.find(([, span]) => seconds >= span) ?? (['minute', 60] as const);
    const format = new Intl.RelativeTimeFormat(this.#deps.language, { numeric: 'auto' });
    return format.format(-Math.floor(seconds / length), unit);
  }
}
