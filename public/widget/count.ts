/**
 * `<town-square-count>`: how many people are on a square's street, in the page's language, for pages and places too small
 * for the strip. Asks over HTTP, opens no socket. An entry of its own: `townring-count.js`.
 */
import { languageOf, speak } from './words/strings.ts';
import { Wording } from './words/words.ts';

/** A square answers one address 600 times an hour; a page with a handful of counters stays far below that. */
const ASK_EVERY_MS = 60_000;
/** The first words of the strip's table are all that is wanted of it. */
const ENGLISH = { heads: { one: '{n} person', other: '{n} people' } } as const;
const STYLES = `:host{white-space:nowrap;unicode-bidi:isolate;font-variant-numeric:tabular-nums}:host([hidden]){display:none}
.lamp{display:inline-block;width:.55em;height:.55em;margin-inline-end:.4em;border-radius:50%;border:1px solid;vertical-align:.05em}
.lit{background:var(--ts-lamp,#f6b13d)}`;
const SCRIPT_ORIGIN = new URL(import.meta.url).origin;

class TownSquareCount extends HTMLElement {
  static readonly observedAttributes = ['href', 'site'];

  readonly #wording = new Wording(ENGLISH);
  readonly #lamp = document.createElement('span');
  readonly #words = document.createElement('span');
  readonly #near: IntersectionObserver;
  #people: number | undefined;
  #isSeen = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
    this.#lamp.setAttribute('part', 'lamp');
    this.#words.setAttribute('part', 'words');
    // Apart from the text around, which may run the other way.
    this.#words.dir = 'auto';
    // What the page wrote inside is shown until a number is known.
    root.append(document.createElement('slot'));
    this.#near = new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting === true;
      this.#look();
    });
  }

  /** People there at the last answer; undefined before the first. */
  get people(): number | undefined {
    return this.#people;
  }

  connectedCallback(): void {
    const language = languageOf(this.lang || document.documentElement.lang || navigator.language);
    if (language !== undefined) {
      void speak(this.#wording, language, 'townring', ENGLISH, import.meta.url).then(() => this.#write());
    }
    this.#near.observe(this);
    document.addEventListener('visibilitychange', this.#look);
  }

  disconnectedCallback(): void {
    this.#near.disconnect();
    document.removeEventListener('visibilitychange', this.#look);
    this.#rest();
  }

  attributeChangedCallback(): void {
    if (!this.isConnected) return;
    this.#rest();
    this.#look();
  }

  /** Asks now and then while somebody can see the number, and not at all otherwise. */
  readonly #look = (): void => {
    if (!this.#isSeen || document.hidden) this.#rest();
    else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#look();
      }, ASK_EVERY_MS);
      void this.#ask();
    }
  };

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #ask(): Promise<void> {
    try {
      const url = new URL('/api/site-presence', this.getAttribute('href') ?? SCRIPT_ORIGIN);
      const site = this.getAttribute('site');
      if (site !== null) url.searchParams.set('siteKey', site);
      const answer = await fetch(url);
      const body: unknown = answer.ok ? await answer.json() : undefined;
      const people = typeof body === 'object' && body !== null && 'activeVisitors' in body && body.activeVisitors;
      if (typeof people !== 'number' || !Number.isSafeInteger(people) || people < 0) return;
      this.#people = people;
      this.#write();
      this.dispatchEvent(new CustomEvent('ts-count', { detail: { people }, bubbles: true, composed: true }));
    } catch {
      // No answer: the last number stays, or what the page wrote.
    }
  }

  #write(): void {
    if (this.#people === undefined) return;
    this.#lamp.className = this.#people > 0 ? 'lamp lit' : 'lamp';
    this.#words.textContent = this.#wording.say('heads', { n: this.#people });
    this.shadowRoot?.replaceChildren(this.#lamp, this.#words);
  }
}

if (customElements.get('town-square-count') === undefined) {
  customElements.define('town-square-count', TownSquareCount);
}
