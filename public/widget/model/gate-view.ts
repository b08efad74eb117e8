/** The two ends of a street as they are shown. */
import type { Gate } from '../../../src/protocol/frames.ts';
import type { Side } from '../../../src/protocol/limits.ts';

/** A link at one end of the street, wherever it is known from. */
export interface GateView {
  readonly name: string;
  readonly url: string;
  /** `unknown`: a plain link; nothing is known of who is there. */
  readonly state: Gate['state'] | 'unknown';
  readonly past: readonly string[];
}

/** Links inside the element. */
export type Links = Readonly<Record<Side, { readonly name: string; readonly url: string } | undefined>>;
