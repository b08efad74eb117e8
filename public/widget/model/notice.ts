/** The one line over the path: what the visitor has to know now, most pressing first. Pure. */
import type { Gate } from '../../../src/protocol/frames.ts';
import type { Side } from '../../../src/protocol/limits.ts';
import type { ConnectionState } from '../net/connection.ts';
import type { Strings } from '../strings.ts';

/** A first connection that is quicker than this is not talked about. */
export const CONNECTING_QUIET_MS = 600;

export interface Notice {
  readonly text: string;
  /** Buttons, by what they do. */
  readonly actions: readonly ('try' | 'start' | 'accept' | 'decline')[];
  /** Said aloud, politely. */
  readonly isAnnounced: boolean;
  /** A remark in the air rather than a message. */
  readonly isPlain: boolean;
}

export interface NoticeInput {
  readonly connection: ConnectionState;
  readonly nowMs: number;
  readonly isLazy: boolean;
  readonly hoppingTo: string | undefined;
  readonly offered: { readonly name: string; readonly site: string } | undefined;
  readonly hasQueued: boolean;
  /** People here, oneself included; 0 before the first hello. */
  readonly people: number;
  readonly gates: Readonly<Record<Side, Gate | null>> | undefined;
}

export function noticeFor(input: NoticeInput, strings: Strings): Notice | undefined {
  const firm = (text: string, ...actions: Notice['actions']): Notice => ({
    text,
    actions,
    isAnnounced: true,
    isPlain: false,
  });
  const { connection } = input;
  if (connection.name === 'stopped') return firm(strings.stopped(connection.reason));
  if (input.hoppingTo !== undefined) return firm(strings.walkingTo(input.hoppingTo));
  if (connection.name === 'idle') return input.isLazy ? { ...firm(strings.start, 'start'), text: '' } : undefined;
  if (connection.name === 'waiting') {
    const seconds = Math.max(1, Math.ceil((connection.until - input.nowMs) / 1_000));
    const text = connection.isFull ? strings.full(seconds) : strings.lost(seconds);
    return firm(input.hasQueued ? `${text} ${strings.queued}` : text, 'try');
  }
  if (connection.name === 'connecting') {
    if (connection.isReturn) return firm(strings.lostTrying);
    return input.nowMs - connection.since < CONNECTING_QUIET_MS
      ? undefined
      : { ...firm(strings.finding), isPlain: true };
  }
  if (input.offered !== undefined) {
    return firm(strings.enterAs(input.offered.name, input.offered.site), 'accept', 'decline');
  }
  return input.people === 1 ? alone(input, strings) : undefined;
}

/** Nobody here: where the others are. */
function alone(input: NoticeInput, strings: Strings): Notice {
  const hills = (['left', 'right'] as const)
    .map((side) => ({ side, gate: input.gates?.[side] }))
    .filter(({ gate }) => gate?.state === 'live' && (gate.count ?? 0) > 0)
    .sort((a, b) => (b.gate?.count ?? 0) - (a.gate?.count ?? 0));
  const [most] = hills;
  const beyond = most === undefined ? '' : ` ${strings.overHill(most.gate?.count ?? 0, most.side)}`;
  return { text: strings.alone + beyond, actions: [], isAnnounced: false, isPlain: true };
}
