import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import { formatInstant } from '../../../federation/documents/time.ts';
import {
  decodeRequestAnswer,
  sealRequest,
  type RequestAnswer,
  type RingRequest,
} from '../../../federation/governance/request.ts';
import type { Drafted } from '../../../federation/governance/member-draft.ts';
import { createJoinDesk, type JoinDesk } from '../../../src/ring/join-desk.ts';
import { createRingDesk, type RingDesk } from '../../../src/ring/ring-desk.ts';
import { generateSquareKey, type SquareKey } from '../../../federation/node/identity.ts';
import {
  DAY_MS,
  memberDraft,
  memoryTrustedState,
  NOON,
  ringOf,
  seededBytes,
  squareId,
} from '../../support/ring-documents.ts';
import { memoryRecords } from '../../support/memory-records.ts';

const ring = ringOf(['moss']);
const { ringId, keys } = ring;

interface Desks {
  readonly desk: RingDesk;
  readonly joins: JoinDesk;
  readonly rings: TrustedRings;
  readonly clock: { now: number };
}

/** The square of the only member; without keys it is not an admin's. */
function desks({ hasKeys = true } = {}): Desks {
  const clock = { now: NOON };
  const trusted = memoryTrustedState();
  trusted.save({ ringId, ...ring.documents });
  const rings = new TrustedRings(trusted, { self: squareId('moss') });
  const store = memoryRecords();
  const keysOf = () => (hasKeys ? [keys.admin1, keys.online] : []);
  const now = () => clock.now;
  const desk = createRingDesk({ rings, store, keysOf, now, allowPrivate: false });
  const random = seededBytes('invitations');
  const joins = createJoinDesk({ desk, store, self: squareId('moss'), keysOf, random, now });
  return { desk, joins, rings, clock };
}

function valueOf<T>(drafted: Drafted<T>): T {
  assert.ok(drafted.ok, drafted.ok ? '' : drafted.problems.join('\n'));
  return drafted.value;
}

function ask(
  joins: JoinDesk,
  key: SquareKey,
  change: Partial<RingRequest> = {},
  now = NOON,
): RequestAnswer | undefined {
  const { origin, addrs, sites } = memberDraft(change.sites?.[0]?.id ?? 'lantern');
  const request: RingRequest = {
    kind: 'join',
    ring: ringId,
    square: key.square,
    at: formatInstant(now),
    invite: '',
    note: '',
    origin,
    addrs,
    sites,
    ...change,
  };
  const answer = joins.answer(key.square, sealRequest(request, key));
  return answer === undefined ? undefined : decodeRequestAnswer(answer);
}

const invitation = (joins: JoinDesk, wish = {}) =>
  valueOf(joins.invite(ringId, { uses: 1, days: 14, note: 'for Ada', ...wish })).text;

