/** The drawn world of the map of all sites: its shape, its limits, its size (http-api.md section 8). Key order matters. */
import type { Checked } from './site-details.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface MapProp extends Point {
  readonly type: 'mountain' | 'tree';
}

export interface WaterPath {
  readonly width: number;
  readonly points: readonly Point[];
  readonly order: number;
}

export interface Cutout extends Point {
  readonly radius: number;
  readonly order: number;
}

export interface WaterArea {
  readonly type: 'water';
  readonly paths: readonly WaterPath[];
  readonly cutouts: readonly Cutout[];
}

export interface MapSize {
  readonly width: number;
  readonly height: number;
}

export interface MapWorld extends MapSize {
  readonly props: readonly MapProp[];
  readonly water: readonly WaterArea[];
}

const SIZE_MIN: MapSize = { width: 1_800, height: 1_200 };
/** Both sides grow up to so many times. */
const SCALE_MAX = 3;
/** A world of the least size has room for so many sites. */
const SITES_AT_LEAST_SIZE = 25;
const PROPS_MAX = 2_000;
const PATHS_MAX = 200;
/** Of all paths, cutouts included. */
const POINTS_MAX = 5_000;
const PATH_WIDTH = { min: 8, max: 300 };
const CUTOUT_RADIUS_MAX = 150;
/** How wide a lake was while lakes were props. */
const LEGACY_LAKE_WIDTH = 110;

export const EMPTY_WORLD: MapWorld = { ...SIZE_MIN, props: [], water: [] };

/** The size that a number of shown sites needs, in whole hundreds. */
export function requiredSize(sites: number): MapSize {
  const scale = Math.min(Math.max(Math.sqrt(sites / SITES_AT_LEAST_SIZE), 1), SCALE_MAX);
  const side = (length: number): number => Math.round((length * scale) / 100) * 100;
  return { width: side(SIZE_MIN.width), height: side(SIZE_MIN.height) };
}

/** A world at least as large as it has to be for so many shown sites; the same object when it is. */
export function grown(world: MapWorld, sites: number): MapWorld {
  const required = requiredSize(sites);
  if (world.width >= required.width && world.height >= required.height) return world;
  return {
    ...world,
    width: Math.max(world.width, required.width),
    height: Math.max(world.height, required.height),
  };
}

class Unusable extends Error {
  override readonly name = 'Unusable';
}

/** Reads a drawn world from any value; the first thing that is wrong with it is named in one line. */
export function mapWorldFrom(value: unknown): Checked<MapWorld> {
  try {
    return { ok: true, value: readWorld(value) };
  } catch (err) {
    if (err instanceof Unusable) return { ok: false, error: err.message };
    throw err;
  }
}

function readWorld(value: unknown): MapWorld {
  const source = recordOf(value, 'The map must be an object.');
  const size: MapSize = {
    width: sideOf(source['width'], 'width'),
    height: sideOf(source['height'], 'height'),
  };
  const given = listOf(source['props'], 'The map needs a list of props.');
  if (given.length > PROPS_MAX) throw new Unusable(`The map takes at most ${PROPS_MAX} props.`);
  const props: MapProp[] = [];
  const lakes: WaterArea[] = [];
  for (const entry of given) {
    const prop = recordOf(entry, 'Each prop must be an object.');
    const { type } = prop;
    const at = pointOf(prop, size, 'Each prop must stand inside the map.');
    if (type === 'lake') lakes.push(lakeAt(at));
    else if (type === 'mountain' || type === 'tree') props.push({ type, ...at });
    else throw new Unusable('Each prop must be a mountain or a tree.');
  }
  const water = listOf(source['water'] ?? [], 'The water of the map must be a list.').map((area) => areaOf(area, size));
  const world = { ...size, props, water: [...water, ...lakes] };
  checkAmount(world.water);
  return world;
}

