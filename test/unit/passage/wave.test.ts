import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor } from '../../../federation/node/strict-cbor.ts';
import { decodeWave, encodeWave, WAVE_ANSWER, WAVE_LIMITS, type Wave } from '../../../federation/passage/wave.ts';
import { createWaves } from '../../../federation/passage/waves.ts';
import { createFigureNames, showPresence } from '../../../federation/presence/figures.ts';
import { neighbourhoodOf } from '../../../federation/presence/neighbourhood.ts';
import type { LocalSite } from '../../../federation/ring-service.ts';
import type { LocalFigure, Side } from '../../../federation/types.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { readRing, ringOf, seededBytes, squareId } from '../../support/ring-documents.ts';

const ring = ringOf(['alder', 'birch', 'cedar', 'dell']);
const { members } = readRing(ring.documents);
const raised: LocalFigure = { visitor: 7, x: 0.9, color: 3, pose: 'wave', walking: false, drawn: true };
const fromAlder: Wave = { ring: ring.ringId, fromSite: 'alder', toSite: 'birch', side: 'right' };

/** Birch, between alder and cedar. */
function rig(change: Partial<LocalSite> = {}, ask: () => Promise<Uint8Array> = async () => WAVE_ANSWER) {
  const clock = new ManualClock();
  const names = createFigureNames(seededBytes('waves'));
  const figures = [raised, { ...raised, visitor: 8, pose: 'stand' as const }];
  const sharing = change.sharing ?? 'figures';
  const counts: string[] = [];
  const asked: { readonly square: string; readonly wave: Wave | undefined }[] = [];
  const blamed: string[] = [];
  const heard: { readonly site: string; readonly side: Side; readonly to: number | undefined }[] = [];
  const waves = createWaves({
    ring: ring.ringId,
    self: squareId('birch'),
    clock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count: (event, reason) => counts.push(`${event}/${reason}`),
    names,
    neighbourhood: () => neighbourhoodOf(members, squareId('birch'), new Set(['birch'])),
    localSite: (siteId) =>
      siteId === 'birch'
        ? { ringId: ring.ringId, siteId, sharing, admitsGuests: true, letsVisitorsOut: true }
        : undefined,
    shown: (site) => showPresence({ count: 2, figures }, sharing, site, names, clock.monotonic()),
    presence: () => ({ count: 2, figures }),
    ask: async (square, bytes) => {
      asked.push({ square, wave: decodeWave(bytes) });
      return ask();
    },
    blame: (square) => blamed.push(square),
    onWave: (site, side, to) => heard.push({ site, side, to }),
  });
  const nameOf = (visitor: number): string => names.name('birch', visitor, clock.monotonic());
  return { clock, waves, counts, asked, blamed, heard, nameOf };
}

/** Lets answers arrive. */
const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a wave arrives as it was sent, within 256 bytes, and whatever is not exactly one is none', () => {
  const longest: Wave = {
    ring: 'ff'.repeat(32),
    fromSite: 'a'.repeat(32),
    toSite: 'b'.repeat(32),
    side: 'left',
    h: '0a1b2c3d',
  };
  for (const wave of [fromAlder, longest]) assert.deepEqual(decodeWave(encodeWave(wave)), wave);
  const bytes = encodeWave(longest);
  assert.ok(bytes.byteLength <= WAVE_LIMITS.questionMaxBytes);
  for (let length = 0; length < bytes.length; length += 1)
    assert.equal(decodeWave(bytes.subarray(0, length)), undefined);
  const fields = { r: new Uint8Array(32), f: 'alder', t: 'birch', s: 1, h: null };
  assert.ok(decodeWave(encodeCbor(fields)) !== undefined, 'in order, for comparison');
  const wrong: readonly Record<string, unknown>[] = [
    { r: new Uint8Array(31) },
    { f: '' },
    { t: 'x'.repeat(33) },
    { s: 2 },
    { s: 'left' },
    { h: new Uint8Array(5) },
    { h: '0a1b2c3d' },
    { extra: true },
  ];
  for (const change of wrong) {
    assert.equal(decodeWave(encodeCbor({ ...fields, ...change })), undefined, JSON.stringify(change));
  }
});

