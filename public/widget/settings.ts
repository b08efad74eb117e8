/** What the element tells the strip, and the other way round. */
import type { WordTable } from './words/words.ts';
import type { Side } from '../../src/protocol/limits.ts';
import type { Links } from './model/gate-view.ts';

export interface StripSettings {
  /** One that has tables; undefined for English. */
  readonly language: string | undefined;
  readonly socketUrl: string;
  readonly hop: 'soft' | 'page' | 'off';
  readonly horizon: 'on' | 'count' | 'off';
  /** Waits for a click before it connects. */
  readonly startsOnClick: boolean;
  readonly sharesPage: boolean;
  /** Shows the street and takes nothing: no figure of one's own, nothing to press. */
  readonly isOverlay: boolean;
  /** Words in the owner's way. */
  readonly words: WordTable;
  /** Ornaments of the street, by name. */
  readonly kit: readonly string[];
  /** Links inside the element: the gates until the square names its own. */
  readonly links: Links;
}

export interface StripEvents {
  joined(people: number): void;
  counted(people: number): void;
  failed(reason: string): void;
  /** @returns false when the page does not want this hop */
  mayHop(side: Side, url: string, kind: 'soft' | 'page'): boolean;
}
