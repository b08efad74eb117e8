/**
 * Which squares tell each other how many people are where. Pure arithmetic on the signed list: every square that holds the
 * same list draws the same regions, and a list that grows by one moves hardly anybody.
 */
/** Squares of a region on average, so that hardly any ring has one of more than {@link REGION_SQUARES_MAX}. */
const REGION_SQUARES = 192;

/** A region's digests have a budget: what is beyond it in the list's order is in no region. */
export const REGION_SQUARES_MAX = 256;

/** In a region every square links with those so many steps before and after it: a message crosses it in some 16 hops. */
const CHORDS = [1, 16];

export interface RegionSizes {
  /** Of a region, on average and at most. */
  readonly usual: number;
  readonly max: number;
}

export const REGION_SIZES: RegionSizes = { usual: REGION_SQUARES, max: REGION_SQUARES_MAX };

/** Up to so many sites everybody hears everybody as a neighbour within two steps: there is nothing to tell twice. */
const NEIGHBOURS_ONLY_SITES = 5;

export interface Region {
  readonly index: number;
  /** Its squares, in the list's order, our own included. */
  readonly squares: readonly string[];
  /** Squares of it to be linked with. None while the ring is one region: its neighbours' links span it. */
  readonly links: readonly string[];
}

/**
 * The squares of each region, in the list's order. None when the ring needs no regions.
 * @param squares of the ring, in the list's order, each once
 * @param siteCount sites of the ring
 */
export function drawRegions(
  squares: readonly string[],
  siteCount: number,
  { usual, max }: RegionSizes = REGION_SIZES,
): readonly (readonly string[])[] {
  if (siteCount <= NEIGHBOURS_ONLY_SITES) return [];
  const count = squares.length <= max ? 1 : Math.ceil(squares.length / usual);
  const regions: string[][] = Array.from({ length: count }, () => []);
  for (const square of squares) regions[heaviestRegion(square, count)]?.push(square);
  return regions.map((within) => within.slice(0, max));
}

/** @returns undefined when the ring needs no regions, or this square is in none */
export function regionOf(regions: readonly (readonly string[])[], self: string): Region | undefined {
  const index = regions.findIndex((squares) => squares.includes(self));
  const within = regions[index];
  if (within === undefined) return undefined;
  const at = within.indexOf(self);
  const links = new Set<string>();
  if (regions.length > 1) {
    for (const chord of CHORDS) {
      for (const step of [chord, within.length - (chord % within.length)]) {
        const other = within[(at + step) % within.length];
        if (other !== undefined && other !== self) links.add(other);
      }
    }
  }
  return { index, squares: within, links: [...links] };
}

/** Rendezvous hash: of all regions the one whose number, hashed with the square, weighs most. */
function heaviestRegion(square: string, regions: number): number {
  let chosen = 0;
  let heaviest = -1;
  for (let region = 0; region < regions; region += 1) {
    const weight = hash(`${region}/${square}`);
    if (weight <= heaviest) continue;
    heaviest = weight;
    chosen = region;
  }
  return chosen;
}

/**
 * FNV-1a over the characters, then the finaliser of MurmurHash3: a list of 1,000 is divided in 2 ms once the code is warm,
 * where SHA-256 takes 70. Whoever picks a key to be in a certain region gains nothing by it.
 */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
