/**
 * What comes after the first figure. `townring-street.js`, what stands on the street and at its ends, comes at once;
 * `townring-more.js`, names, words and whatever can wait, when the browser has nothing better to do; `townring-panels.js`
 * after that. The first press of a button has them come at once.
 */
import type { LaterState } from '../model/notice.ts';
import type { WorldEvent } from '../model/world.ts';
import type { More, MoreDeps } from '../more.ts';
import type { PanelName, Panels, PanelsDeps } from '../panels/panels.ts';
import { Part, type PartDeps, type PartModule } from './part.ts';
import type { Street, StreetDeps } from '../street/street.ts';

export interface MoreModule extends PartModule {
  readonly openMore: (deps: MoreDeps) => More;
}

export interface StreetModule extends PartModule {
  readonly openStreet: (deps: StreetDeps) => Street;
}

export interface PanelsModule extends PartModule {
  readonly openPanels: (deps: PanelsDeps) => Panels;
}

/** The browser has had its time for the page by then. */
const IDLE_MS = 1_500;
const WORST: readonly LaterState[] = ['failed', 'old', 'coming', 'none'];
/** Events kept for it; more have happened only if it does not come. */
const UNHEARD_MAX = 50;

export interface LaterDeps extends PartDeps {
  /** Runs when the browser has time. @returns how to call it off */
  readonly whenIdle: (run: () => void) => () => void;
  readonly pave: (open: StreetModule['openStreet']) => void;
  readonly furnish: (open: MoreModule['openMore']) => More;
}

export class Later {
  readonly #deps: LaterDeps;
  readonly #street: Part<StreetModule>;
  readonly #more: Part<MoreModule>;
  readonly #panels: Part<PanelsModule>;
  #callOff: (() => void) | undefined;
  #part: More | undefined;
  /** The panels are here too. */
  #opened: Panels | undefined;
  /** The panel to open when it is here. */
  #panel: PanelName | undefined;
  /** Enter was pressed in the composer, which has to wait for its other half. */
  #isSubmitted = false;
  /** What happened meanwhile. */
  #unheard: WorldEvent[] = [];

  constructor(deps: LaterDeps) {
    this.#deps = deps;
    this.#street = new Part('townring-street', deps, ({ openStreet }) => deps.pave(openStreet));
    this.#more = new Part('townring-more', deps, ({ openMore }) => this.#furnish(openMore));
    this.#panels = new Part('townring-panels', deps, ({ openPanels }) => this.#hang(openPanels));
  }

  /** Of all together. */
  get state(): LaterState {
    const states = new Set([this.#street.state, this.#more.state, this.#panels.state]);
    return WORST.find((state) => states.has(state)) ?? 'here';
  }

  /** undefined until it is here. */
  get part(): More | undefined {
    return this.#part;
  }

  /** Somebody waits for it. */
  get isAwaited(): boolean {
    return this.#panel !== undefined || (this.#part === undefined && this.#isSubmitted);
  }

  /** Opens a panel when the file is here; from then on the panels' buttons do it by themselves. */
  open(panel: PanelName): void {
    if (this.#opened !== undefined) return;
    this.#panel = panel;
    this.want();
    this.#deps.onChange();
  }

  /** Says what stands in the composer when the file is here; from then on the composer does it by itself. */
  submit(): void {
    if (this.#part !== undefined) return;
    this.#isSubmitted = true;
    this.want();
    this.#deps.onChange();
  }

  happened(event: WorldEvent): void {
    if (this.#part !== undefined) this.#part.happened(event);
    else if (this.#unheard.length < UNHEARD_MAX) this.#unheard.push(event);
  }

  /** What stands on the street, now. */
  wantStreet(): void {
    this.#street.want();
  }

  /** All, now: somebody pressed a button. */
  want(): void {
    this.wantStreet();
    this.#more.want();
    if (this.#part !== undefined) this.#panels.want();
  }

  /** When there is time for it. */
  wantSoon(): void {
    if (this.#more.state === 'none') this.#callOff ??= this.#deps.whenIdle(() => this.want());
  }

  stop(): void {
    this.#callOff?.();
    this.#street.stop();
    this.#more.stop();
    this.#panels.stop();
    this.#part?.stop();
  }

  #furnish(open: MoreModule['openMore']): void {
    const part = this.#deps.furnish(open);
    this.#part = part;
    for (const event of this.#unheard.splice(0)) part.happened(event);
    if (this.#isSubmitted) part.talk.submit();
    this.#panels.want();
  }

  #hang(open: PanelsModule['openPanels']): void {
    this.#opened = this.#part?.furnish(open);
    if (this.#panel !== undefined) this.#opened?.open(this.#panel);
    this.#panel = undefined;
  }
}

/** Runs when the page has come to rest. @returns how to call it off */
export function whenIdle(run: () => void): () => void {
  // Safari has no idle callbacks yet.
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(run, IDLE_MS / 5);
    return () => clearTimeout(timer);
  }
  const request = requestIdleCallback(run, { timeout: IDLE_MS });
  return () => cancelIdleCallback(request);
}
