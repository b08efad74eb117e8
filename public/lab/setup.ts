/** What the lab shows, as its address says it. Pure; whatever an address cannot say right is the default. */
import { GATES, STATES, type GateKind, type LabState } from './states.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export const DIRECTIONS = ['ltr', 'rtl'] as const;
export const LANGUAGES = ['en', 'de', 'es', 'fr', 'pt', 'tr', 'ar', 'ja'] as const;
export const SKIES = ['none', 'clear', 'rain', 'snow', 'storm'] as const;
/** How many times as fast as it was a recording is shown. */
export const SPEEDS = ['1', '0.25', '0.5', '2', '4', '16'] as const;
/** Recordings that lie in `scenes/`. */
export const SCENES = ['none', 'five-residents'] as const;
/** Most people a lab street holds besides the visitor: the widget reads no more. */
export const PEOPLE_MAX = 500;

export interface LabSetup {
  readonly state: LabState;
  /** Others on the street, 0…{@link PEOPLE_MAX}. */
  readonly people: number;
  /** How many of them walk without pause. */
  readonly walkers: number;
  /** Width of the strip in px; 0: as wide as the window. */
  readonly width: number;
  readonly theme: (typeof THEMES)[number];
  readonly lang: (typeof LANGUAGES)[number];
  readonly dir: (typeof DIRECTIONS)[number];
  readonly sky: (typeof SKIES)[number];
  readonly left: GateKind;
  readonly right: GateKind;
  readonly isCalm: boolean;
  readonly birds: number;
  /** Of a recording. */
  readonly speed: (typeof SPEEDS)[number];
  /** The strip alone, without controls: for pictures. */
  readonly isBare: boolean;
  readonly seed: number;
  /** Time stands still so many ms after the strip connected; undefined: it runs. */
  readonly atMs: number | undefined;
}

/** @param query as `location.search` or a site key holds it */
export function setupFrom(query: string): LabSetup {
  const given = new URLSearchParams(query);
  const wanted = given.get('state');
  const [first] = STATES;
  const state = STATES.find(({ id }) => id === wanted) ?? first;
  const people = wholeNumber(given.get('people'), PEOPLE_MAX) ?? state.people;
  return {
    state,
    people,
    walkers: Math.min(wholeNumber(given.get('walkers'), PEOPLE_MAX) ?? Math.min(Math.floor(people / 3), 4), people),
    width: wholeNumber(given.get('width'), 4_000) ?? 0,
    theme: oneOf(given.get('theme'), THEMES),
    lang: oneOf(given.get('lang'), LANGUAGES),
    dir: oneOf(given.get('dir') ?? (given.get('lang') === 'ar' ? 'rtl' : null), DIRECTIONS),
    sky: oneOf(given.get('sky'), SKIES),
    left: oneOf(given.get('left'), GATES),
    right: oneOf(given.get('right'), GATES),
    isCalm: given.get('calm') === '1',
    birds: wholeNumber(given.get('birds'), 6) ?? 2,
    speed: oneOf(given.get('speed'), SPEEDS),
    isBare: given.get('bare') === '1',
    seed: wholeNumber(given.get('seed'), 0xffff_ffff) ?? 1,
    atMs: given.get('clock') === 'still' ? (wholeNumber(given.get('at'), 60_000) ?? state.atMs) : undefined,
  };
}

function oneOf<T extends string>(value: string | null, choices: readonly [T, ...T[]]): T {
  return choices.find((choice) => choice === value) ?? choices[0];
}

function wholeNumber(value: string | null, most: number): number | undefined {
  if (value === null || !/^\d{1,10}$/.test(value)) return undefined;
  return Math.min(Number(value), most);
}
