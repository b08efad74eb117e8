import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ViewChange, ViewFigure } from '../../../src/protocol/frames.ts';
import { decodeViewSteps, type ViewStep } from '../../../src/protocol/view-steps.ts';
import { viewFrame, type KnownView } from '../../../src/realtime/view-wire.ts';

const figure = (h: string, x: number, more: Partial<ViewFigure> = {}): ViewFigure => ({
  h,
  x,
  color: 3,
  pose: 'stand',
  walking: true,
  ...more,
});
const [ADA, BO, CY] = ['0000000a', '0000000b', '0000000c'];
const change = (figures: readonly ViewFigure[], more: Partial<ViewChange> = {}): ViewChange => ({
  isWhole: false,
  count: 2,
  figures,
  gone: [],
  said: [],
  ...more,
});
const known: KnownView = {
  count: 2,
  figures: new Map([
    [ADA, figure(ADA, 0.1, { name: 'Ada', look: 7 })],
    [BO, figure(BO, 0.2)],
  ]),
};

/** What a compact client is sent: texts as objects, steps as they read. */
function heard(told: ViewChange, before: KnownView | undefined): readonly unknown[] {
  const wire = viewFrame('left', 'moss', told, before).wireFor('compact');
  const messages: unknown[] = [];
  for (let at = 0; at < wire.length;) {
    const short = wire[at + 1] ?? 0;
    const from = at + (short === 126 ? 4 : 2);
    const payload = wire.subarray(from, from + (short === 126 ? wire.readUInt16BE(at + 2) : short));
    messages.push(wire[at] === 0x81 ? JSON.parse(payload.toString()) : decodeViewSteps(payload));
    at = payload.byteOffset - wire.byteOffset + payload.length;
  }
  return messages;
}
const steps = (list: readonly ViewStep[]) => ({ side: 'left', steps: list });

test('steps of those who are known come as bytes alone, to compact clients', () => {
  const told = change([figure(ADA, 1, { name: 'Ada', look: 7 }), figure(BO, 0, { pose: 'sit', walking: false })]);
  assert.deepEqual(heard(told, known), [
    steps([
      { h: ADA, x: 1, pose: 'stand', walking: true },
      { h: BO, x: 0, pose: 'sit', walking: false },
    ]),
  ]);
  const wire = viewFrame('left', 'moss', told, known).wireFor('ring');
  assert.equal(wire[0], 0x81);
  assert.ok(wire.includes('"name":"Ada"'), 'who offers no subprotocol hears all of it in JSON');
});

test('who is new, dressed otherwise, gone or heard is told of in JSON, and before the steps', () => {
  const moved = figure(BO, 1);
  const cases: readonly [ViewChange, Partial<ViewChange> | undefined][] = [
    [change([figure(CY, 0.5), moved]), { figures: [figure(CY, 0.5)] }],
    [
      change([figure(ADA, 0.1, { name: 'Ada', look: 8 }), moved]),
      { figures: [figure(ADA, 0.1, { name: 'Ada', look: 8 })] },
    ],
    [change([figure(ADA, 0.1), moved]), { figures: [figure(ADA, 0.1)] }],
    [change([moved], { gone: [ADA] }), { gone: [ADA] }],
    [change([moved], { said: [{ h: BO, text: 'hm' }] }), { said: [{ h: BO, text: 'hm' }] }],
    [change([moved], { count: 3 }), { count: 3 }],
  ];
  for (const [told, rest] of cases) {
    assert.deepEqual(heard(told, known), [
      { type: 'view', side: 'left', site: 'moss', ...change([], rest) },
      steps([{ h: BO, x: 1, pose: 'stand', walking: true }]),
    ]);
  }
});

test('a whole picture, names of another shape, and a change of nothing are JSON', () => {
  for (const [told, before] of [
    [change([figure(BO, 1)], { isWhole: true }), known],
    [change([figure(BO, 1)]), undefined],
    [change([]), known],
    [change([figure('moss', 1)]), { count: 2, figures: new Map([['moss', figure('moss', 0.3)]]) }],
  ] as const)
    assert.deepEqual(heard(told, before), [{ type: 'view', side: 'left', site: 'moss', ...told }]);
});
