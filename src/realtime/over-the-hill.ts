import type { ClientMessage } from '../protocol/frames.ts';

/**
 * What of a client's message crosses the hill: what visitors do and say. The page they read is their home's business, and all
 * else is asked of their home. Kept at both ends: a home may be hostile, a host ought not to be told.
 */
export function overTheHill(message: ClientMessage): ClientMessage | undefined {
  switch (message.type) {
    case 'move':
    case 'settle':
    case 'action':
    case 'profile':
    case 'say':
    case 'typing':
      return message;
    case 'reading': {
      const { type, readingActive, widgetVisible } = message;
      return { type, readingActive, widgetVisible };
    }
    default:
      return undefined;
  }
}
