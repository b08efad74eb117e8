/** Who the visitor is here. */
import { READING_URL_MAX_UNITS } from '../../../src/protocol/limits.ts';
import { colorOfCoat, encodeLook, type Look } from '../../../src/protocol/look.ts';
import { selfOf, type World } from '../model/world.ts';
import { Memory } from '../net/memory.ts';

export interface ProfileDeps {
  readonly world: World;
  /** Address of its socket. */
  readonly square: string;
  readonly send: (message: object) => boolean;
  readonly sharesPage: boolean;
  /** The visitor comes through a gate, which is a deed already. */
  readonly isArriving: boolean;
  readonly onChange: () => void;
  /** The visitor has a figure now, or has none any more. */
  readonly onUnseen: () => void;
  readonly onPageShown: () => void;
}

export class Profile {
  readonly memory: Memory;
  readonly #deps: ProfileDeps;
  readonly #asksForPrivacy =
    Reflect.get(navigator, 'globalPrivacyControl') === true || Reflect.get(navigator, 'doNotTrack') === '1';
  #prefersCalm = false;
  #isBreathless = false;

  constructor(deps: ProfileDeps) {
    this.#deps = deps;
    this.memory = new Memory(deps.square, Math.random);
    if (deps.isArriving) this.memory.onPage.hasActed = true;
  }

  /** Unseen for the browser's sake, until the visitor does something. */
  get #isShy(): boolean {
    return this.#asksForPrivacy && !this.memory.onPage.hasActed;
  }

  get isCalm(): boolean {
    return this.memory.me.calm ?? (this.#prefersCalm || this.#isBreathless);
  }

  /** The visitor's word, which is remembered. */
  set isCalm(isCalm: boolean) {
    this.memory.keep({ calm: isCalm });
    this.#deps.onChange();
  }

  /** The device is too slow for moving pictures; calm until the visitor says otherwise. */
  calmDown(): void {
    this.#isBreathless = true;
    this.#deps.onChange();
  }

  /** What the system or the page prefers, until the visitor says otherwise. */
  preferCalm(isCalm: boolean): void {
    this.#prefersCalm = isCalm;
    this.#deps.onChange();
  }

  /** A browser that asks for privacy is counted, not drawn, until its visitor says otherwise. */
  get isBeyondHill(): boolean {
    return this.memory.me.beyondHill ?? !this.#asksForPrivacy;
  }

  /** The square's hello: its word on name and look wins, as far as it knows looks. */
  greeted(secret: string, look: Look | undefined): void {
    const self = selfOf(this.#deps.world);
    if (self === undefined) return;
    self.look = look ?? this.memory.me.look;
    this.memory.learn({ name: self.name, look: self.look, browserSecret: secret || this.memory.me.browserSecret });
  }

  wear(name: string, look: Look): void {
    const { world, send, onChange } = this.#deps;
    this.memory.learn({ name, look });
    Object.assign(selfOf(world) ?? {}, { name, look });
    send({ type: 'profile', displayName: name, color: colorOfCoat(look.coat), look: encodeLook(look) });
    onChange();
  }

  /** The same, because the visitor said so: worth remembering. */
  choose(name: string, look: Look): void {
    this.memory.keep({});
    this.wear(name, look);
    this.acted();
  }

  /** Watches without a figure, or steps in again. */
  set isUnseen(isUnseen: boolean) {
    this.memory.keep({ isUnseen });
    this.#deps.onUnseen();
  }

  /** Unseen by the visitor's own wish, which no deed but stepping in ends. */
  get isHiding(): boolean {
    return this.memory.me.isUnseen === true;
  }

  get isUnseen(): boolean {
    return this.memory.me.isUnseen ?? this.#isShy;
  }

  /**
   * The visitor did something on the strip: who was unseen only for the browser's sake has a figure from now on. Nothing is
   * remembered of it.
   * @returns whether that changed anything
   */
  acted(): boolean {
    if (!this.#isShy || this.memory.me.isUnseen !== undefined) return false;
    this.memory.onPage.hasActed = true;
    this.#deps.onUnseen();
    return true;
  }

  /** The visitor asks for a figure. */
  stepIn(): void {
    if (!this.acted()) this.isUnseen = false;
  }

  /** Whether others see which page is read: as its owner and the visitor both want. */
  get isPageShown(): boolean {
    return this.#deps.sharesPage && this.memory.me.showsPage;
  }

  /** Address for `reading`: "" takes back one that was told; undefined where the owner shows none. */
  get page(): string | undefined {
    if (!this.#deps.sharesPage) return undefined;
    return this.isPageShown ? (location.origin + location.pathname).slice(0, READING_URL_MAX_UNITS) : '';
  }

  set isPageShown(isShown: boolean) {
    this.memory.keep({ showsPage: isShown });
    this.#deps.onPageShown();
  }

  /** Off unless the visitor switches it on, which is remembered. */
  get hasSound(): boolean {
    return this.memory.me.hasSound;
  }

  set hasSound(hasSound: boolean) {
    this.memory.keep({ hasSound });
  }

  /** The visitor walked over a hill. @returns whether for the first time, as far as is remembered */
  hopped(): boolean {
    const { hasHopped } = this.memory.me;
    if (!hasHopped) this.memory.learn({ hasHopped: true });
    return !hasHopped;
  }

  showBeyondHill(isShown: boolean): void {
    this.memory.keep({ beyondHill: isShown });
    this.#deps.send({ type: 'privacy', beyondHill: isShown });
  }
}
