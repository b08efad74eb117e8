/**
 * What owners write about their site, read from any value by the rules of wire protocol section 8 and http-api.md
 * section 6. Every function takes anything and never throws.
 */
import { listOf, recordOf, textOf } from '../lib/untyped.ts';
import type { Connection, MessageBoard } from '../protocol/frames.ts';
import {
  BLOCKED_WORD_MAX_UNITS,
  BLOCKED_WORDS_MAX,
  BOARD_BODY_MAX_UNITS,
  BOARD_TITLE_MAX_UNITS,
  CHAT_THROTTLE_MAX_MS,
  CONNECTION_LABEL_MAX_UNITS,
  CONNECTION_URL_MAX_UNITS,
  CONNECTIONS_PER_SIDE_MAX,
} from '../protocol/limits.ts';
import { safeColor } from './style.ts';

const VARIANTS = ['corkboard', 'chalkboard', 'sign'] as const;

/** Links at the ends of the strip; unusable ones and those above the cap of a side are dropped. */
export function connectionsFrom(value: unknown): Connection[] {
  const onSide = { left: 0, right: 0 };
  const connections: Connection[] = [];
  for (const entry of listOf(value)) {
    const { side, label, url } = recordOf(entry);
    if (side !== 'left' && side !== 'right') continue;
    const href = linkFrom(url);
    if (href === undefined || onSide[side] >= CONNECTIONS_PER_SIDE_MAX) continue;
    onSide[side] += 1;
    const name = textOf(label).trim() || href.hostname.replace(/^www\./, '');
    connections.push({ side, label: name.slice(0, CONNECTION_LABEL_MAX_UNITS), url: href.href });
  }
  return connections;
}

export function messageBoardFrom(value: unknown): MessageBoard {
  const source = recordOf(value);
  const title = textOf(source['title']).trim().slice(0, BOARD_TITLE_MAX_UNITS);
  const body = textOf(source['body']).trim().slice(0, BOARD_BODY_MAX_UNITS);
  const x = Number.parseFloat(String(primitiveOf(source['x'])));
  return {
    enabled: title !== '' || body !== '',
    x: Number.isNaN(x) ? 0.5 : Math.round(Math.min(Math.max(x, 0), 1) * 1e4) / 1e4,
    variant: VARIANTS.find((variant) => variant === source['variant']) ?? 'corkboard',
    accent: safeColor(source['accent']) ?? '',
    title,
    body,
  };
}

/** Words to mask: trimmed, in lower case, each once. Empty ones and those that are too long are dropped. */
export function blockedWordsFrom(value: unknown): string[] {
  const words = new Set<string>();
  for (const entry of listOf(value)) {
    const word = textOf(entry).trim().toLowerCase();
    if (word !== '' && word.length <= BLOCKED_WORD_MAX_UNITS) words.add(word);
    if (words.size === BLOCKED_WORDS_MAX) break;
  }
  return [...words];
}

/** @returns undefined for what is no waiting time */
export function chatThrottleFrom(value: unknown): number | undefined {
  const ms = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isNaN(ms) || ms < 0 ? undefined : Math.min(Math.round(ms), CHAT_THROTTLE_MAX_MS);
}

function linkFrom(value: unknown): URL | undefined {
  const raw = textOf(value).trim().slice(0, CONNECTION_URL_MAX_UNITS);
  if (raw === '') return undefined;
  const url = URL.parse(/^https?:\/\//i.test(raw) ? raw : `https://${raw}`);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined;
}

function primitiveOf(value: unknown): string | number {
  return typeof value === 'number' || typeof value === 'string' ? value : '';
}
