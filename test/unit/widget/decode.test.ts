import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, constantFrom, jsonValue, property } from 'fast-check';
import { decodeFrame, webUrl } from '../../../public/widget/model/decode.ts';
import { gate, visitor } from '../../support/fake-square.ts';

const HELLO = { type: 'hello', ...visitor(1, 0.5), browserSecret: 'ab', peers: [visitor(2, 0.1)], chatThrottleMs: 300 };

test('a hello of a classic square is read', () => {
  const frame = decodeFrame(JSON.stringify(HELLO));
  assert.equal(frame?.type, 'hello');
  assert.equal(frame.peers.length, 1);
  assert.equal(frame.chatThrottleMs, 300);
  assert.equal(frame.arrival, undefined);
});

test('people without a place, without an id or twice oneself are left out', () => {
  const peers = [visitor(1, 0.2), { id: 3 }, { x: 0.4 }, null, 7, visitor(4, 2), visitor(5, 0.3)];
  const frame = decodeFrame(JSON.stringify({ ...HELLO, peers }));
  assert.deepEqual(frame?.type === 'hello' && frame.peers.map((peer) => peer.id), [5]);
});

test('a gate that leads anywhere but to a web page is no gate', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'moss', '', 7, null]) {
    const left = { ...gate('Moss', 'http://moss.example/'), url };
    assert.equal(decodeFrame(JSON.stringify({ type: 'neighbours', left, right: null })), undefined, String(url));
  }
  assert.equal(webUrl('https://moss.example'), 'https://moss.example/');
});

test('a dark gate shows no figures whatever it carries, and no gate more than 64', () => {
  const figures = Array.from({ length: 200 }, (_, i) => ({
    h: `h${i}`,
    x: 0.9,
    color: 1,
    pose: 'stand',
    walking: false,
  }));
  const read = (state: 'live' | 'dark') => {
    const left = { ...gate('Moss', 'http://moss.example/'), state, figures };
    const frame = decodeFrame(JSON.stringify({ type: 'neighbours', left, right: null }));
    return frame?.type === 'neighbours' ? frame.left?.figures.length : undefined;
  };
  assert.equal(read('dark'), 0);
  assert.equal(read('live'), 64);
});

test('a passage keeps its code only when it can be one', () => {
  const read = (code: unknown) => {
    const frame = decodeFrame(JSON.stringify({ type: 'passage', side: 'left', url: 'http://a.example/', code }));
    return frame?.type === 'passage' ? frame.code : 'none';
  };
  assert.equal(read('A'.repeat(22)), 'A'.repeat(22));
  for (const bad of ['A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(20)}"&`, 5, null])
    assert.equal(read(bad), undefined);
});

test('nothing that a socket may say throws', () => {
  check(
    property(
      constantFrom('hello', 'join', 'leave', 'move', 'say', 'action', 'typing', 'neighbours', 'passage', 'scene', 'x'),
      jsonValue(),
      jsonValue(),
      (type, a, b) => {
        const fields = [
          'id',
          'x',
          'peers',
          'peer',
          'ring',
          'left',
          'right',
          'side',
          'text',
          'scene',
          'arrival',
          'messages',
        ];
        for (const field of fields)
          decodeFrame(JSON.stringify({ type, id: 1, x: 0.5, side: 'left', [field]: a, url: b }));
      },
    ),
    { seed: 20_261_123, numRuns: 300 },
  );
  for (const raw of ['', '[]', 'null', '7', '{', '{"type":7}', '{"type":"__proto__"}', new ArrayBuffer(8), undefined]) {
    assert.equal(decodeFrame(raw), undefined);
  }
  assert.equal(decodeFrame(JSON.stringify({ type: 'say', id: 1, text: 'x'.repeat(2_000_000) })), undefined);
});
