/** Everything of a soft hop, a page hop and a wave that meets foreign bytes: messages of both sides, frames of a host, URL fragments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { encodeCbor } from '../../federation/node/strict-cbor.ts';
import { createVisitHost, LEASE_MS } from '../../federation/passage/visit-host.ts';
import { decodeWave, encodeWave, type Wave } from '../../federation/passage/wave.ts';
import {
  decodeHomeMessage,
  decodeHostMessage,
  encodeHomeMessage,
  encodeHostMessage,
  type HomeMessage,
  type HostMessage,
} from '../../federation/passage/visit-messages.ts';
import { isCode, takeCode } from '../../public/widget/net/claim-code.ts';
import { decodeHostFrame } from '../../src/realtime/decode-host-frame.ts';
import { fuzzRuns, spoilt } from '../support/fuzzing.ts';

const RUNS = fuzzRuns(2_000);

/** Records that compare equal to object literals. */
function plainly<T extends object>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const guest = fc.integer({ min: 0, max: 5 });
const tab = fc.integer({ min: 0, max: 3 });
const side = fc.constantFrom('left' as const, 'right' as const);
const homeMessage: fc.Arbitrary<HomeMessage> = fc.oneof(
  plainly({
    kind: fc.constant('admit' as const),
    guest,
    tab,
    plate: plainly({ name: fc.string({ maxLength: 18 }), look: fc.integer({ min: 0, max: 575 }) }),
    edge: side,
    isResident: fc.boolean(),
    isDrawn: fc.boolean(),
  }),
  plainly({ kind: fc.constant('tab' as const), guest, tab, isOpen: fc.boolean() }),
  plainly({ kind: fc.constant('say' as const), guest, tab, text: fc.string({ minLength: 2, maxLength: 60 }) }),
  plainly({ kind: fc.constant('leave' as const), guest, toward: fc.option(side) }),
  plainly({ kind: fc.constant('ping' as const), n: fc.integer({ min: 0, max: 9 }) }),
);
const hostMessage: fc.Arbitrary<HostMessage> = fc.oneof(
  plainly({
    kind: fc.constant('admitted' as const),
    guest,
    edge: side,
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    visitor: fc.integer({ min: 1, max: 99 }),
  }),
  plainly({
    kind: fc.constant('refused' as const),
    guest,
    reason: fc.constantFrom('full' as const, 'closed' as const),
  }),
  plainly({
    kind: fc.constant('frame' as const),
    text: fc.oneof(
      fc.string({ minLength: 2, maxLength: 60 }),
      fc.string({ minLength: 2, maxLength: 60, unit: 'binary' }).map((text) => text.padEnd(5_000, '{"type":"hello"}')),
    ),
    except: fc.option(fc.tuple(guest, tab)),
    only: fc.option(fc.array(fc.tuple(guest, tab), { minLength: 1, maxLength: 4 })),
  }),
  plainly({ kind: fc.constant('pong' as const), n: fc.integer({ min: 0, max: 9 }) }),
);

