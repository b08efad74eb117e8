/** What lies at both ends of the street: where the gates are known from, and what shows them once its file is here. */
import type { Side } from '../../src/protocol/limits.ts';
import type { GateView, Links } from './model/gate-view.ts';
import type { Street, StreetDeps } from './street/street.ts';

export class Neighbourhood {
  readonly #links: Links;
  readonly #deps: Omit<StreetDeps, 'gateOf'>;
  #street: Street | undefined;

  /** @param links inside the element: the gates until the square names its own */
  constructor(links: Links, deps: Omit<StreetDeps, 'gateOf'>) {
    this.#links = links;
    this.#deps = deps;
  }

  /** undefined until its file is here. */
  get street(): Street | undefined {
    return this.#street;
  }

  /** Its file is here: the street gets what stands on it. */
  pave(open: (deps: StreetDeps) => Street): void {
    this.#street = open({ ...this.#deps, gateOf: (side) => this.gateOf(side) });
  }

  /** The ring's gate, else the site's own connection, else the page's link while nothing else is known. */
  gateOf(side: Side): GateView | undefined {
    const { gates, connections } = this.#deps.world;
    const gate = gates?.[side];
    if (gate !== null && gate !== undefined) {
      return { name: gate.name, url: gate.url, state: gate.state, past: gate.past ?? [] };
    }
    const own = connections.find((connection) => connection.side === side);
    const link = gates === undefined ? this.#links[side] : undefined;
    const known = own === undefined ? link : { name: own.label, url: own.url };
    return known === undefined ? undefined : { ...known, state: 'unknown', past: [] };
  }
}
