import type { ConnectionId } from './types.ts';
import { newConnection, type SceneConnection, type Visitor } from './visitor.ts';

/**
 * Visitors whose last socket is gone are kept for a moment; more than this many at once means a crowd is coming and going
 * on purpose, and the longest-gone leave early. Ten times the sockets that a scene usually takes.
 */
const GRACE_VISITORS_MAX = 1_000;

/** Who is here: sockets and the visitors behind them. Bounded by the sockets admitted and {@link GRACE_VISITORS_MAX}. */
export class Roster {
  readonly #connections = new Map<ConnectionId, SceneConnection>();
  readonly #visitors = new Map<number, Visitor>();
  readonly #byKey = new Map<string, Visitor>();
  /** In the order in which their grace ends, since all grace is equally long. */
  readonly #inGrace = new Set<Visitor>();
  /** Found in a snapshot and not yet back, in the order in which that grace ends. */
  readonly #resuming = new Set<Visitor>();
  /** 0 is forbidden: widgets take a falsy id for "not connected". */
  #nextVisitorId = 1;

  get visitorCount(): number {
    return this.#visitors.size;
  }

  get isEmpty(): boolean {
    return this.#visitors.size === 0 && this.#connections.size === 0;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get visitors(): Iterable<Visitor> {
    return this.#visitors.values();
  }

  /** When the first visitor in grace is gone. */
  get nextGraceEndsAt(): number | undefined {
    const [left] = this.#inGrace;
    const [lost] = this.#resuming;
    if (left?.graceEndsAt === undefined) return lost?.graceEndsAt;
    return Math.min(left.graceEndsAt, lost?.graceEndsAt ?? left.graceEndsAt);
  }

  /** The number that the next newcomer gets. */
  get nextVisitorId(): number {
    return this.#nextVisitorId;
  }

  /** Gives no number below `id` to a newcomer: it may still stand on somebody's screen. */
  continueFrom(id: number): void {
    this.#nextVisitorId = Math.max(this.#nextVisitorId, id);
  }

  open(
    id: ConnectionId,
    origin: string | undefined,
    address = '',
    terms: { readonly isSpectator: boolean; readonly openedAt: number } = { isSpectator: false, openedAt: 0 },
  ): SceneConnection {
    const connection = newConnection(id, origin, address, terms);
    this.#connections.set(id, connection);
    return connection;
  }

  /** Every open socket, joined or not. */
  get connections(): Iterable<SceneConnection> {
    return this.#connections.values();
  }

  connection(id: ConnectionId): SceneConnection | undefined {
    return this.#connections.get(id);
  }

  /** Forgets a socket; its visitor, if any, still counts it until `detach`. */
  forget(connection: SceneConnection): void {
    this.#connections.delete(connection.id);
  }

  visitor(id: number): Visitor | undefined {
    return this.#visitors.get(id);
  }

  byKey(key: string): Visitor | undefined {
    return this.#byKey.get(key);
  }

  takeVisitorId(): number {
    const id = this.#nextVisitorId;
    this.#nextVisitorId += 1;
    return id;
  }

  add(visitor: Visitor): void {
    this.#visitors.set(visitor.id, visitor);
    this.#byKey.set(visitor.key, visitor);
  }

  remove(visitor: Visitor): void {
    this.#inGrace.delete(visitor);
    this.#resuming.delete(visitor);
    this.#visitors.delete(visitor.id);
    this.#byKey.delete(visitor.key);
  }

  attach(connection: SceneConnection, visitor: Visitor): void {
    this.#inGrace.delete(visitor);
    this.#resuming.delete(visitor);
    visitor.graceEndsAt = undefined;
    visitor.connections.add(connection);
    connection.visitor = visitor;
  }

  /** Starts the grace of a visitor without sockets. @returns who has to leave early to make room */
  beginGrace(visitor: Visitor, endsAt: number): Visitor | undefined {
    visitor.graceEndsAt = endsAt;
    this.#inGrace.add(visitor);
    if (this.#inGrace.size <= GRACE_VISITORS_MAX) return undefined;
    for (const oldest of this.#inGrace) return oldest;
    return undefined;
  }

  /** Keeps the place of a visitor who was lost with their scene's process. Callers give times that never go back. */
  beginResume(visitor: Visitor, endsAt: number): void {
    visitor.graceEndsAt = endsAt;
    this.#resuming.add(visitor);
  }

  /** Everybody whose grace has ended, longest gone first. */
  graceEnded(now: number): Visitor[] {
    const ended: Visitor[] = [];
    for (const waiting of [this.#inGrace, this.#resuming]) {
      for (const visitor of waiting) {
        if (visitor.graceEndsAt === undefined || visitor.graceEndsAt > now) break;
        ended.push(visitor);
      }
    }
    return ended;
  }
}
