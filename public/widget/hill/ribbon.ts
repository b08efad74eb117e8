/** The line that says where the strip is, with the two ways on; and what a gate has to say. One tab stop. */
import type { MoreWords } from '../words/more-strings.ts';
import { bdi, el, setText } from '../view/dom.ts';
import type { Place } from './beyond.ts';

export interface RibbonState {
  readonly place: Place | undefined;
  /** What went along there. */
  readonly along: string;
  /** What a gate has to say, or what is seen over the hill. */
  readonly remark: string | undefined;
}

export class Ribbon {
  readonly node = el('div', { class: 'ribbon', role: 'group', hidden: true });
  readonly remarkNode = el('div', { class: 'ribbon remark', hidden: true });
  readonly #words: MoreWords;
  readonly #goHome: () => void;
  readonly #openPage: (url: string) => boolean;
  readonly #along = el('span', { class: 'along' });
  #shown: Place | undefined;

  /** @param openPage takes the page along to where the strip is; false: the link does it */
  constructor(words: MoreWords, goHome: () => void, openPage: (url: string) => boolean) {
    this.#words = words;
    this.#goHome = goHome;
    this.#openPage = openPage;
    // Two controls, one tab stop: arrows lead from one to the other.
    this.node.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const ways = [...this.node.querySelectorAll<HTMLElement>('a,button')];
      const next = ways.find((way) => way.tabIndex < 0);
      if (next === undefined) return;
      for (const way of ways) way.tabIndex = way === next ? 0 : -1;
      next.focus();
      event.preventDefault();
    });
  }

  show({ place, along, remark }: RibbonState): void {
    this.remarkNode.hidden = remark === undefined;
    this.remarkNode.classList.toggle('lower', place !== undefined);
    setText(this.remarkNode, remark ?? '');
    setText(this.#along, along);
    if (place?.url === this.#shown?.url && place?.name === this.#shown?.name) return;
    this.#shown = place;
    this.node.hidden = place === undefined;
    if (place === undefined) return;
    const words = this.#words;
    this.node.setAttribute('aria-label', words('youAreAt', { name: place.name }));
    const home = el('button', { type: 'button' }, words('walkHome'));
    home.addEventListener('click', () => this.#goHome());
    const page = el('a', { href: place.url, tabindex: -1 }, words('openPage'));
    page.addEventListener('click', (event) => {
      // In a tab of its own somebody else arrives, while one stays here.
      const isHere = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
      if (isHere && this.#openPage(place.url)) event.preventDefault();
    });
    this.node.replaceChildren(el('span', { class: 'at' }, bdi(place.name)), this.#along, home, page);
  }

  /** Another language is spoken. */
  reword(): void {
    this.#shown = undefined;
  }
}
