import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  CODES_MAX,
  CODES_PER_SQUARE_MAX,
  createCodes,
  type Claim,
  type Codes,
} from '../../../federation/passage/codes.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { seededBytes } from '../../support/ring-documents.ts';

const claim: Claim = {
  plate: { name: 'Ana', look: 3 },
  fromSite: 'alder',
  toSite: 'birch',
  side: 'right',
  square: 'A',
};

function rig(): { clock: ManualClock; codes: Codes; issue: (change?: Partial<Claim>) => string } {
  const clock = new ManualClock();
  const codes = createCodes(clock, seededBytes('codes'));
  const issue = (change: Partial<Claim> = {}): string => {
    const issued = codes.issue({ ...claim, ...change });
    assert.ok(issued.ok);
    return issued.code;
  };
  return { clock, codes, issue };
}

test('a code is 128 bits in 22 characters and no two are the same', () => {
  const { issue } = rig();
  const some = Array.from({ length: 50 }, () => issue());
  for (const code of some) assert.match(code, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(new Set(some).size, 50);
});

test('a code opens its site once', () => {
  const { codes, issue } = rig();
  const code = issue();
  assert.deepEqual(codes.redeem('birch', code), { ok: true, claim });
  assert.deepEqual(codes.redeem('birch', code), { ok: false, reason: 'unknown' });
});

test('a code is good for 60 seconds, and its plate is forgotten then without anybody asking', () => {
  const { clock, codes, issue } = rig();
  const early = issue();
  clock.advance(59_999);
  assert.equal(codes.redeem('birch', early).ok, true);
  const late = issue();
  clock.advance(60_000);
  assert.equal(codes.size(), 0);
  assert.equal(codes.redeem('birch', late).ok, false);
  assert.equal(clock.pendingTimers, 0);
});

test('the wrong site burns the code for the right one too', () => {
  const { codes, issue } = rig();
  const code = issue();
  assert.deepEqual(codes.redeem('cedar', code), { ok: false, reason: 'wrong-site' });
  assert.deepEqual(codes.redeem('birch', code), { ok: false, reason: 'unknown' });
});

test('what is no code opens nothing and burns nothing', () => {
  const { codes, issue } = rig();
  const code = issue();
  for (const guess of [
    '',
    'x',
    code.slice(1),
    `${code}=`,
    ` ${code}`,
    '__proto__',
    'constructor',
    'A'.repeat(10_000),
  ]) {
    assert.deepEqual(codes.redeem('birch', guess), { ok: false, reason: 'unknown' });
  }
  assert.equal(codes.redeem('birch', code).ok, true);
});

test('a neighbour that offers faster than people walk is told to wait', () => {
  const { clock, codes } = rig();
  const outcomes = Array.from({ length: 150 }, () => codes.issue(claim));
  assert.equal(outcomes.filter(({ ok }) => ok).length, 100);
  assert.deepEqual(outcomes.at(-1), { ok: false, reason: 'too-often' });
  assert.equal(codes.issue({ ...claim, square: 'B' }).ok, true, 'others are not');
  clock.advance(1_000);
  assert.equal(codes.issue(claim).ok, true);
});

test('one neighbour holds at most 1,000 codes, all together 10,000', () => {
  const { clock, codes } = rig();
  const fill = (square: string): number => {
    let issued = 0;
    for (let turn = 0; turn < 1_100; turn += 1) {
      if (codes.issue({ ...claim, square }).ok) issued += 1;
      if (turn % 100 === 99) clock.advance(5_000);
    }
    return issued;
  };
  assert.equal(fill('A'), CODES_PER_SQUARE_MAX);
  assert.equal(codes.issue({ ...claim, square: 'A' }).ok, false);
  const { codes: all } = rig();
  let total = 0;
  for (let square = 0; square < 150; square += 1) {
    for (let turn = 0; turn < 100; turn += 1) if (all.issue({ ...claim, square: `S${square}` }).ok) total += 1;
  }
  assert.equal(total, CODES_MAX);
  assert.deepEqual(all.issue({ ...claim, square: 'late' }), { ok: false, reason: 'full' });
});

test('the codes of a square that was shown out are refused, those of others are not', () => {
  const { codes, issue } = rig();
  const theirs = issue({ square: 'A' });
  const others = issue({ square: 'B' });
  codes.dropSquare('A');
  assert.equal(codes.redeem('birch', theirs).ok, false);
  assert.equal(codes.redeem('birch', others).ok, true);
});

test('however codes are issued and asked for, none is redeemed twice, late or elsewhere', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('issue' as const), site: fc.constantFrom('birch', 'cedar') }),
    fc.record({ kind: fc.constant('redeem' as const), index: fc.nat(20), site: fc.constantFrom('birch', 'cedar') }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40_000) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { clock, codes, issue } = rig();
      const known: { code: string; site: string; at: number; spent: boolean }[] = [];
      for (const action of steps) {
        if (action.kind === 'wait') clock.advance(action.ms);
        else if (action.kind === 'issue') {
          known.push({ code: issue({ toSite: action.site }), site: action.site, at: clock.monotonic(), spent: false });
        } else {
          const entry = known[action.index];
          if (entry === undefined) continue;
          const isGood = !entry.spent && entry.site === action.site && clock.monotonic() - entry.at < 60_000;
          assert.equal(codes.redeem(action.site, entry.code).ok, isGood);
          entry.spent = true;
        }
      }
    }),
    { seed: 20261123, numRuns: 200 },
  );
});