describe('a square that asks to join', () => {
  it('with an invitation waits, is shown with it, and is welcome once an admin has approved', async () => {
    const { joins, rings } = desks();
    const key = await generateSquareKey();
    const invite = invitation(joins);
    assert.deepEqual(ask(joins, key, { invite, note: 'hello' }), { status: 'waiting' });
    const [kept] = joins.requests(ringId);
    assert.deepEqual([kept?.invitation, kept?.invitedFor, kept?.request.note], ['good', 'for Ada', 'hello']);
    assert.equal(
      valueOf(joins.previewApproval(ringId, key.square)).sentence,
      'Adds Site lantern: Site moss gets a new neighbour.',
    );
    valueOf(joins.approve(ringId, key.square));
    assert.deepEqual(joins.requests(ringId), []);
    const answer = ask(joins, key, { invite });
    assert.ok(answer?.status === 'welcome');
    assert.deepEqual(answer.documents, rings.get(ringId)?.envelopes);
  });

  it('without one waits as well, and once declined is told why, however often it asks', async () => {
    const { joins } = desks();
    const key = await generateSquareKey();
    assert.deepEqual(ask(joins, key), { status: 'waiting' });
    assert.equal(joins.requests(ringId)[0]?.invitation, 'none');
    valueOf(joins.decline(ringId, key.square, ' not now '));
    for (const now of [NOON, NOON + DAY_MS]) {
      assert.deepEqual(ask(joins, key, {}, now), { status: 'declined', reason: 'not now' });
    }
  });

  it('with an invitation that is forged, used up or old is shown as what it is', async () => {
    const { joins, clock } = desks();
    const [first, second] = [await generateSquareKey(), await generateSquareKey()];
    const invite = invitation(joins);
    const forged = invite.replace(/\.[^.]{6}/, '.AAAAAA');
    assert.equal(ask(joins, first, { invite: forged })?.status, 'waiting');
    assert.equal(joins.requests(ringId)[0]?.invitation, 'forged');
    clock.now += 1_000;
    ask(joins, first, { invite }, clock.now);
    valueOf(joins.approve(ringId, first.square));
    ask(joins, second, { invite, sites: memberDraft('quay').sites }, clock.now);
    assert.equal(joins.requests(ringId)[0]?.invitation, 'used-up');
    const short = invitation(joins, { days: 1 });
    clock.now += DAY_MS;
    ask(joins, second, { invite: short, sites: memberDraft('quay').sites }, clock.now);
    assert.equal(joins.requests(ringId)[0]?.invitation, 'expired');
  });

  it('is heard of by all members when nobody has answered for 14 days', async () => {
    const { joins, clock } = desks({ hasKeys: false });
    const key = await generateSquareKey();
    // The very request, handed to every square now; it says itself how old it is.
    ask(joins, key, {}, NOON - 14 * DAY_MS);
    assert.equal(joins.requests(ringId)[0]?.isOverdue, true);
    clock.now += DAY_MS;
    ask(joins, await generateSquareKey(), {}, clock.now);
    assert.deepEqual(
      joins.requests(ringId).map(({ isOverdue }) => isOverdue),
      [true, false],
    );
  });

  it('for another, with a broken signature, or of a ring that is not ours is turned away', async () => {
    const { joins } = desks();
    const [key, other] = [await generateSquareKey(), await generateSquareKey()];
    const sealed = sealRequest(
      {
        kind: 'leave',
        ring: ringId,
        square: other.square,
        at: formatInstant(NOON),
        invite: '',
        note: '',
        origin: '',
        addrs: [],
        sites: [],
      },
      other,
    );
    assert.equal(joins.answer(key.square, sealed), undefined, 'handed over by somebody else');
    const text = Buffer.from(sealed).toString();
    assert.equal(joins.answer(other.square, Buffer.from(text.replace(/.(?=","signature)/, 'A'))), undefined);
    assert.deepEqual(ask(joins, key, { ring: 'f'.repeat(64) }), { status: 'refused', reason: 'not-our-ring' });
    assert.deepEqual(joins.requests(ringId), []);
  });

  it('cannot fill the square: the uninvited get half of a hundred places, and one each', async () => {
    const { joins } = desks();
    for (let at = 0; at < 55; at++) {
      const key = await generateSquareKey();
      const answer = ask(joins, key);
      assert.deepEqual(ask(joins, key, {}, NOON + 1_000)?.status, answer?.status);
      assert.equal(answer?.status, at < 50 ? 'waiting' : 'refused');
    }
    assert.equal(ask(joins, await generateSquareKey(), { invite: invitation(joins) })?.status, 'waiting');
    assert.equal(joins.requests(ringId).length, 51);
  });

  it('after it was shown out needs an invitation to be heard', async () => {
    const { joins, desk } = desks();
    const key = await generateSquareKey();
    ask(joins, key);
    valueOf(joins.approve(ringId, key.square));
    valueOf(desk.apply(ringId, { kind: 'revoke', square: key.square, reason: 'was rude' }));
    assert.deepEqual(ask(joins, key), { status: 'declined', reason: 'was rude' });
    assert.deepEqual(ask(joins, key, { invite: invitation(joins) }), { status: 'waiting' });
  });
});

describe('a square that asks to leave', () => {
  it('is taken out at once by a square that holds the keys', async () => {
    const { joins, rings } = desks();
    const key = await generateSquareKey();
    ask(joins, key);
    valueOf(joins.approve(ringId, key.square));
    const gone = ask(joins, key, { kind: 'leave', origin: '', addrs: [], sites: [] });
    assert.deepEqual(gone, { status: 'gone' });
    const members = rings.get(ringId)?.members;
    assert.equal(members?.members.length, 1);
    assert.equal(members?.revoked[0]?.reason, 'left the ring');
  });
});

describe('the desk of requests', () => {
  it('refuses invitations that nobody could use, and answers of somebody who is no admin', async () => {
    const { joins } = desks();
    for (const wish of [{ uses: 0 }, { uses: 101 }, { days: 0 }, { days: 91 }, { note: '\u202e' }]) {
      assert.equal(joins.invite(ringId, { uses: 1, days: 14, note: '', ...wish }).ok, false);
    }
    const other = desks({ hasKeys: false });
    const key = await generateSquareKey();
    ask(other.joins, key);
    assert.equal(other.joins.invite(ringId, { uses: 1, days: 1, note: '' }).ok, false);
    assert.equal(other.joins.approve(ringId, key.square).ok, false);
    assert.equal(other.joins.decline(ringId, key.square, 'no').ok, false);
    assert.equal(joins.approve(ringId, key.square).ok, false, 'there is no such request here');
  });
});
