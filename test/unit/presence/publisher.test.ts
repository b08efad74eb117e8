import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { generateSquareKey } from '../../../federation/node/identity.ts';
import type { Shown } from '../../../federation/presence/figures.ts';
import { createPublisher } from '../../../federation/presence/publisher.ts';
import { parseSummary, unsealSummary, type Summary } from '../../../federation/presence/summary.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { seededBytes } from '../../support/ring-documents.ts';

const key = await generateSquareKey();
const nobody: Shown = { sharing: 'figures', count: 0, figures: [] };
const somebody = (x: number, walking = false): Shown => ({
  sharing: 'figures',
  count: 1,
  figures: [{ h: '0a0b0c0d', x, color: 2, pose: 'stand', walking }],
});

function rig(seed = 'publisher') {
  const clock = new ManualClock();
  const sent: { atMs: number; summary: Summary }[] = [];
  const state = { shown: nobody, samples: 0, shownChanges: 0, seq: 0 };
  const publisher = createPublisher({
    ring: 'ab'.repeat(32),
    site: 'alder',
    epoch: 7,
    signer: key,
    clock,
    random: seededBytes(seed),
    nextSeq: () => state.seq++,
    versions: () => ({ charter: 1, members: 2, beat: 3, head: 0 }),
    sample: () => {
      state.samples += 1;
      return state.shown;
    },
    send: async (bytes) => {
      const sealed = unsealSummary(bytes);
      const summary = sealed === undefined ? undefined : parseSummary(sealed.body);
      assert.ok(summary !== undefined);
      sent.push({ atMs: clock.monotonic(), summary });
    },
    onShown: () => {
      state.shownChanges += 1;
    },
  });
  return { clock, sent, state, publisher };
}

test('the first change after a quiet second goes out at once', () => {
  const { clock, sent, state, publisher } = rig();
  publisher.start();
  clock.advance(1_000);
  assert.equal(sent.length, 1, 'the first summary of a run goes out at start');
  state.shown = somebody(10);
  publisher.touch();
  clock.advance(0);
  assert.equal(sent.length, 2);
  assert.equal(sent[1]?.atMs, 1_000);
  assert.equal(sent[1]?.summary.count, 1);
});

test('a change right after a refresh goes out at once too: repeating what is known makes nobody wait', () => {
  const { clock, sent, state, publisher } = rig();
  publisher.start();
  while (sent.length < 3) clock.advance(100);
  state.shown = somebody(10);
  publisher.touch();
  clock.advance(0);
  assert.equal(sent.length, 4);
  state.shown = somebody(11);
  publisher.touch();
  clock.advance(499);
  assert.equal(sent.length, 4, 'the next change waits its half second');
  clock.advance(1);
  assert.equal(sent.at(-1)?.summary.figures[0]?.x, 11);
});

test('while things move there are at most two summaries a second, and the last state is among them', () => {
  const { clock, sent, state, publisher } = rig();
  publisher.start();
  clock.advance(2_000);
  const before = sent.length;
  for (let step = 1; step <= 100; step += 1) {
    state.shown = somebody(step, true);
    publisher.touch();
    clock.advance(40);
  }
  state.shown = somebody(100, false);
  publisher.touch();
  clock.advance(1_000);
  const during = sent.slice(before);
  assert.ok(during.length >= 8 && during.length <= 11, `${during.length} in five seconds`);
  for (const [index, { atMs }] of during.entries()) {
    const previous = during[index - 1];
    if (previous !== undefined) assert.ok(atMs - previous.atMs >= 500, `${atMs} after ${previous.atMs}`);
  }
  assert.equal(during.at(-1)?.summary.figures[0]?.x, 100);
});