test('a wave is shown at the gate behind which its site is, and taken from the square that hosts the site alone', () => {
  const table: readonly (readonly [string, string, Partial<Wave>, string])[] = [
    ['the neighbour', 'alder', {}, 'shown'],
    ["another member's site", 'cedar', {}, 'wrong-origin'],
    ['a non-member', 'stranger', {}, 'wrong-origin'],
    ['a site in no list', 'alder', { fromSite: 'nowhere' }, 'wrong-origin'],
    ['through the gate that leads elsewhere', 'alder', { side: 'left' }, 'no-neighbour'],
    ['from two steps away', 'dell', { fromSite: 'dell', side: 'left' }, 'no-neighbour'],
    ['at a site hosted elsewhere', 'alder', { toSite: 'cedar' }, 'no-neighbour'],
  ];
  for (const [what, square, change, reason] of table) {
    const { waves, counts, heard } = rig();
    waves.hear(squareId(square), { ...fromAlder, ...change });
    assert.deepEqual(counts, [`wave-in/${reason}`], what);
    assert.deepEqual(heard, reason === 'shown' ? [{ site: 'birch', side: 'left', to: undefined }] : [], what);
  }
});

test('whoever has a hand up hears that it was answered, and nobody else is named', () => {
  const { clock, waves, heard, nameOf } = rig();
  for (const h of [nameOf(7), nameOf(8), 'ffffffff']) {
    waves.hear(squareId('alder'), { ...fromAlder, h });
    clock.advance(2_000);
  }
  assert.deepEqual(
    heard.map(({ to }) => to),
    [7, undefined, undefined],
  );
  const counting = rig({ sharing: 'count' });
  counting.waves.hear(squareId('alder'), { ...fromAlder, h: counting.nameOf(7) });
  assert.deepEqual(
    counting.heard.map(({ to }) => to),
    [undefined],
    'whose hands are not shown',
  );
});

test('of many waves of one site one in 2 s is shown and sent, whatever the other gate does', async () => {
  const { clock, waves, asked, heard, counts } = rig();
  for (let n = 0; n < 20; n += 1) {
    waves.hear(squareId('alder'), fromAlder);
    waves.wave('birch', 'right', undefined);
    clock.advance(200);
  }
  waves.hear(squareId('cedar'), { ...fromAlder, fromSite: 'cedar', side: 'left' });
  waves.wave('birch', 'left', '0a1b2c3d');
  await answered();
  assert.deepEqual(
    heard.map(({ side }) => side),
    ['left', 'left', 'right'],
  );
  assert.deepEqual(
    asked.map(({ square, wave }) => [square, wave?.toSite, wave?.h]),
    [
      [squareId('cedar'), 'cedar', undefined],
      [squareId('cedar'), 'cedar', undefined],
      [squareId('alder'), 'alder', '0a1b2c3d'],
    ],
  );
  assert.equal(counts.filter((counted) => counted === 'wave-in/too-often').length, 18);
  assert.equal(counts.filter((counted) => counted === 'wave-out/too-often').length, 18);
});

test('a site that shares nothing neither waves nor is waved at, and one without neighbours waves at nobody', () => {
  const { waves, asked, heard, counts } = rig({ sharing: 'nothing' });
  waves.wave('birch', 'right', undefined);
  waves.wave('alder', 'right', undefined);
  waves.hear(squareId('alder'), fromAlder);
  assert.deepEqual([asked, heard], [[], []]);
  assert.deepEqual(counts, ['wave-out/closed', 'wave-out/no-neighbour', 'wave-in/closed']);
});

test('a neighbour that is silent costs nothing, one that answers something else is blamed', async () => {
  const silent = rig({}, async () => Promise.reject(new Error('no link')));
  silent.waves.wave('birch', 'left', undefined);
  await answered();
  assert.deepEqual([silent.counts, silent.blamed], [['wave-out/unanswered'], []]);
  const odd = rig({}, async () => Uint8Array.of(1));
  odd.waves.wave('birch', 'left', undefined);
  await answered();
  assert.deepEqual([odd.counts, odd.blamed], [['wave-out/refused'], [squareId('alder')]]);
});
