/** A ring of real squares whose admins are gone goes on: shown to one square, the successor is taken up by all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addSquareSignature } from '../../federation/governance/cosign.ts';
import { createSuccessor } from '../../federation/governance/create-ring.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import { readRing, seededBytes } from '../support/ring-documents.ts';
import { formRing, startSquare, setUpSquares, type SquareSetup, type TestSquare } from '../support/ring-of-squares.ts';

function successor(documents: RingDocuments, signers: readonly SquareSetup[]): RingDocuments {
  const options = { now: Date.now(), allowPrivate: true, random: seededBytes('successor') };
  const made = createSuccessor(readRing(documents, true), options);
  assert.ok(made.ok);
  const [charter] = made.value.documents.charters;
  assert.ok(charter !== undefined);
  const cosigned = signers.reduce((envelope, { key }) => addSquareSignature(envelope, key), charter);
  return { ...made.value.documents, charters: [cosigned] };
}

/** Resolves when this square trusts that ring and no other. */
async function untilIn({ rings, name }: TestSquare, ringId: string): Promise<void> {
  const isIn = () => rings.all().length === 1 && rings.get(ringId) !== undefined;
  if (isIn()) return;
  await new Promise<void>((resolve, reject) => {
    const guard = setTimeout(() => reject(new Error(`${name} has not gone over`)), 30_000);
    const stop = rings.onChange(() => {
      if (!isIn()) return;
      stop();
      clearTimeout(guard);
      resolve();
    });
  });
}

test('a successor that most squares signed, shown to one of them, is taken up by all, and gates live on', async (t) => {
  const setups = await setUpSquares(t, ['alder', 'birch', 'cedar', 'dale', 'elm']);
  const [alder, birch, cedar, dale, elm] = setups;
  assert.ok(alder && birch && cedar && dale && elm);
  const { documents } = formRing(setups);
  const next = successor(documents, [alder, birch, cedar]);
  const { ringId } = readRing(next, true);
  const squares = await Promise.all([alder, birch, cedar, dale].map((setup) => startSquare(t, setup, documents)));
  const [first] = squares;
  assert.ok(first !== undefined);
  await first.untilGate('right', ({ state }) => state === 'live');
  assert.equal(first.rings.accept(next, Date.now()).ok, true);
  await Promise.all(squares.map((square) => untilIn(square, ringId)));
  await first.untilView((view) => view.ring.id === ringId && view.right?.state === 'live');

  // Who was away meanwhile hears of it from its neighbours as it comes back.
  const late = await startSquare(t, elm, documents);
  await untilIn(late, ringId);
  await late.untilView((view) => view.ring.id === ringId && view.left?.state === 'live');
});

test('a square whose operator goes over alone takes nobody along', async (t) => {
  const setups = await setUpSquares(t, ['alder', 'birch', 'cedar']);
  const [alder, birch] = setups;
  assert.ok(alder && birch);
  const { documents } = formRing(setups);
  const { ringId } = readRing(documents, true);
  const [one, other] = await Promise.all([alder, birch].map((setup) => startSquare(t, setup, documents)));
  assert.ok(one && other);
  await one.untilGate('right', ({ state }) => state === 'live');
  assert.equal(one.rings.succeed(successor(documents, [alder]), Date.now()).ok, true);
  await other.untilCounted('documents-pull', 'refused');
  assert.deepEqual(
    other.rings.all().map((ring) => ring.ringId),
    [ringId],
  );
});
