/** Shows the notice of the moment and hears its buttons. */
import type { Notice } from '../model/notice.ts';
import type { Strings } from '../strings.ts';
import { el, setText } from './dom.ts';
import type { Frame } from './frame.ts';

type Action = Notice['actions'][number];

export class NoticeView {
  readonly #frame: Frame;
  readonly #strings: Strings;
  readonly #onAction: (action: Action) => void;
  readonly #text = el('span');
  #key = '';

  constructor(frame: Frame, strings: Strings, onAction: (action: Action) => void) {
    this.#frame = frame;
    this.#strings = strings;
    this.#onAction = onAction;
  }

  show(notice: Notice | undefined): void {
    const { notice: place, status } = this.#frame;
    setText(this.#text, notice?.text ?? '');
    // The countdown changes its words every second: its button must stay under the finger. A remark in the air is a new
    // element each time, since words that grow in their place would shift.
    const key = notice === undefined ? '' : notice.isPlain ? notice.text : `${notice.actions.join()}!`;
    if (key === this.#key) return;
    this.#key = key;
    if (notice === undefined) {
      place.replaceChildren();
      return;
    }
    const buttons = notice.actions.map((action) => this.#button(action));
    const words = notice.isPlain ? notice.text : this.#text;
    place.replaceChildren(el('div', { class: notice.isPlain ? 'plain' : 'firm' }, words, ...buttons));
    if (notice.isAnnounced && notice.text !== '') setText(status, notice.text);
  }

  #button(action: Action): HTMLButtonElement {
    const names = {
      try: this.#strings.tryNow,
      start: this.#strings.start,
      accept: this.#strings.yes,
      decline: this.#strings.no,
    };
    const button = el('button', { type: 'button' }, names[action]);
    button.addEventListener('click', () => this.#onAction(action));
    return button;
  }
}
