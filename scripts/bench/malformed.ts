import { textFrame } from './client-frames.ts';

/** Pieces of messages that are each wrong in some way, or right and out of place. */
const SEEDS: readonly string[] = [
  '',
  'null',
  '[]',
  '"init"',
  '{',
  '{"type":',
  '{"type":7}',
  '{"type":"__proto__"}',
  '{"__proto__":{"type":"move"},"x":1}',
  '{"type":"constructor","x":{}}',
  '{"type":"init","readingUrl":"http://127.0.0.1/%ff"}',
  '{"type":"reading","readingUrl":"http://127.0.0.1/%ff/%"}',
  '{"type":"reading","readingUrl":"http://[::1"}',
  '{"type":"reading","readingUrl":7}',
  '{"type":"move","x":1e999}',
  '{"type":"move","x":-0.1}',
  '{"type":"move","x":"0.5"}',
  '{"type":"move","x":null}',
  '{"type":"settle","propId":{"toString":1}}',
  '{"type":"settle","propId":"__proto__"}',
  '{"type":"action","action":"high-five","targetId":{"valueOf":1}}',
  '{"type":"action","action":"high-five","targetId":9007199254740993}',
  '{"type":"action","action":["jump"]}',
  '{"type":"say","text":{"length":1}}',
  '{"type":"say","text":"\\ud800"}',
  '{"type":"typing","typing":"true"}',
  '{"type":"profile","displayName":[],"color":{}}',
  '{"type":"profile","displayName":"\\u0000\\u202e","color":"#c8641f"}',
  '{"type":"sceneConfig","sceneConfig":{"benches":"1e9","benchXs":{"length":1e9}}}',
  '{"type":"plugin","plugin":"__proto__"}',
  '{"type":"solve","nonce":{}}',
  '{"type":"solve","nonce":"0"}',
  '{"type":"gate","side":"up"}',
  `{"type":"say","text":${'['.repeat(200)}`,
];

/** Frames that no widget sends, the same for the same seed: bad JSON, bad fields, cut and flipped bytes. */
export function malformedFrames(seed: number): readonly Buffer[] {
  const random = numbersFrom(seed);
  const cut = SEEDS.map((text) => text.slice(0, Math.floor(random() * text.length)));
  const flipped = SEEDS.map((text) => {
    const bytes = Buffer.from(text);
    if (bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    return bytes;
  });
  return [...SEEDS, ...cut, ...flipped].map((payload) => textFrame(payload));
}

/** Park-Miller: small, and the same everywhere. Uniform in [0, 1). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
