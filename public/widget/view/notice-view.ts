/** Shows the notice of the moment and hears its buttons. */
import type { Notice, NoticeAction } from '../model/notice.ts';
import type { CoreWords } from '../words/strings.ts';
import { el, setText } from './dom.ts';
import type { Frame } from './frame.ts';

const NOTHING: Partial<Notice> = { about: '' };

export class NoticeView {
  readonly #frame: Frame;
  readonly #words: CoreWords;
  readonly #onAction: (action: NoticeAction) => void;
  readonly #text = el('span');
  #key = '';
  #about = '';

  constructor(frame: Frame, words: CoreWords, onAction: (action: NoticeAction) => void) {
    this.#frame = frame;
    this.#words = words;
    this.#onAction = onAction;
  }

  show(notice: Notice | undefined): void {
    const { text = '', about = this.#about || text, isAnnounced = false } = notice ?? NOTHING;
    setText(this.#text, text);
    if (about !== this.#about && isAnnounced && text !== '') setText(this.#frame.status, text);
    this.#about = about;
    // The countdown changes its words every second: its button must stay under the finger. A remark in the air is a new
    // element each time, since words that grow in their place would shift.
    const key = notice === undefined ? '' : notice.isPlain ? text : `${notice.actions.join()}!`;
    if (key === this.#key) return;
    this.#key = key;
    const nodes = notice === undefined ? [] : [this.#line(notice)];
    this.#frame.notice.replaceChildren(...nodes);
  }

  #line({ text, actions, isPlain }: Notice): HTMLElement {
    const buttons = actions.map((action) => this.#button(action));
    return el('div', { class: isPlain ? 'plain' : 'firm' }, isPlain ? text : this.#text, ...buttons);
  }

  #button(action: NoticeAction): HTMLButtonElement {
    const names = {
      try: this.#words('tryNow'),
      more: this.#words('tryNow'),
      start: this.#words('start'),
      back: this.#words('comeBack'),
      join: this.#words('stepIn'),
      accept: this.#words('yes'),
      decline: this.#words('no'),
    };
    const button = el('button', { type: 'button' }, names[action]);
    button.addEventListener('click', () => this.#onAction(action));
    return button;
  }
}