test('who was published as walking is corrected within a second of standing still, touched or not', () => {
  const { clock, sent, state, publisher } = rig();
  publisher.start();
  clock.advance(2_000);
  state.shown = somebody(5, true);
  publisher.touch();
  clock.advance(0);
  assert.equal(sent.at(-1)?.summary.figures[0]?.walking, true);
  state.shown = somebody(5, false);
  clock.advance(1_000);
  assert.equal(sent.at(-1)?.summary.figures[0]?.walking, false);
  const { samples } = state;
  clock.advance(2_000);
  assert.equal(state.samples, samples, 'nobody moves: nothing is sampled');
});

test('a quiet site is refreshed every 5 s ± 20 %, never in step', () => {
  const { clock, sent, publisher } = rig();
  publisher.start();
  clock.advance(120_000);
  const gaps = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
  assert.ok(gaps.length >= 20);
  for (const gap of gaps) assert.ok(gap >= 4_000 && gap <= 6_000, `${gap} ms`);
  assert.ok(new Set(gaps.map((gap) => Math.round(gap))).size > 5);
});

test('what looks the same at the neighbours is not published again', () => {
  const { clock, sent, state, publisher } = rig();
  publisher.start();
  clock.advance(1_000);
  for (let turn = 0; turn < 5; turn += 1) {
    publisher.touch();
    clock.advance(500);
  }
  assert.equal(sent.length, 1);
  assert.equal(state.shownChanges, 1);
});

test('sequence numbers start at 0 and never repeat, answers to askers included', () => {
  const { clock, sent, publisher } = rig();
  publisher.start();
  const answered = publisher.seal();
  assert.ok(answered !== undefined);
  const sealed = unsealSummary(answered);
  assert.equal(sealed === undefined ? undefined : parseSummary(sealed.body)?.seq, 1);
  clock.advance(6_000);
  assert.deepEqual(
    sent.map(({ summary }) => [summary.epoch, summary.seq]),
    [
      [7, 0],
      [7, 2],
    ],
  );
});

test('goodbye is said once, with nobody there, and nothing after it', async () => {
  const { clock, sent, state, publisher } = rig();
  publisher.start();
  state.shown = somebody(3);
  await publisher.bye();
  await publisher.bye();
  publisher.touch();
  publisher.announce();
  clock.advance(60_000);
  const byes = sent.filter(({ summary }) => summary.bye);
  assert.equal(byes.length, 1);
  assert.equal(sent.at(-1)?.summary.bye, true);
  assert.equal(sent.at(-1)?.summary.count, 0);
  assert.equal(publisher.seal(), undefined);
  assert.equal(clock.pendingTimers, 0);
});

test('new document versions are announced though nobody moved', () => {
  const { clock, sent, publisher } = rig();
  publisher.start();
  clock.advance(1_000);
  publisher.announce();
  clock.advance(0);
  assert.equal(sent.length, 2);
});

test('whatever is touched whenever, two changes a second are the most and 6 s the longest silence', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          waitMs: fc.oneof(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 3_900, max: 6_100 })),
          x: fc.integer({ min: 0, max: 255 }),
        }),
        {
          maxLength: 60,
        },
      ),
      (steps) => {
        const { clock, sent, state, publisher } = rig('property');
        publisher.start();
        for (const { waitMs, x } of steps) {
          clock.advance(waitMs);
          state.shown = somebody(x);
          publisher.touch();
        }
        clock.advance(7_000);
        publisher.stop();
        let changedAtMs = Number.NEGATIVE_INFINITY;
        for (const [index, { atMs, summary }] of sent.entries()) {
          const previous = sent[index - 1];
          if (previous !== undefined) assert.ok(atMs - previous.atMs <= 6_000);
          if (summary.figures[0]?.x === previous?.summary.figures[0]?.x) continue;
          assert.ok(atMs - changedAtMs >= 500);
          changedAtMs = atMs;
        }
        const last = steps.at(-1);
        if (last !== undefined) assert.equal(sent.at(-1)?.summary.figures[0]?.x, last.x);
        assert.equal(clock.pendingTimers, 0);
      },
    ),
    { seed: 20261123, numRuns: 100 },
  );
});
