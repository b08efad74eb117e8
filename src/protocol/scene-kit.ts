/**
 * What stands on a strip: the scene config, the props it yields, and where one sits on them.
 * Source: TownSquare wire protocol, section 8.
 */

export interface SceneConfig {
  readonly benches: number;
  readonly benchXs: readonly number[];
  readonly trees: number;
  readonly treeXs: readonly number[];
  readonly lamps: number;
  readonly lampXs: readonly number[];
  readonly birds: number;
}

export type PropKind = 'bench' | 'tree' | 'lamp';

export interface Prop {
  readonly id: string;
  readonly kind: PropKind;
  /** Position of its middle, 0…1, four decimals. */
  readonly x: number;
}

interface KindRule {
  readonly pose: 'sitting' | 'resting' | null;
  /** Seat positions relative to the prop's x. */
  readonly seatOffsets: readonly number[];
  /** A visitor strictly nearer than this may settle. */
  readonly settleHalfWidth: number;
}

/** The classic stage is 743 px wide; settle zones are half the prop's art width over it. */
const STAGE_PX = 743;

export const PROP_RULES: Readonly<Record<PropKind, KindRule>> = {
  bench: { pose: 'sitting', seatOffsets: [-0.01, 0.01], settleHalfWidth: 26 / STAGE_PX },
  tree: { pose: 'resting', seatOffsets: [-0.008, 0.008], settleHalfWidth: 28 / STAGE_PX },
  lamp: { pose: null, seatOffsets: [], settleHalfWidth: 0 },
};

/** A seat counts as taken by someone on the same prop within this distance. */
export const SEAT_TAKEN_WITHIN = 0.005;

/** The widget asks to settle after standing still in a zone for this long. */
export const SETTLE_AFTER_MS = 700;

const COUNTS = {
  benches: { max: 6, preset: 2 },
  trees: { max: 6, preset: 1 },
  lamps: { max: 4, preset: 1 },
  birds: { max: 18, preset: 3 },
};
const PRESET_XS = {
  benchXs: [0.2, 0.72, 0.46, 0.08, 0.58, 0.86],
  treeXs: [0.8, 0.58, 0.36, 0.9, 0.18, 0.68],
  lampXs: [0.12, 0.88, 0.36, 0.64],
};

/** Reads any value as a scene config: counts and positions are parsed from text, clamped, else preset. Never throws. */
export function sceneConfigFrom(value: unknown): SceneConfig {
  const source: Record<string, unknown> =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  const benches = countFrom(source['benches'], COUNTS.benches);
  const trees = countFrom(source['trees'], COUNTS.trees);
  const lamps = countFrom(source['lamps'], COUNTS.lamps);
  return {
    benches,
    benchXs: positionsFrom(source['benchXs'], benches, PRESET_XS.benchXs),
    trees,
    treeXs: positionsFrom(source['treeXs'], trees, PRESET_XS.treeXs),
    lamps,
    lampXs: positionsFrom(source['lampXs'], lamps, PRESET_XS.lampXs),
    birds: countFrom(source['birds'], COUNTS.birds),
  };
}

/** Props of a scene, left to right; of equal positions lamps first, then benches, then trees. */
export function propsOf(config: SceneConfig): Prop[] {
  const props = [...named('lamp', config.lampXs), ...named('bench', config.benchXs), ...named('tree', config.treeXs)];
  return props.sort((a, b) => a.x - b.x);
}

/** Where a bird may sit. */
export interface Perch {
  readonly id: string;
  /** Four decimals. */
  readonly x: number;
}

/** Half of a bench's back, from its middle to a perch. */
const BENCH_PERCH_OFFSET = 0.014;

/** Two perches on a bench, one in a tree, none on a lamp, in the order of the props. */
export function perchesOf(props: readonly Prop[]): Perch[] {
  return props.flatMap(({ id, kind, x }) => {
    if (kind === 'lamp') return [];
    if (kind === 'tree') return [{ id: `${id}-branch`, x: fourDecimals(x) }];
    return [
      { id: `${id}-left`, x: fourDecimals(x - BENCH_PERCH_OFFSET) },
      { id: `${id}-right`, x: fourDecimals(x + BENCH_PERCH_OFFSET) },
    ];
  });
}

function fourDecimals(x: number): number {
  return Math.round(x * 1e4) / 1e4;
}

function named(kind: PropKind, xs: readonly number[]): Prop[] {
  return xs.map((x, index) => ({ id: index === 0 ? kind : `${kind}-${index + 1}`, kind, x }));
}

function countFrom(value: unknown, rule: { max: number; preset: number }): number {
  const count = Number.parseInt(textOf(value), 10);
  return Number.isNaN(count) ? rule.preset : Math.min(Math.max(count, 0), rule.max);
}

function positionsFrom(value: unknown, count: number, presets: readonly number[]): number[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [];
  return Array.from({ length: count }, (_, index) => {
    const x = Number.parseFloat(textOf(given[index]));
    return Number.isNaN(x) ? (presets[index] ?? 0.5) : fourDecimals(Math.min(Math.max(x, 0), 1));
  });
}

function textOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}
