/** One's own figure while it is nobody's yet: sketched while the path is found, dotted while one watches unseen. Pure. */
import type { ConnectionState } from '../net/connection.ts';
import { CONNECTING_QUIET_MS } from './notice.ts';

/** From the first line to the last. Source: widget.md, section 12. */
const SKETCH_MS = 400;
/** Longest line of a figure, px. */
const LINE_PX = 90;

export interface Shade {
  /** Lengths of line and gap, px. */
  readonly dash: readonly [number, number];
  /** It is still being drawn. */
  readonly isLively: boolean;
}

const DOTTED: Shade = { dash: [0.1, 3.4], isLively: false };

/** @returns undefined while there is a figure, or none is to be seen */
export function shadeOf(
  connection: ConnectionState,
  isUnseen: boolean,
  isCalm: boolean,
  nowMs: number,
): Shade | undefined {
  if (isUnseen) return connection.name === 'live' ? DOTTED : undefined;
  if (connection.name !== 'connecting' || connection.isReturn) return undefined;
  const part = (nowMs - connection.since - CONNECTING_QUIET_MS) / SKETCH_MS;
  if (part < 0) return undefined;
  return { dash: [isCalm ? LINE_PX : part * LINE_PX, LINE_PX * 2], isLively: part < 1 && !isCalm };
}
