/** `<town-square>`: attributes and page life in, one strip inside. */
import type { Side } from '../../src/protocol/limits.ts';
import { webUrl } from './model/decode.ts';
import type { StripSettings } from './settings.ts';
import { Strip } from './strip.ts';
import { languageOf } from './words/strings.ts';
import { STYLES } from './view/styles.ts';
import { ownWords } from './words/words.ts';
import { resolveTheme } from './view/theme.ts';

/** The strip connects when it comes this near to the view. */
const NEAR_PX = 300;
/** Finer pictures cost more than eyes see of them. */
const PIXEL_RATIO_MAX = 3;

/** Where this script came from: the square, unless the element names another. */
const SCRIPT_ORIGIN = new URL(import.meta.url).origin;

export class TownSquare extends HTMLElement {
  static readonly observedAttributes = [
    'href',
    'site',
    'theme',
    'hop',
    'horizon',
    'start',
    'watch',
    'kit',
    'calm',
    'label',
    'lang',
  ];

  #strip: Strip | undefined;
  #ends: (() => void)[] = [];
  #isNear = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
  }

  connectedCallback(): void {
    this.#build();
    // What a page set before the script came stands before the accessor.
    if (!Object.hasOwn(this, 'calm')) return;
    const { calm } = this;
    Reflect.deleteProperty(this, 'calm');
    this.calm = calm;
  }

  disconnectedCallback(): void {
    this.#tearDown();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.#strip === undefined || before === after) return;
    if (name === 'theme') this.#strip.recolor(resolveTheme(this, after));
    else if (name === 'calm') this.#strip.profile.preferCalm(this.#prefersCalm());
    else if (name === 'label') this.#strip.name();
    else {
      this.#tearDown();
      this.#build();
    }
  }

  /** Nothing glides or waves. Setting it is remembered on this site. */
  get calm(): boolean {
    return this.#strip?.profile.isCalm ?? this.hasAttribute('calm');
  }

  set calm(isCalm: boolean) {
    if (this.#strip !== undefined) this.#strip.profile.isCalm = isCalm;
  }

  /** The square this strip talks to: its origin and, for a hosted site, the site's key. */
  get square(): { readonly href: string; readonly site: string | undefined } {
    const href = webUrl(this.getAttribute('href') ?? '');
    return {
      href: href === undefined ? SCRIPT_ORIGIN : new URL(href).origin,
      site: this.getAttribute('site') ?? undefined,
    };
  }

  /** People on this street now, this visitor included; 0 while not connected. */
  get people(): number {
    return this.#strip?.world.people.size ?? 0;
  }

  /** Walks out through a gate to the neighbour's page. */
  go(side: Side): void {
    this.#strip?.go(side);
  }

  #build(): void {
    const root = this.shadowRoot;
    if (root === null) return;
    // The later parts of a strip that is built anew bring their own.
    root.adoptedStyleSheets.splice(1);
    const strip = new Strip(this, this.#settings(), {
      joined: (people) => this.#emit('ts-join', { people }),
      counted: (people) => this.#emit('ts-count', { people }),
      failed: (reason) => this.#emit('ts-error', { reason }),
      mayHop: (side, url, kind) => this.#emit('ts-hop', { side, url, kind }, true),
    });
    this.#strip = strip;
    strip.frame.town.setAttribute('role', 'region');
    root.replaceChildren(strip.frame.town);
    strip.profile.preferCalm(this.#prefersCalm());
    strip.name();
    this.#watch(strip);
  }

  #tearDown(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#strip?.stop();
    this.#strip = undefined;
    this.#isNear = false;
  }

  #watch(strip: Strip): void {
    const { town } = strip.frame;
    const recolor = (): void => strip.recolor(resolveTheme(this, this.getAttribute('theme')));
    // Heard for the first time when the page is laid out and before it is shown: to ask any sooner would lay it out twice.
    const sizes = new ResizeObserver(([entry]) => {
      const [box] = entry?.devicePixelContentBoxSize ?? [];
      const widthPx = this.clientWidth;
      recolor();
      // A zoomed part of a page needs more than the page; hundredths are what rounding to whole px leaves.
      const zoomed = box === undefined ? 0 : Math.round((100 * box.inlineSize) / (entry?.contentRect.width ?? 1)) / 100;
      strip.resize(widthPx, Math.min(Math.max(zoomed, devicePixelRatio), PIXEL_RATIO_MAX));
    });
    try {
      // Heard of when the page is zoomed, in either way, or goes to another screen.
      sizes.observe(town, { box: 'device-pixel-content-box' });
    } catch {
      // Safari does not know it.
      sizes.observe(town);
    }
    let isOnScreen = false;
    let isVisible = false;
    const near = new IntersectionObserver(
      (entries) => {
        if (this.#isNear || !entries.some((entry) => entry.isIntersecting)) return;
        this.#isNear = true;
        strip.start();
      },
      { rootMargin: `${NEAR_PX}px` },
    );
    const seen = new IntersectionObserver(
      ([entry]) => {
        isOnScreen = entry?.isIntersecting === true;
        isVisible = (entry?.intersectionRatio ?? 0) >= 0.5;
        strip.show(isOnScreen, isVisible);
      },
      { threshold: [0, 0.5] },
    );
    near.observe(this);
    seen.observe(this);
    const look = (): void => strip.attend();
    this.#on(document, 'visibilitychange', () => {
      strip.show(isOnScreen, isVisible);
      look();
    });
    for (const type of ['focus', 'blur']) this.#on(window, type, look);
    for (const type of ['pageshow', 'online']) this.#on(window, type, () => strip.returned());
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    const motion = matchMedia('(prefers-reduced-motion: reduce)');
    this.#on(darkness, 'change', recolor);
    this.#on(matchMedia('(forced-colors: active)'), 'change', recolor);
    this.#on(motion, 'change', () => strip.profile.preferCalm(this.#prefersCalm()));
    // A page's own theme switch is a class or attribute of its root, as a rule.
    const pageTheme = new MutationObserver(recolor);
    for (const node of [document.documentElement, document.body]) pageTheme.observe(node, { attributes: true });
    this.#ends.push(() => {
      for (const observer of [sizes, near, seen, pageTheme]) observer.disconnect();
    });
  }

  #on(target: EventTarget, type: string, listener: () => void): void {
    target.addEventListener(type, listener);
    this.#ends.push(() => target.removeEventListener(type, listener));
  }

  #prefersCalm(): boolean {
    return this.hasAttribute('calm') || matchMedia('(prefers-reduced-motion: reduce)').matches;
  }

  #settings(): StripSettings {
    const { href, site } = this.square;
    const isOverlay = this.hasAttribute('watch');
    const socket = new URL('/live', href);
    socket.protocol = socket.protocol === 'https:' ? 'wss:' : 'ws:';
    if (site !== undefined) socket.searchParams.set('siteKey', site);
    return {
      language: languageOf(this.lang || document.documentElement.lang || navigator.language),
      socketUrl: socket.href,
      hop: oneOf(this.getAttribute('hop'), ['soft', 'page', 'off']),
      horizon: oneOf(this.getAttribute('horizon') ?? (savesData() ? 'count' : null), ['on', 'count', 'off']),
      startsOnClick: this.getAttribute('start') === 'click' && !isOverlay,
      isOverlay,
      sharesPage: this.hasAttribute('share-page'),
      kit: (this.getAttribute('kit') ?? '').split(/[\s,]+/),
      words: ownWords(this.querySelector('script[type="application/json"]')?.textContent ?? ''),
      links: linksOf(this),
    };
  }

  #emit(type: string, detail: object, cancelable = false): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }));
  }
}

/** The visitor asked the browser to save data. */
function savesData(): boolean {
  const connection: unknown = Reflect.get(navigator, 'connection');
  return typeof connection === 'object' && connection !== null && Reflect.get(connection, 'saveData') === true;
}

/** @returns the first choice for anything unknown */
function oneOf<T extends string>(value: string | null, choices: readonly [T, ...T[]]): T {
  return choices.find((choice) => choice === value) ?? choices[0];
}

/** The plain links inside the element: the first leads left, the last right. */
function linksOf(host: HTMLElement): StripSettings['links'] {
  const links = [...host.querySelectorAll('a')].flatMap((link) => {
    const url = webUrl(link.href);
    const name = (link.textContent ?? '').replace(/^[\s←‹<«]+|[\s→›>»]+$/g, '');
    return url === undefined || name === '' ? [] : [{ name, url }];
  });
  return { left: links[0], right: links.length > 1 ? links.at(-1) : undefined };
}
