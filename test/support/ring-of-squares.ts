/** Real squares in one process: own key files, own libp2p nodes on free ports of 127.0.0.1, properly signed documents. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePorts } from '../../scripts/free-ports.ts';
import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import type { Members, RingDocuments, TrustedStateStore } from '../../federation/documents/types.ts';
import { createRing, type NewRing } from '../../federation/governance/create-ring.ts';
import type { MemberDraft } from '../../federation/governance/member-draft.ts';
import type { addMember } from '../../federation/governance/members-list.ts';
import { publishMembers } from '../../federation/governance/publish.ts';
import { createRingService, loadSquareKey, TrustedRings } from '../../federation/index.ts';
import type { SquareKey } from '../../federation/node/identity.ts';
import type { LocalSite, RingService, RingServiceDeps, RingServiceOptions } from '../../federation/ring-service.ts';
import type { GateView, LocalFigure, LocalPresence, Log, Plate, RingView, Side } from '../../federation/types.ts';
import { memoryTrustedState, seededBytes } from './ring-documents.ts';
import type { GuestScenes } from './guest-scenes.ts';
import { tempDir } from './temp-dir.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

export interface SquareSetup {
  readonly name: string;
  readonly key: SquareKey;
  readonly port: number;
  /** Site ids; by default one, of the square's name. */
  readonly sites: readonly string[];
  readonly draft: MemberDraft;
}

export interface TestSquare extends SquareSetup {
  readonly service: RingService;
  readonly rings: TrustedRings;
  readonly store: TrustedStateStore;
  /** Of a counter of the square, e.g. `counted('summary', 'stale')`. */
  counted(event: string, reason: string): number;
  /** Resolves when the counter is at least `least`. */
  untilCounted(event: string, reason: string, least?: number): Promise<void>;
  /** Changes who is at a site, and says so. */
  populate(presence: LocalPresence, site?: string): void;
  /** Resolves with the first view of a site that fits, the present one included. */
  untilView(fits: (view: RingView) => boolean, site?: string): Promise<RingView>;
  untilGate(side: Side, fits: (gate: GateView) => boolean, site?: string): Promise<GateView>;
  untilLinked(other: { readonly key: SquareKey }, isUp?: boolean): Promise<void>;
}

/** How long anything may take before a test gives up, ms. */
const PATIENCE_MS = 20_000;