function checkAmount(water: readonly WaterArea[]): void {
  const paths = water.flatMap((area) => area.paths);
  if (paths.length > PATHS_MAX) throw new Unusable(`The map takes at most ${PATHS_MAX} water paths.`);
  const points =
    paths.reduce((sum, path) => sum + path.points.length, 0) +
    water.reduce((sum, area) => sum + area.cutouts.length, 0);
  if (points > POINTS_MAX) throw new Unusable(`The water of the map takes at most ${POINTS_MAX} points.`);
}

function areaOf(value: unknown, size: MapSize): WaterArea {
  const source = recordOf(value, 'Each water area must be an object.');
  if (source['type'] !== 'water' && source['type'] !== 'lake' && source['type'] !== 'river') {
    throw new Unusable('Each water area must be of type water.');
  }
  // Once a water area was one path itself.
  const paths = source['paths'] === undefined ? [source] : listOf(source['paths'], 'A water area needs paths.');
  if (paths.length === 0) throw new Unusable('A water area needs paths.');
  return {
    type: 'water',
    paths: paths.map((path) => pathOf(path, size)),
    cutouts: listOf(source['cutouts'] ?? [], 'Cutouts must be a list.').map((cutout) => cutoutOf(cutout, size)),
  };
}

function pathOf(value: unknown, size: MapSize): WaterPath {
  const source = recordOf(value, 'Each water path must be an object.');
  const width = numberOf(source['width'], 'Each water path needs a width.');
  if (width < PATH_WIDTH.min || width > PATH_WIDTH.max) {
    throw new Unusable(`Each water path must be ${PATH_WIDTH.min} to ${PATH_WIDTH.max} wide.`);
  }
  const points = listOf(source['points'], 'Each water path needs points.');
  if (points.length === 0) throw new Unusable('Each water path needs points.');
  return {
    width: twoDecimals(width),
    points: points.map((point) =>
      pointOf(recordOf(point, 'Each point must be an object.'), size, 'Water must lie inside the map.'),
    ),
    order: orderOf(source['order'], 0),
  };
}

function cutoutOf(value: unknown, size: MapSize): Cutout {
  const source = recordOf(value, 'Each cutout must be an object.');
  const radius = numberOf(source['radius'], 'Each cutout needs a radius.');
  if (radius <= 0 || radius > CUTOUT_RADIUS_MAX) {
    throw new Unusable(`The radius of a cutout must be above 0 and at most ${CUTOUT_RADIUS_MAX}.`);
  }
  return {
    ...pointOf(source, size, 'Cutouts must lie inside the map.'),
    radius: twoDecimals(radius),
    order: orderOf(source['order'], 1),
  };
}

function lakeAt(point: Point): WaterArea {
  return { type: 'water', paths: [{ width: LEGACY_LAKE_WIDTH, points: [point], order: 0 }], cutouts: [] };
}

function sideOf(value: unknown, side: 'width' | 'height'): number {
  const length = Math.round(numberOf(value, `The map needs a ${side}.`));
  const min = SIZE_MIN[side];
  if (length < min || length > min * SCALE_MAX) {
    throw new Unusable(`The ${side} of the map must be ${min} to ${min * SCALE_MAX}.`);
  }
  return length;
}

function pointOf(source: Readonly<Record<string, unknown>>, { width, height }: MapSize, problem: string): Point {
  const x = twoDecimals(numberOf(source['x'], problem));
  const y = twoDecimals(numberOf(source['y'], problem));
  if (x < 0 || y < 0 || x > width || y > height) throw new Unusable(problem);
  return { x, y };
}

function orderOf(value: unknown, preset: number): number {
  if (value === undefined) return preset;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Unusable('The order of water must be a whole number of 0 or more.');
}

function numberOf(value: unknown, problem: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Unusable(problem);
}

function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100;
}

function listOf(value: unknown, problem: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Unusable(problem);
}

function recordOf(value: unknown, problem: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Unusable(problem);
}
