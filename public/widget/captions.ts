/** Text that follows from the state: how many are here, what can be done, and the one line over the path. */
import { noticeFor, type NoticeAction, type NoticeInput, type Remark } from './model/notice.ts';
import type { CoreWords } from './words/strings.ts';
import type { Timers } from './time/timers.ts';
import { setText } from './view/dom.ts';
import { countPeople, shutBar, type Frame } from './view/frame.ts';
import { NoticeView } from './view/notice-view.ts';

const COUNTDOWN_MS = 500;

export interface CaptionState extends NoticeInput {
  /** One has a figure here. */
  readonly hasSelf: boolean;
  /** Unseen by the visitor's own wish. */
  readonly isHiding: boolean;
}

export interface CaptionsDeps {
  readonly frame: Frame;
  readonly words: CoreWords;
  readonly timers: Timers;
  /** What there is to say of the street, once that is here. */
  readonly remarkOn: (state: NoticeInput) => Remark | undefined;
  readonly onAction: (action: NoticeAction) => void;
  /** Another number of people than before. */
  readonly onCount: (people: number) => void;
  /** A number in the text is old. */
  readonly onTick: () => void;
}

export class Captions {
  readonly #deps: CaptionsDeps;
  readonly #notice: NoticeView;
  #count = 0;
  #wasNewcomer = false;

  constructor(deps: CaptionsDeps) {
    this.#deps = deps;
    this.#notice = new NoticeView(deps.frame, deps.words, deps.onAction);
  }

  /** Cheap when nothing changed. */
  write(state: CaptionState): void {
    const { frame, words, timers, onCount, onTick, remarkOn } = this.#deps;
    const { connection, people } = state;
    const shut = connection.name === 'stopped' ? 'closed' : state.isHiding ? 'unseen' : undefined;
    countPeople(frame, words, people, state.hasSelf, connection.name === 'live', state.isPhone, shut);
    shutBar(frame, words, shut);
    this.#notice.show(noticeFor(state, words, remarkOn));
    // Elsewhere than on a phone it stands under the figure, which nobody hears.
    if (state.isNewcomer && !this.#wasNewcomer) setText(frame.status, words('firstVisit'));
    this.#wasNewcomer = state.isNewcomer;
    if (connection.name === 'waiting') timers.after('countdown', COUNTDOWN_MS, onTick);
    if (people === this.#count || people === 0) return;
    this.#count = people;
    onCount(people);
  }
}
