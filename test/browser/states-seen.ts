/** What somebody sees on the strip in each state of the square lab, in English at 1,280 px. Source: widget.md, section 12. */

export interface Seen {
  /** Figures: in the colours of their coats, grey, or nobody. */
  readonly figures: 'coats' | 'grey' | 'none';
  /** Names under figures: which of them have room depends on the fonts of a machine. */
  readonly plates: 'none' | 'own' | 'many';
  readonly isTalkedIn: boolean;
  /** What is known of the neighbour at each gate that stands. */
  readonly gates: readonly string[];
  /** The line over the path. */
  readonly notice: RegExp;
  /** What can be pressed in it. */
  readonly actions: readonly string[];
  /** Nobody can write or wave. */
  readonly isShut: boolean;
}

const NOTHING = /^$/;
const LIVELY: Seen = {
  figures: 'coats',
  plates: 'many',
  isTalkedIn: true,
  gates: ['live', 'live'],
  notice: NOTHING,
  actions: [],
  isShut: false,
};
const EMPTY: Seen = {
  figures: 'none',
  plates: 'none',
  isTalkedIn: false,
  gates: ['unknown', 'unknown'],
  notice: NOTHING,
  actions: [],
  isShut: false,
};
const SHUT: Seen = { ...EMPTY, isShut: true };
const ALONE: Seen = { ...LIVELY, plates: 'own', isTalkedIn: false };

/** By the state's id. */
export const STATES_SEEN: ReadonlyMap<string, Seen> = new Map(
  Object.entries({
    evening: LIVELY,
    first: { ...LIVELY, isTalkedIn: false },
    named: LIVELY,
    lazy: { ...EMPTY, actions: ['Step onto the path'] },
    connecting: { ...EMPTY, notice: /^Finding the path…$/ },
    lost: { ...LIVELY, figures: 'grey', notice: /^Lost the path\. Trying again in \d\ss\.$/, actions: ['Try now'] },
    'lost-long': { ...LIVELY, figures: 'grey', isTalkedIn: false, notice: /^Lost the path\./, actions: ['Try now'] },
    alone: { ...ALONE, notice: /^Just you\. 4 people over the west hill\.$/ },
    'alone-in-ring': { ...ALONE, notice: /^Quiet tonight\.$/ },
    talk: LIVELY,
    names: LIVELY,
    crowd: LIVELY,
    throng: { ...LIVELY, notice: /^133 people here$/ },
    multitude: { ...LIVELY, isTalkedIn: false, notice: /^501 people here$/ },
    full: { ...EMPTY, notice: /^Full just now\. Trying again in \d\ss\.$/, actions: ['Try now'] },
    dim: { ...LIVELY, isTalkedIn: false, gates: ['dim', 'live'], notice: /^Part of the ring is out of sight\.$/ },
    asleep: {
      ...LIVELY,
      isTalkedIn: false,
      gates: ['dark', 'live'],
      notice: /^Third Place is asleep\. The east gate leads to Lantern/,
    },
    parted: { ...LIVELY, isTalkedIn: false, gates: ['dim', 'dim'], notice: /^Part of the ring is out of sight\.$/ },
    'one-gate': { ...LIVELY, gates: ['live'] },
    'no-ring': { ...LIVELY, gates: [] },
    'at-gate': LIVELY,
    arrived: LIVELY,
    offered: { ...LIVELY, notice: /^Enter as Ada from Moss & Ink\?$/, actions: ['Yes', 'No'] },
    privacy: { ...LIVELY, notice: /^You are watching unseen\.$/, actions: ['Step in'] },
    board: LIVELY,
    notes: LIVELY,
    'note-offered': { ...ALONE, notice: /^Quiet tonight\.$/, actions: ['Leave a note?'] },
    kicked: { ...SHUT, notice: /^You were shown out\.$/, actions: ['Step back in'] },
    blocked: { ...SHUT, notice: /^The path is not open to you\. Ask the owner of this page why\.$/ },
    closed: { ...SHUT, notice: /^The path is closed here\.$/ },
    inactive: { ...SHUT, notice: /^You were away for a while\.$/, actions: ['Step back in'] },
    'too-much': { ...SHUT, notice: /^Too much at once\./, actions: ['Step back in'] },
  } satisfies Record<string, Seen>),
);
