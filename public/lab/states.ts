/** Every state of a strip, with what it should look like. Source: widget.md, section 12. */
import type { CLOSE } from '../../src/protocol/close-codes.ts';
import type { ArrivalView } from '../../src/protocol/frames.ts';

/**
 * What stands at one end: `own` is what the state says, `busy` eleven people, `quiet` nobody, `dim` and `dark` a neighbour
 * not heard of, `past` a gate that skips a sleeping one, `none` no gate.
 */
export const GATES = ['own', 'busy', 'quiet', 'dim', 'dark', 'past', 'none'] as const;
export type GateKind = (typeof GATES)[number];

type Reason = (typeof CLOSE)[keyof typeof CLOSE]['reason'];

/**
 * What goes wrong: `silent` never says hello; `lost` hangs up after a while and stays away; `full` and a reason of a
 * close refuse every socket; `cut` is a reason given after a while.
 */
export type Trouble = 'none' | 'silent' | 'lost' | { readonly refuses: Reason } | { readonly cuts: Reason };

export interface LabState {
  readonly id: string;
  readonly title: string;
  /** What somebody should see there. */
  readonly shows: string;
  readonly people: number;
  readonly left: Exclude<GateKind, 'own'>;
  readonly right: Exclude<GateKind, 'own'>;
  readonly trouble: Trouble;
  /** Best moment for a picture, ms after the strip connected. */
  readonly atMs: number;
  /** Attributes of the element. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Where the visitor stands, 0…1. */
  readonly x: number;
  /** Who the visitor is by name; "" for nobody yet. */
  readonly name: string;
  readonly arrival?: ArrivalView;
  /** Was never here before, and is told what others see; nobody else is, in a picture. */
  readonly isStranger: boolean;
  /** A browser that asks for privacy. */
  readonly asksForPrivacy: boolean;
  /** Whether people talk, and whose names and lines: plain ones, or the difficult ones. */
  readonly talk: 'none' | 'some' | 'much' | 'difficult';
  /** The square has a ring. */
  readonly hasRing: boolean;
  readonly hasBoard: boolean;
  /** Notes that hang on the board; undefined where nobody may leave any. */
  readonly notes?: readonly string[];
}

const ORDINARY: Omit<LabState, 'id' | 'title' | 'shows'> = {
  people: 5,
  left: 'busy',
  right: 'busy',
  trouble: 'none',
  atMs: 3_000,
  attributes: {},
  x: 0.5,
  name: '',
  isStranger: false,
  asksForPrivacy: false,
  talk: 'some',
  hasRing: true,
  hasBoard: false,
};

const state = (id: string, title: string, shows: string, more: Partial<LabState> = {}): LabState => ({
  ...ORDINARY,
  id,
  title,
  shows,
  ...more,
});

const FROM = { site: 'moss', name: 'Moss & Ink', url: 'https://moss.example/' };