/** A figure that stands at `x`. */
export function figureAt(x: number, visitor = 1): LocalFigure {
  return { visitor, x, color: 3, pose: 'stand', walking: false, drawn: true };
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** A key file and a port for each name. */
export async function setUpSquares(context: TestContext, names: readonly string[], sitesOf = (name: string) => [name]) {
  const folder = tempDir(context);
  const setups: SquareSetup[] = [];
  for (const name of names) {
    const key = await loadSquareKey(join(folder, `${name}.key`));
    const port = await freePort();
    const sites = sitesOf(name);
    const draft: MemberDraft = {
      square: key.square,
      origin: `http://127.0.0.1:${port}`,
      addrs: [`/ip4/127.0.0.1/tcp/${port}`],
      sites: sites.map((id) => ({ id, name: `Site ${id}`, entry: `http://127.0.0.1:${port}/${id}` })),
    };
    setups.push({ name, key, port, sites, draft });
  }
  return setups;
}

export function formRing(members: readonly SquareSetup[], name = 'Hedgerow'): NewRing {
  const ring = createRing({
    name,
    members: members.map((member) => member.draft),
    now: Date.now(),
    random: seededBytes('test ring'),
    allowPrivate: true,
  });
  if (!ring.ok) throw new Error(ring.problems.join('\n'));
  return ring.value;
}

/** What the ring's admin publishes after `change`. */
export function publish(ring: NewRing, change: (list: Members) => ReturnType<typeof addMember>): RingDocuments {
  const context = { trusted: undefined, now: undefined, self: undefined, allowPrivate: true, ringId: undefined };
  const judged = judgeDocuments(ring.documents, context);
  if (!judged.ok) throw new Error(judged.reason);
  const present = judged.ring;
  const draft = change(present.members);
  if (!draft.ok) throw new Error(draft.problems.join('\n'));
  const options = { now: Date.now(), allowPrivate: true };
  const published = publishMembers(
    present,
    draft.value,
    { admin: ring.keys.admin1, online: ring.keys.online },
    options,
  );
  if (!published.ok) throw new Error(published.problems.join('\n'));
  return { ...ring.documents, ...published.value };
}

export interface SquareOptions extends Partial<RingServiceOptions> {
  readonly epoch?: number;
  readonly site?: Partial<LocalSite>;
  readonly filterPlate?: (site: string, plate: Plate) => Plate;
  readonly answerRequest?: (square: string, bytes: Uint8Array) => Promise<Uint8Array | undefined>;
  /** Sites that gates pass over; `service.refreshSites` has it read again. */
  readonly asleep?: ReadonlySet<string>;
  readonly parts?: RingServiceDeps['parts'];
  readonly log?: Log;
  readonly onWave?: (site: string, side: Side, to: number | undefined) => void;
  readonly bird?: RingServiceDeps['bird'];
  /** Scenes that take guests; none by default. */
  readonly scenes?: GuestScenes;
}

function localSite(ringId: string, siteId: string, change: Partial<LocalSite> = {}): LocalSite {
  return { ringId, siteId, sharing: 'figures', admitsGuests: true, letsVisitorsOut: true, ...change };
}

/** Starts a square that trusts `documents`; it is stopped when the test ends, whatever else happens to it. */
export async function startSquare(
  context: TestContext,
  setup: SquareSetup,
  documents: RingDocuments,
  options: SquareOptions = {},
): Promise<TestSquare> {
  const { name, key, sites, port } = setup;
  const store = memoryTrustedState();
  const rings = new TrustedRings(store, { self: key.square, allowPrivate: true });
  const installed = rings.install(documents, Date.now());
  if (!installed.ok) throw new Error(`not installed: ${installed.reason}`);
  const presences = new Map<string, LocalPresence>();
  const counts = new Map<string, number>();
  const counters = new Set<() => void>();
  const service = createRingService(
    {
      key,
      rings,
      nextEpoch: () => options.epoch ?? 1,
      localSites: () =>
        rings
          .all()
          .filter(({ ringId, charter }) => [ringId, charter.follows].includes(installed.ring.ringId))
          .flatMap(({ ringId }) => sites.map((siteId) => localSite(ringId, siteId, options.site))),
      ...(options.parts === undefined ? {} : { parts: options.parts }),
      isAsleep: (_ring, site) => options.asleep?.has(site) ?? false,
      samplePresence: (site) => presences.get(site) ?? { count: 0, figures: [] },
      filterPlate: options.filterPlate ?? ((_site, plate) => plate),
      ...(options.answerRequest === undefined ? {} : { answerRequest: options.answerRequest }),
      receiveGuests: (site, opening) => options.scenes?.receive(site, opening),
      watch: (site) => options.scenes?.watch(site),
      ...(options.bird === undefined ? {} : { bird: options.bird }),
      onWave: (site, side, to) => options.onWave?.(site, side, to),
      log: options.log ?? silent,
      count: (event, reason) => {
        const label = `${event}/${reason}`;
        counts.set(label, (counts.get(label) ?? 0) + 1);
        for (const look of counters) look();
      },
    },
    { listen: [`/ip4/127.0.0.1/tcp/${port}`], ...options },
  );
  context.after(() => service.stop(AbortSignal.timeout(3_000)));
  await service.start();

  const counted = (event: string, reason: string): number => counts.get(`${event}/${reason}`) ?? 0;
  const untilView: TestSquare['untilView'] = (fits, site = name) => {
    const look = (): RingView | undefined => {
      const view = service.view(site);
      return view !== undefined && fits(view) ? view : undefined;
    };
    return until(
      `${name}: a view of ${site}`,
      look,
      (notify) => service.onView(notify),
      () => service.view(site),
    );
  };
  return {
    ...setup,
    service,
    rings,
    store,
    counted,
    untilCounted: async (event, reason, least = 1) => {
      const look = (): true | undefined => counted(event, reason) >= least || undefined;
      const subscribe = (notify: () => void) => {
        counters.add(notify);
        return () => void counters.delete(notify);
      };
      await until(`${name}: ${event}/${reason} ${least} times`, look, subscribe, () => Object.fromEntries(counts));
    },
    populate(presence, site = name) {
      presences.set(site, presence);
      service.touch(site);
    },
    untilView,
    untilGate: async (side, fits, site = name) => {
      const found = (view: RingView): GateView | undefined => {
        const gate = view[side];
        return gate !== null && fits(gate) ? gate : undefined;
      };
      const gate = found(await untilView((view) => found(view) !== undefined, site));
      if (gate === undefined) throw new Error('no gate');
      return gate;
    },
    untilLinked: async (other, isUp = true) => {
      const look = (): true | undefined => {
        const link = service.links().find(({ square }) => square === other.key.square);
        return (isUp ? link?.gossiping === true : link?.connected !== true) || undefined;
      };
      // Links tell nobody of their state: looked at often, but never for longer than needed.
      const subscribe = (notify: () => void) => {
        const timer = setInterval(notify, 20);
        return () => clearInterval(timer);
      };
      await until(`${name}: link ${isUp ? 'up' : 'down'}`, look, subscribe, () => service.links());
    },
  };
}

/** All names in one ring, in that order, started. */
export async function startRing(context: TestContext, names: readonly string[], options: SquareOptions = {}) {
  const setups = await setUpSquares(context, names);
  const ring = formRing(setups);
  const squares = await Promise.all(setups.map(async (setup) => startSquare(context, setup, ring.documents, options)));
  return { ring, setups, squares };
}

/** The first answer of `look` that is not undefined, tried now and whenever `subscribe` notifies. */
export async function until<T>(
  what: string,
  look: () => T | undefined,
  subscribe: (notify: () => void) => () => void,
  explain: () => unknown,
): Promise<T> {
  const now = look();
  if (now !== undefined) return now;
  return new Promise<T>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`${what}: not within ${PATIENCE_MS} ms; last ${JSON.stringify(explain())}`));
    }, PATIENCE_MS);
    const unsubscribe = subscribe(() => {
      const found = look();
      if (found === undefined) return;
      end();
      resolve(found);
    });
  });
}
