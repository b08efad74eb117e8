import type { Clock, Timer } from '../lib/clock.ts';
import type { NeighboursFrame, ViewChange, ViewFigure, ViewRefusal } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { Looking, RingPort } from '../ring/ring-port.ts';
import { cleanDisplayName } from '../scene/text.ts';
import { OutgoingFrame } from './encode.ts';
import type { LiveConnection } from './live-connection.ts';
import { viewFrame, type KnownView } from './view-wire.ts';

/** A tab may begin to look this often. */
const LOOK_INTERVAL_MS = 500;

/** A view goes on for so long after the last has looked away: whoever looks again sees at once. */
const LINGER_MS = 10_000;

export interface LooksDeps {
  readonly clock: Clock;
  readonly ring: RingPort;
  count(event: string, reason: string): void;
}

interface View {
  readonly site: string;
  readonly side: Side;
  readonly stream: Looking;
  readonly lookers: Set<LiveConnection>;
  /** Everybody over there, for who looks later. Undefined before the first change. */
  known: KnownView | undefined;
  lingering: Timer | undefined;
}

/** Who of one scene looks over which hill: one view for each gate, shared by all who look through it. Counts `look`. */
export class Looks {
  readonly #deps: LooksDeps;
  readonly #sceneKey: string;
  /** By site and side; as many as there are gates in sight of this scene's visitors. */
  readonly #views = new Map<string, View>();
  readonly #byTab = new Map<LiveConnection, View>();

  constructor(sceneKey: string, deps: LooksDeps) {
    this.#sceneKey = sceneKey;
    this.#deps = deps;
  }

  /** @param gates between which the tab stands */
  look(tab: LiveConnection, side: Side, gates: NeighboursFrame | undefined): void {
    const now = this.#deps.clock.monotonic();
    if (now < tab.lastLookAt + LOOK_INTERVAL_MS) return this.#refuse(tab, side, 'too-fast');
    tab.lastLookAt = now;
    this.lookAway(tab);
    const gate = gates?.[side];
    if (!gate) return this.#refuse(tab, side, 'no-neighbour');
    const view = this.#viewOf(gate.site, side);
    view.lingering?.cancel();
    view.lingering = undefined;
    view.lookers.add(tab);
    this.#byTab.set(tab, view);
    this.#deps.count('look', 'begun');
    view.stream.send(view.lookers.size);
    if (view.known === undefined) return undefined;
    const { count, figures } = view.known;
    const whole = { isWhole: true, count, figures: [...figures.values()], gone: [], said: [] };
    return tab.send(viewFrame(side, view.site, whole, undefined));
  }

  /** By its own wish, because it walks on, or because it closed. */
  lookAway(tab: LiveConnection): void {
    const view = this.#byTab.get(tab);
    this.#byTab.delete(tab);
    if (view === undefined || !view.lookers.delete(tab)) return;
    view.stream.send(view.lookers.size);
    if (view.lookers.size > 0) return;
    view.lingering = this.#deps.clock.setTimer(() => view.stream.end('done'), LINGER_MS);
  }

  end(): void {
    for (const view of this.#views.values()) view.stream.end('done');
  }

  #viewOf(site: string, side: Side): View {
    const key = `${site} ${side}`;
    const running = this.#views.get(key);
    if (running !== undefined) return running;
    const stream = this.#deps.ring.look(this.#sceneKey, site, side);
    const view: View = { site, side, stream, lookers: new Set(), known: undefined, lingering: undefined };
    this.#views.set(key, view);
    stream.onFrame((change) => this.#show(view, change));
    stream.onEnd((reason) => {
      view.lingering?.cancel();
      if (this.#views.get(key) === view) this.#views.delete(key);
      for (const tab of view.lookers) {
        this.#byTab.delete(tab);
        this.#refuse(tab, side, refusalOf(reason));
      }
    });
    return view;
  }

  #show(view: View, change: ViewChange): void {
    const figures = change.figures.map(cleaned);
    const said = change.said.map(({ h, text }) => ({ h, text: text.toWellFormed() }));
    const isWhole = change.isWhole || view.known === undefined;
    const before = isWhole ? undefined : view.known;
    const known = { count: change.count, figures: new Map(before?.figures) };
    for (const h of change.gone) known.figures.delete(h);
    for (const figure of figures) known.figures.set(figure.h, figure);
    // A neighbour that never says who is gone would fill it for ever.
    if (known.figures.size > FIGURES_MAX) return view.stream.end('lost');
    view.known = known;
    const frame = viewFrame(view.side, view.site, { ...change, isWhole, figures, said }, before);
    for (const tab of view.lookers) tab.send(frame);
    return undefined;
  }

  #refuse(tab: LiveConnection, side: Side, refused: ViewRefusal): void {
    this.#deps.count('look', refused);
    tab.send(new OutgoingFrame({ type: 'view', side, refused }));
  }
}

/** Figures that may be known of one view (docs/protocol.md). */
const FIGURES_MAX = 60;

function cleaned({ name, ...figure }: ViewFigure): ViewFigure {
  return name === undefined ? figure : { ...figure, name: cleanDisplayName(name) };
}

function refusalOf(reason: string): ViewRefusal {
  return reason === 'closed' || reason === 'busy' || reason === 'no-neighbour' ? reason : 'lost';
}
