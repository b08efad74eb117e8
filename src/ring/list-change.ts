import { z } from 'zod';
import type { ListChange } from '../../federation/governance/change.ts';

/** Longest text of a change; the documents have narrower bounds of their own, and say so in words. */
const TEXT_MAX = 2_000;
const text = z.string().max(TEXT_MAX);
const site = z.strictObject({ id: text, name: text, entry: text });

/** The changes that admin pages ask for; what they mean is judged where they are drafted. */
const schema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('add'),
    member: z.strictObject({
      square: text,
      origin: text,
      addrs: z.array(text).max(16).readonly(),
      sites: z.array(site).max(64).readonly(),
    }),
  }),
  z.strictObject({ kind: z.literal('revoke'), square: text, reason: text.exactOptional() }),
  z.strictObject({ kind: z.literal('reorder'), square: text, place: z.int() }),
  z.strictObject({ kind: z.literal('rename'), site: text, name: text }),
  z.strictObject({ kind: z.literal('renew') }),
]);

/** @returns undefined for what is no change */
export function listChangeFrom(value: unknown): ListChange | undefined {
  const read = schema.safeParse(value);
  return read.success ? read.data : undefined;
}