export const STATES: readonly [LabState, ...LabState[]] = [
  state('evening', 'An ordinary evening', 'A few people, one of them speaking, neighbours over both hills.'),
  state('first', 'The first seconds', 'Nobody knows the visitor yet; the line under the figure says what others see.', {
    talk: 'none',
    isStranger: true,
    atMs: 1_200,
  }),
  state('named', 'With a name', 'The own plate carries the name, the others theirs.', { name: 'Robin' }),
  state('lazy', 'Waiting for a click', 'Ground and gates, a button, no socket and no motion.', {
    attributes: { start: 'click' },
    atMs: 1_000,
  }),
  state('connecting', 'Connecting slowly', 'Finding the path; nobody is drawn yet.', {
    trouble: 'silent',
    atMs: 1_500,
  }),
  state('lost', 'The square is lost', 'Everyone is frozen and grey; a countdown with Try now.', {
    trouble: 'lost',
    atMs: 5_200,
  }),
  state('lost-long', 'Lost for longer', 'Those who stood there sleep; the countdown goes on.', {
    trouble: 'lost',
    atMs: 16_500,
  }),
  state('alone', 'Alone', 'Just you, the last visitor’s steps, and how many are over which hill.', {
    people: 0,
    right: 'quiet',
  }),
  state('alone-in-ring', 'Alone in the ring', 'Nobody here and nobody beyond: a cat comes and sits down.', {
    people: 0,
    left: 'quiet',
    right: 'quiet',
    atMs: 16_000,
  }),
  state('talk', 'Many talk at once', 'Bubbles side by side, never over one another; the rest behind a chip.', {
    people: 14,
    talk: 'much',
    atMs: 5_000,
  }),
  state('names', 'Difficult names', 'Long, right-to-left and joined names; each apart from the text around it.', {
    people: 9,
    talk: 'difficult',
  }),
  state('crowd', 'A crowd', 'Thirty people; plates for the nearest only.', { people: 30 }),
  state('throng', 'A throng', 'More than a hundred: the nearest as themselves, the rest as a standing crowd.', {
    people: 132,
    talk: 'much',
  }),
  state('multitude', 'Five hundred', 'The most a street is ever told of.', { people: 500, talk: 'much' }),
  state('full', 'Full', 'No room: the strip says so and counts down.', { trouble: { refuses: 'full' }, atMs: 2_000 }),
  state('dim', 'A neighbour in the mist', 'One gate is not heard of for a while: haze, a count with "~".', {
    left: 'dim',
    talk: 'none',
  }),
  state('asleep', 'A neighbour asleep', 'Moon on one hill; the other gate skips a sleeping site.', {
    left: 'dark',
    right: 'past',
    talk: 'none',
  }),
  state('parted', 'Part of the ring out of sight', 'Mist on both hills.', {
    left: 'dim',
    right: 'dim',
    talk: 'none',
  }),
  state('one-gate', 'A gate on one side only', 'One hill is simply a hill.', { left: 'none' }),
  state('no-ring', 'No ring', 'Hills are simply hills; nothing dead to press.', { hasRing: false }),
  state('at-gate', 'At the gate', 'What the gate offers is written under it.', { x: 0.96, people: 3 }),
  state('arrived', 'Arrived from a neighbour', 'The visitor walked in through the left gate.', {
    x: 0,
    name: 'Robin',
    arrival: { from: FROM, side: 'left' },
    atMs: 2_200,
  }),
  state('offered', 'A plate is offered', 'May the name come along? Yes or no.', {
    x: 0,
    arrival: { from: FROM, side: 'left', offered: { displayName: 'Ada', look: 17 } },
    atMs: 2_200,
  }),
  state('privacy', 'A browser that asks for privacy', 'Looks on unseen until the first step, press or word.', {
    asksForPrivacy: true,
    atMs: 1_200,
  }),
  state('board', 'A message board', 'The owner has put up a notice.', { hasBoard: true }),
  state('notes', 'Notes on the board', 'What lonely visitors left hangs on the board, an empty one else.', {
    notes: ['The moss is early this year.', 'Kettle was still warm. Thank you!', 'Merci pour la chaise.'],
  }),
  state('note-offered', 'May leave a note', 'Alone in the ring, where the owner likes notes: one may leave one.', {
    people: 0,
    left: 'quiet',
    right: 'quiet',
    notes: [],
    atMs: 16_000,
  }),
  state('kicked', 'Shown out', 'An empty path, a neutral reason, no retry.', { trouble: { cuts: 'kicked' } }),
  state('blocked', 'Not let in', 'An empty path, a neutral reason, nobody named.', { trouble: { refuses: 'blocked' } }),
  state('closed', 'The site is switched off', 'A closed path and nothing to press.', {
    trouble: { refuses: 'site disabled' },
  }),
  state('inactive', 'Away for long', 'Sent away for doing nothing; a reload brings one back.', {
    trouble: { cuts: 'inactive' },
  }),
  state('too-much', 'Too much at once', 'A limit was met.', { trouble: { cuts: 'rate limited' } }),
];
