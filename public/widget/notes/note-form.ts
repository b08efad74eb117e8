/** Where a note is written. What is refused stays in it. */
import { NOTE_MAX_GRAPHEMES, NOTE_MAX_UNITS } from '../../../src/protocol/limits.ts';
import { el, setText } from '../view/dom.ts';
import type { NoteWords } from './note-words.ts';

const REFUSALS = ['not-alone', 'too-long', 'repeated', 'too-fast'] as const;

/** @param text trimmed @returns whether a square takes a note of that length */
export function fitsOnNote(text: string): boolean {
  return text.length <= NOTE_MAX_UNITS && [...new Intl.Segmenter().segment(text)].length <= NOTE_MAX_GRAPHEMES;
}

export interface NoteFormDeps {
  readonly words: NoteWords;
  /** @returns false when nothing could be sent */
  readonly send: (text: string) => boolean;
  /** Read out, politely. */
  readonly announce: (text: string) => void;
}

export class NoteForm {
  readonly node = el('form', { class: 'write' });
  readonly #field = el('input', { autocomplete: 'off', dir: 'auto' });
  readonly #label = el('span');
  readonly #help = el('p', { class: 'quiet' });
  readonly #pin = el('button', { class: 'pill wide' });
  readonly #deps: NoteFormDeps;
  #isSent = false;

  constructor(deps: NoteFormDeps) {
    this.#deps = deps;
    this.node.append(el('label', { class: 'field' }, this.#label, this.#field), this.#help, this.#pin);
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.reword();
  }

  focus(): void {
    this.#field.focus();
  }

  /** The square answered. @param refused undefined: it hangs there */
  answered(refused: unknown): void {
    if (!this.#isSent) return;
    this.#isSent = false;
    if (refused === undefined) {
      this.#field.value = '';
      this.#say(this.#deps.words('pinned'));
    } else this.#refuse(REFUSALS.find((known) => known === refused) ?? 'off');
  }

  /** Another language is spoken. */
  reword(): void {
    const { words } = this.#deps;
    setText(this.#label, words('yourNote'));
    setText(this.#help, words('noteKept'));
    setText(this.#pin, words('pinUp'));
  }

  #submit(): void {
    const text = this.#field.value.trim();
    if (text === '' || this.#isSent) return;
    if (!fitsOnNote(text)) return this.#refuse('too-long');
    this.#isSent = this.#deps.send(text);
    if (!this.#isSent) this.#refuse('off');
  }

  #refuse(reason: (typeof REFUSALS)[number] | 'off'): void {
    this.#say(this.#deps.words(`note-${reason}`, { n: NOTE_MAX_GRAPHEMES }));
  }

  #say(text: string): void {
    setText(this.#help, text);
    this.#deps.announce(text);
  }
}
