/** The line in which one speaks. */
import type { Clock, Timer } from '../time/clock.ts';
import type { Frame } from './frame.ts';

/** Without a key for this long nobody is typing. Source: wire protocol, section 14. */
const TYPING_MS = 2_500;

export interface ComposerActions {
  /** @returns false to keep the text, because it may not go out yet */
  say(text: string): boolean;
  typing(isTyping: boolean): void;
  /** Escape. */
  leave(): void;
}

export class Composer {
  readonly #frame: Frame;
  readonly #clock: Clock;
  readonly #actions: ComposerActions;
  #timer: Timer | undefined;
  #isTyping = false;

  constructor(frame: Frame, clock: Clock, actions: ComposerActions) {
    this.#frame = frame;
    this.#clock = clock;
    this.#actions = actions;
    const { form, input } = frame;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    input.addEventListener('input', () => this.#typed());
    input.addEventListener('blur', () => this.#type(false));
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') actions.leave();
    });
    // Somebody may have typed before this was here.
    if (input.value !== '') this.#typed();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Says what stands in the line, if it may go out. */
  submit(): void {
    const { input } = this.#frame;
    const text = input.value.trim();
    if (text === '' || !this.#actions.say(text)) return;
    input.value = '';
    this.#typed();
  }

  #typed(): void {
    const { input, send } = this.#frame;
    const isEmpty = input.value.trim() === '';
    send.hidden = isEmpty;
    this.#timer?.cancel();
    this.#type(!isEmpty);
    if (!isEmpty) this.#timer = this.#clock.setTimer(() => this.#type(false), TYPING_MS);
  }

  #type(isTyping: boolean): void {
    if (isTyping === this.#isTyping) return;
    this.#isTyping = isTyping;
    this.#actions.typing(isTyping);
  }
}
