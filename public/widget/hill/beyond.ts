/** Frames that only `townring-more.js` understands: looks over the hill, soft hops, waves. The same rules as model/decode.ts. */
import type { Homecoming, HopRefusal, HorizonFigure, ViewRefusal } from '../../../src/protocol/frames.ts';
import { HORIZON_POSES } from '../../../src/protocol/frames.ts';
import { MESSAGE_MAX_UNITS, NAME_MAX_UNITS, type Side } from '../../../src/protocol/limits.ts';
import { decodeViewSteps, type ViewStep } from '../../../src/protocol/view-steps.ts';
import { decodeLook, type Look } from '../../../src/protocol/look.ts';
import { record, webUrl } from '../model/decode.ts';

/** The square draws at most 60. */
const FIGURES_MAX = 60;
const SAID_MAX = 16;
const TEXT_MAX = 200;

export interface SeenFigure extends HorizonFigure {
  readonly name: string;
  readonly look: Look | undefined;
}

export interface Seen {
  readonly isWhole: boolean;
  readonly count: number;
  readonly figures: readonly SeenFigure[];
  readonly gone: readonly string[];
  readonly said: readonly { readonly h: string; readonly text: string }[];
}

export interface Place {
  readonly name: string;
  readonly url: string;
}

export type Beyond =
  | { readonly type: 'view'; readonly side: Side; readonly seen: Seen }
  /** What figures did that are known. */
  | { readonly type: 'steps'; readonly side: Side; readonly steps: readonly ViewStep[] }
  | { readonly type: 'unseen'; readonly side: Side; readonly reason: ViewRefusal | undefined }
  | { readonly type: 'away'; readonly place: Place; readonly edge: Side }
  | { readonly type: 'home'; readonly reason: Homecoming | undefined }
  | { readonly type: 'refused'; readonly side: Side; readonly reason: HopRefusal | undefined }
  | { readonly type: 'waved'; readonly side: Side; readonly to: number | undefined };

const HOMECOMINGS: readonly Homecoming[] = ['asked', 'kicked', 'blocked', 'inactive', 'closed', 'busy', 'lost'];
const HOP_REFUSALS: readonly HopRefusal[] = [
  'no-neighbour',
  'closed',
  'full',
  'busy',
  'unreachable',
  'unwelcome',
  'other-tab',
  'too-fast',
];
const VIEW_REFUSALS: readonly ViewRefusal[] = ['no-neighbour', 'closed', 'busy', 'too-fast', 'lost'];

type Source = Readonly<Record<string, unknown>>;

/** @returns undefined for anything that is none of these frames */
export function decodeBeyond(source: Source): Beyond | undefined {
  const { bytes } = source;
  if (bytes instanceof Uint8Array) return stepsFrom(bytes);
  const side = sideFrom(source['side']);
  const refused = source['refused'];
  switch (source['type']) {
    case 'view':
      if (side === undefined) return undefined;
      return refused === undefined
        ? { type: 'view', side, seen: seenFrom(source) }
        : { type: 'unseen', side, reason: VIEW_REFUSALS.find((known) => known === refused) };
    case 'waved':
      return side && { type: 'waved', side, to: number(source['to'], 1, Number.MAX_SAFE_INTEGER) };
    case 'hopped':
      return hoppedFrom(source, side);
    default:
      return undefined;
  }
}

function stepsFrom(bytes: Uint8Array): Beyond | undefined {
  const read = decodeViewSteps(bytes);
  return read && { type: 'steps', side: read.side, steps: read.steps.slice(0, FIGURES_MAX) };
}

function hoppedFrom(source: Source, side: Side | undefined): Beyond | undefined {
  if (side !== undefined) {
    return { type: 'refused', side, reason: HOP_REFUSALS.find((known) => known === source['refused']) };
  }
  if (source['home'] !== undefined) {
    return { type: 'home', reason: HOMECOMINGS.find((known) => known === source['home']) };
  }
  const site = record(source['site']);
  const edge = sideFrom(source['edge']);
  const name = text(site['name'], TEXT_MAX);
  const url = webUrl(site['url']);
  return edge === undefined || name === '' || url === undefined
    ? undefined
    : { type: 'away', place: { name, url }, edge };
}

function seenFrom(source: Source): Seen {
  return {
    isWhole: source['isWhole'] === true,
    count: number(source['count'], 0, 1e6) ?? 0,
    figures: list(source['figures'], FIGURES_MAX, figureFrom),
    gone: list(source['gone'], FIGURES_MAX, (h) => text(h, 64) || undefined),
    said: list(source['said'], SAID_MAX, (value) => {
      const line = record(value);
      const said = { h: text(line['h'], 64), text: text(line['text'], MESSAGE_MAX_UNITS) };
      return said.h === '' || said.text === '' ? undefined : said;
    }),
  };
}

function figureFrom(value: unknown): SeenFigure | undefined {
  const source = record(value);
  const h = text(source['h'], 64);
  const x = number(source['x'], 0, 1);
  if (h === '' || x === undefined) return undefined;
  return {
    h,
    x,
    color: number(source['color'], 0, 11) ?? 0,
    pose: HORIZON_POSES.find((known) => known === source['pose']) ?? 'stand',
    walking: source['walking'] === true,
    name: text(source['name'], NAME_MAX_UNITS).trim(),
    look: decodeLook(source['look']),
  };
}

function list<T>(value: unknown, max: number, read: (entry: unknown) => T | undefined): T[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value.slice(0, max) : [];
  return entries.map(read).filter((item) => item !== undefined);
}

function sideFrom(value: unknown): Side | undefined {
  return value === 'left' || value === 'right' ? value : undefined;
}

function text(value: unknown, max: number): string {
  return typeof value === 'string' ? value.slice(0, max) : '';
}

function number(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}
