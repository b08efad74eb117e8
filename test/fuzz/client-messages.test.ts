/**
 * What strangers may send a square. A cheap generator of its own instead of fast-check, so that a hundred thousand frames
 * take seconds: `FUZZ_FRAMES=1000000 node --test test/fuzz/client-messages.test.ts` for a million.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientMessage } from '../../src/protocol/frames.ts';
import { COLORS } from '../../src/protocol/limits.ts';
import { decodeClientMessage } from '../../src/realtime/decode-client-message.ts';
import { SceneRig } from '../support/scene-rig.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** A failure prints its seed; put it into the environment to see it again. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123);
const frames = Number(process.env['FUZZ_FRAMES'] ?? 100_000);

const TYPES =
  'init solve move settle action profile reading say typing sceneConfig plugin privacy gate note none __proto__'.split(
    ' ',
  );
const KEYS =
  'browserId browserSecret x displayName color readingUrl readingActive widgetVisible sceneConfig ring look resident beyondHill arrival propId action targetId text typing nonce side code referrer benches benchXs __proto__ constructor'.split(
    ' ',
  );
const STRINGS = [
  '',
  'bench',
  'jump',
  'high-five',
  'left',
  'https://a.example/%ff?x#y',
  'https://a.example/%E0%A4%A',
  'javascript:alert(1)',
  'connection-1',
  '\u0000\u001B[2J',
  '\u202E\u2066\uD800',
  'z\u0335'.repeat(90),
  '\u{1F469}\u200D\u{1F467}'.repeat(60),
  ' '.repeat(300),
  'x'.repeat(3_000),
  '#c8641f',
  'f'.repeat(64),
  '1e999',
];

class FrameMaker {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<Value>(values: readonly [Value, ...Value[]] | readonly Value[]): Value | undefined {
    return values[this.below(values.length)];
  }

  text(): string {
    const kind = this.below(20);
    if (kind === 0) return JSON.stringify(this.#value(0));
    const text = JSON.stringify(this.#message());
    if (kind === 1) return text.slice(0, this.below(text.length));
    if (kind === 2) return text.replace(/[a-z]/, String.fromCharCode(this.below(0xffff)));
    if (kind === 3) return '['.repeat(this.below(2_000));
    return text;
  }

  bytes(): Uint8Array {
    const bytes = Buffer.from(this.text());
    for (let flips = this.below(3); flips > 0 && bytes.length > 0; flips -= 1) {
      bytes[this.below(bytes.length)] = this.below(256);
    }
    return bytes;
  }

  #message(): object {
    const message: Record<string, unknown> = { type: this.below(30) === 0 ? this.#value(0) : this.pick(TYPES) };
    for (let left = this.below(7); left > 0; left -= 1) {
      Object.defineProperty(message, this.pick(KEYS) ?? '', {
        value: this.#value(0),
        enumerable: true,
        configurable: true,
      });
    }
    return message;
  }

  #value(depth: number): unknown {
    switch (this.below(depth > 2 ? 6 : 8)) {
      case 0:
        return this.pick(STRINGS);
      case 1:
        return this.#random();
      case 2:
        return this.pick([0, 1, -1, 575, 576, 1e308, -0.001, 2 ** 53]);
      case 3:
        return this.below(2) === 0;
      case 4:
        return null;
      case 5:
        return String.fromCharCode(...Array.from({ length: this.below(40) }, () => this.below(0x1_00_00)));
      case 6:
        return Array.from({ length: this.below(4) }, () => this.#value(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: this.below(4) }, () => [this.pick(KEYS) ?? '', this.#value(depth + 1)]),
        );
    }
  }
}

function assertWithinLimits(message: ClientMessage): void {
  switch (message.type) {
    case 'init':
      assert.match(message.browserId, /^(?!connection-)[A-Za-z0-9_-]{0,80}$/);
      assert.match(message.browserSecret, /^[0-9A-Fa-f]{0,64}$/);
      assert.ok(message.x === undefined || (message.x >= 0 && message.x <= 1));
      assert.ok(message.displayName.length <= 18);
      assert.ok(COLORS.some((color) => color === message.color));
      assert.ok(message.arrival === undefined || message.arrival.referrer.length <= 240);
      break;
    case 'move':
      assert.ok(message.x >= 0 && message.x <= 1);
      break;
    case 'profile':
      assert.ok(message.displayName.length <= 18 && !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(message.displayName));
      break;
    case 'say':
      assert.ok(message.text.length > 0 && message.text.length <= 140);
      break;
    case 'note':
      assert.ok(message.text !== '' && (message.text?.length ?? 1) <= 700);
      assert.ok(!/[\p{Cc}\u2028\u2029\u202A-\u202E]/u.test(message.text ?? ''));
      break;
    case 'solve':
      assert.ok(message.nonce === undefined || message.nonce.length <= 64);
      break;
    case 'action':
      assert.ok(message.targetId === undefined || Number.isInteger(message.targetId));
      break;
    case 'sceneConfig':
      assert.ok(message.sceneConfig.benchXs.length <= 6 && message.sceneConfig.birds <= 18);
      break;
    default:
  }
}

test(`5: ${frames} frames of any kind: nothing throws, and what is understood keeps to its limits (seed ${seed})`, () => {
  const { fraction } = seededRandom(seed);
  const maker = new FrameMaker(fraction);
  let understood = 0;
  for (let index = 0; index < frames; index += 1) {
    const given = index % 2 === 0 ? maker.text() : maker.bytes();
    const message = decodeClientMessage(given);
    if (message === undefined) continue;
    understood += 1;
    assertWithinLimits(message);
  }
  assert.ok(understood > frames / 10, `only ${understood} were understood: the generator tests nothing`);
});

test(`5: a scene that is told ${frames / 10} of them throws nothing, and keeps nothing of those who left`, () => {
  const { fraction } = seededRandom(seed + 1);
  const maker = new FrameMaker(fraction);
  const rig = new SceneRig({
    tuning: { birds: { firstSpawnMs: 5, spawnMinMs: 50, spawnMaxMs: 100 }, inactiveMs: 60_000 },
  });
  for (let connection = 1; connection <= 20; connection += 1) rig.open(connection);
  for (let index = 0; index < frames / 10; index += 1) {
    const message = decodeClientMessage(maker.text());
    if (message !== undefined) rig.hear(1 + maker.below(20), message);
    if (index % 50 === 0) rig.advance(maker.below(200));
    if (index % 500 === 0) rig.clear();
  }
  for (let connection = 1; connection <= 20; connection += 1) rig.close(connection);
  rig.advance(10_000);
  assert.ok(rig.scene.isEmpty);
});
