import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMember, removeMember } from '../../federation/governance/members-list.ts';
import {
  formRing,
  publish,
  setUpSquares,
  startRing,
  startSquare,
  until,
  type TestSquare,
} from '../support/ring-of-squares.ts';

async function untilMembersVersion(square: TestSquare, version: number): Promise<void> {
  const look = (): true | undefined => square.service.rings()[0]?.members.version === version || undefined;
  await until(
    `${square.name}: members ${version}`,
    look,
    (notify) => square.rings.onChange(notify),
    () => square.service.rings().map((ring) => ring.members.version),
  );
}

test('a new members list given to one square reaches all of a ring of seven, and the newcomer is seen', async (context) => {
  const names = ['ash', 'beech', 'cedar', 'elm', 'fir', 'gum', 'hazel'];
  const { ring, squares } = await startRing(context, names);
  const [newcomer] = await setUpSquares(context, ['iris']);
  assert.ok(newcomer !== undefined);
  for (const square of squares) {
    await square.untilView((view) => view.left?.state === 'live' && view.right?.state === 'live');
  }
  const next = publish(ring, (list) => addMember(list, newcomer.draft, { now: Date.now(), allowPrivate: true }));
  const iris = await startSquare(context, newcomer, next);
  const [first] = squares;
  assert.ok(first !== undefined);
  const outcome = first.rings.accept(next, Date.now());
  assert.ok(outcome.ok && outcome.changed);
  await Promise.all(squares.map(async (square) => untilMembersVersion(square, 2)));
  const last = squares.at(-1);
  assert.ok(last !== undefined);
  await Promise.all([
    last.untilGate('right', (gate) => gate.site === 'iris' && gate.state === 'live'),
    iris.untilGate('left', (gate) => gate.site === 'hazel' && gate.state === 'live'),
    first.untilGate('left', (gate) => gate.site === 'iris' && gate.state === 'live'),
    iris.untilGate('right', (gate) => gate.site === 'ash' && gate.state === 'live'),
  ]);
});

test('a square that missed a list while it was away has it soon after it returns', async (context) => {
  const setups = await setUpSquares(context, ['ash', 'beech', 'cedar']);
  const [ashSetup, beechSetup, cedarSetup] = setups;
  assert.ok(ashSetup !== undefined && beechSetup !== undefined && cedarSetup !== undefined);
  const ring = formRing(setups);
  const [newcomer] = await setUpSquares(context, ['iris']);
  assert.ok(newcomer !== undefined);
  const next = publish(ring, (list) => addMember(list, newcomer.draft, { now: Date.now(), allowPrivate: true }));
  await startSquare(context, ashSetup, next);
  await startSquare(context, beechSetup, next);
  const cedar = await startSquare(context, cedarSetup, ring.documents);
  await untilMembersVersion(cedar, 2);
  assert.equal(cedar.store.load()[0]?.members.payload, next.members.payload, 'saved, not only used');
});

test('a square that was shown out is cut off in both directions', async (context) => {
  const { ring, squares } = await startRing(context, ['ash', 'beech', 'cedar']);
  const [ash, beech, cedar] = squares;
  assert.ok(ash !== undefined && beech !== undefined && cedar !== undefined);
  cedar.populate({ count: 4, figures: [] });
  await Promise.all([
    ash.untilGate('left', (gate) => gate.site === 'cedar' && gate.count === 4),
    beech.untilGate('right', (gate) => gate.site === 'cedar' && gate.count === 4),
    cedar.untilGate('left', (gate) => gate.state === 'live'),
  ]);
  const offered = await cedar.service.offer('cedar', 'left', { name: 'Ana', look: 3 });
  assert.ok(offered.ok && offered.code !== undefined);

  const next = publish(ring, (list) => removeMember(list, cedar.key.square, { now: Date.now(), reason: 'spam' }));
  const acceptedAt = performance.now();
  assert.equal(ash.rings.accept(next, Date.now()).ok, true);
  await Promise.all([
    beech.untilView((view) => view.right?.site === 'ash' && view.left?.site === 'ash'),
    cedar.untilLinked(ash, false),
    cedar.untilLinked(beech, false),
  ]);
  assert.ok(performance.now() - acceptedAt < 5_000);
  assert.equal(beech.service.redeem('beech', offered.code), undefined, 'its code is refused');
  assert.equal(ash.service.view('ash')?.left?.site, 'beech');
  assert.ok(!ash.service.links().some(({ square }) => square === cedar.key.square));

  // It may go on dialling with its old list; nobody answers, and its visitors still get across by the plain link.
  const plain = await cedar.service.offer('cedar', 'left', { name: 'Ana', look: 3 });
  assert.ok(plain.ok && plain.code === undefined);
  const unheard = cedar.counted('publish', 'nobody');
  cedar.populate({ count: 5, figures: [] });
  await cedar.untilCounted('publish', 'nobody', unheard + 1);

  // Told by its operator, it lets go by itself: no gates, no links.
  assert.equal(cedar.rings.accept(next, Date.now()).ok, true);
  assert.equal(cedar.service.view('cedar'), undefined);
  assert.deepEqual(cedar.service.links(), []);
});