test('messages of a visit say at the other end what they said at this one', () => {
  fc.assert(
    fc.property(homeMessage, (message) => {
      assert.deepEqual(decodeHomeMessage(encodeHomeMessage(message)), message);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(hostMessage, (message) => {
      assert.deepEqual(decodeHostMessage(encodeHostMessage(message)), message);
    }),
    RUNS,
  );
});

test('what is no message of a visit is refused without a throw, and what is taken has one spelling', () => {
  const values = fc.anything({ withBigInt: true, maxDepth: 3 }).map((value) => {
    try {
      return encodeCbor(value);
    } catch {
      return new Uint8Array(0);
    }
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    values,
    homeMessage.chain((message) => spoilt(encodeHomeMessage(message))),
    hostMessage.chain((message) => spoilt(encodeHostMessage(message))),
  );
  fc.assert(
    fc.property(bytes, (any) => {
      const home = decodeHomeMessage(any);
      if (home !== undefined) assert.deepEqual(Uint8Array.from(encodeHomeMessage(home)), any);
      const host = decodeHostMessage(any);
      if (host !== undefined) assert.deepEqual(Uint8Array.from(encodeHostMessage(host)), any);
    }),
    { ...RUNS, numRuns: 3 * RUNS.numRuns },
  );
});

test('a wave says over there what it said here, and what is none is refused without a throw', () => {
  const wave: fc.Arbitrary<Wave> = fc.record(
    {
      ring: fc.stringMatching(/^[0-9a-f]{64}$/),
      fromSite: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
      toSite: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
      side,
      h: fc.stringMatching(/^[0-9a-f]{8}$/),
    },
    { requiredKeys: ['ring', 'fromSite', 'toSite', 'side'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(wave, (sent) => assert.deepEqual(decodeWave(encodeWave(sent)), sent)),
    RUNS,
  );
  const foreign = wave.chain((sent) => spoilt(encodeWave(sent)));
  fc.assert(
    fc.property(foreign, (any) => {
      const read = decodeWave(any);
      if (read !== undefined) assert.deepEqual(Uint8Array.from(encodeWave(read)), any);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.equal(decodeWave(bytes), undefined)),
    RUNS,
  );
});

test('whatever a home square says in whatever order, only admitted guests reach the scene, and silence ends them', () => {
  const GUESTS_MAX = 3;
  const story = fc.array(fc.tuple(fc.nat(3_000), homeMessage), { maxLength: 60 });
  fc.assert(
    fc.property(story, (steps) => {
      const host = createVisitHost(() => (host.size() >= GUESTS_MAX ? 'full' : undefined), 0);
      const here = new Set<number>();
      let nowMs = 0;
      let isOver = false;
      for (const [waitMs, message] of steps) {
        nowMs += waitMs;
        const inputs = [{ kind: 'woken' }, { kind: 'received', message, bytes: 60 }] as const;
        for (const effect of inputs.flatMap((input) => host.step(input, nowMs))) {
          assert.ok(!isOver, 'nothing after the end');
          if (effect.kind === 'end') isOver = true;
          if (effect.kind !== 'tell') continue;
          const { command } = effect;
          assert.equal(here.has(command.guest), command.kind !== 'admit');
          if (command.kind === 'admit') here.add(command.guest);
          if (command.kind === 'leave') here.delete(command.guest);
        }
        assert.ok(host.size() <= GUESTS_MAX);
        assert.equal(host.size(), isOver ? 0 : here.size);
      }
      host.step({ kind: 'woken' }, nowMs + LEASE_MS);
      assert.equal(host.size(), 0, 'guests do not outlive the lease');
    }),
    RUNS,
  );
});

test("a host's frames lose whatever a page must not have: scripts, styles, secrets, addresses that are not of the web", () => {
  const sly = fc.constantFrom(
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    'file:///etc/passwd',
    'https://ok.example/',
  );
  const types = ['hello', 'join', 'move', 'profile', 'say', 'typing', 'reading', 'action', 'leave', 'bird', 'scene'];
  const more = ['connections', 'messageBoard', 'neighbours', 'waved', 'chatThrottle', 'plugin', 'hopped', '__proto__'];
  const fields = fc.record(
    {
      type: fc.constantFrom(...types, ...more),
      id: fc.oneof(fc.nat(10), fc.anything()),
      x: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.anything()),
      text: fc.anything(),
      at: fc.nat(),
      readingUrl: sly,
      readingLabel: fc.string(),
      browserSecret: fc.constant('s3cret'),
      pluginModules: fc.constant(['https://evil.example/x.js']),
      pluginEntities: fc.anything(),
      style: fc.constant('url(https://evil.example/)'),
      peers: fc.array(fc.record({ id: fc.nat(9), x: fc.double({ min: 0, max: 1, noNaN: true }), readingUrl: sly }), {
        maxLength: 3,
      }),
      connections: fc.anything(),
      messageBoard: fc.anything(),
      scene: fc.anything(),
      left: fc.record({
        site: fc.string(),
        state: fc.constantFrom('live', 'dark', 'odd'),
        url: sly,
        figures: fc.anything(),
      }),
      right: fc.anything(),
    },
    { requiredKeys: ['type'] },
  );
  const frames = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.json(),
    fields.map((frame) => {
      try {
        return JSON.stringify(frame) ?? '';
      } catch {
        return '';
      }
    }),
  );
  fc.assert(
    fc.property(frames, (text) => {
      const frame = decodeHostFrame(text);
      if (frame === undefined) return;
      const passed = JSON.stringify(frame);
      assert.ok(!/s3cret|evil\.example\/(x\.js|\))/.test(passed), passed);
      const urls = passed.match(/"(?:readingUrl|url|href)":"([^"]*)"/g) ?? [];
      for (const url of urls) assert.ok(/:"(https?:\/\/[^"]*)?"$/.test(url), url);
    }),
    RUNS,
  );
});

test('a URL fragment gives a code of the right shape or none, and never a part of one to whoever reads it next', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      'ts=',
      'ts=AAAAAAAAAAAAAAAAAAAAAA',
      'ts=AAAAAAAAAAAAAAAAAAAAA=',
      'section',
      'a=b',
      'TS=x',
      '%74s=x',
    ),
    fc.string({ minLength: 22, maxLength: 22 }).map((code) => `ts=${code}`),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.boolean(), (parts, hasMark) => {
      const hash = (hasMark ? '#' : '') + parts.join('&');
      const { rest, code } = takeCode(hash);
      assert.ok(code === undefined || isCode(code));
      assert.deepEqual(takeCode(rest), { rest }, 'taken once, it is gone');
    }),
    RUNS,
  );
});

test('a crowd is told of in a tenth of its text, and what unpacks to too much, or to no text, is refused', () => {
  const peers = Array.from({ length: 800 }, (_, id) => ({ id, x: id / 800, pose: null, displayName: `Guest ${id}` }));
  const text = JSON.stringify({ type: 'hello', peers });
  const frame = { kind: 'frame' as const, text, except: null, only: null };
  const bytes = encodeHostMessage(frame);
  assert.ok(bytes.byteLength < text.length / 5, `${bytes.byteLength} of ${text.length}`);
  assert.deepEqual(decodeHostMessage(bytes), frame);
  assert.deepEqual(decodeHostMessage(encodeCbor([2, text, null, null])), frame, 'it may come plain');
  const packed = (content: string | Uint8Array) =>
    encodeCbor([2, Uint8Array.from(deflateRawSync(content)), null, null]);
  for (const content of [
    'x'.repeat(10_000_000),
    Uint8Array.from({ length: 5_000 }, () => 0xff),
    '{"type":"say"}', // too short to be deflated: one spelling
  ]) {
    assert.equal(decodeHostMessage(packed(content)), undefined);
  }
  const whole = deflateRawSync(text);
  assert.equal(decodeHostMessage(encodeCbor([2, Uint8Array.from(whole.subarray(0, 900)), null, null])), undefined);
});
