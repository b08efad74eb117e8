/** The ring's one bird: the squares' own code in virtual time, with crashes, losses and partitions out of a seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBird } from '../../federation/bird/bird.ts';
import { encodeTaken } from '../../federation/bird/round.ts';
import type { RingParts } from '../../federation/ring-service.ts';
import { pairDrawn, tellBirdStory, told } from './bird-story.ts';
import { BirdWorld } from './bird-world.ts';

/** As many as the time of a test run allows; thousands by BIRD_SEEDS. */
const SEEDS = Number(process.env['BIRD_SEEDS'] ?? 6);

test('a calm ring has its bird at once; it goes from square to square, in and out by the right sides', async () => {
  const world = await BirdWorld.of(5, 1);
  world.bootAll();
  await world.untilHere(undefined, 30_000);
  await world.run(1_800_000);
  assert.equal(told(pairDrawn(world.visits)), undefined);
  const sites = [...new Set(world.visits.map(({ site }) => site))].sort();
  assert.deepEqual(sites, ['site-0', 'site-1', 'site-1-b', 'site-2', 'site-3', 'site-4'], 'it comes to everybody');
  assert.ok(world.visits.length > 30, `${world.visits.length} stays in half an hour`);
  for (const [index, visit] of world.visits.entries()) {
    const next = world.visits[index + 1];
    if (next === undefined) continue;
    assert.equal(next.from, visit.toward === 'left' ? 'right' : 'left', 'it comes in from where it left to');
    const goneMs = next.cameAtMs - visit.wentAtMs;
    assert.ok(goneMs >= 2_000 && goneMs < 8_000, `out of sight for ${goneMs} ms`);
  }
});

test(`never two birds at once in ${SEEDS} stories of crashes, late answers, foul gossip and partitions, and one again after all`, async (t) => {
  let stays = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { visits, pair } = await tellBirdStory(seed);
    assert.equal(pair, undefined, `seed ${seed}: ${told(pair)}`);
    stays += visits.length;
  }
  t.diagnostic(`${stays} stays`);
});

const mutations: readonly (readonly [string, Partial<RingParts>])[] = [
  [
    'a square that keeps the bird when nobody answers',
    {
      createBird: (deps) =>
        createBird({ ...deps, ask: (square, question) => deps.ask(square, question).catch(() => encodeTaken(false)) }),
    },
  ],
  [
    'a roost that forgets with a restart what it let out',
    { createBird: (deps) => createBird({ ...deps, roosts: { read: () => undefined, save: () => true } }) },
  ],
];
for (const [name, parts] of mutations) {
  test(`${name} is noticed`, async (t) => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const { pair } = await tellBirdStory(seed, parts);
      if (pair === undefined) continue;
      return t.diagnostic(`by seed ${seed}: ${told(pair)}`);
    }
    return assert.fail('no story has two birds');
  });
}

test('a site that shares nothing and one that sleeps are flown past', async () => {
  const world = await BirdWorld.of(5, 3, { sharing: (index) => (index === 2 ? 'nothing' : 'figures') });
  world.bootAll();
  await world.run(900_000);
  const count = (site: string): number => world.visits.filter((visit) => visit.site === site).length;
  assert.equal(count('site-2'), 0);
  assert.ok(count('site-3') > 0 && count('site-1-b') > 0);
  const visit = await world.untilHere(({ site }) => site !== 'site-4');
  world.crash(world.at(4));
  await world.run(900_000);
  const after = world.visits.slice(world.visits.indexOf(visit) + 1);
  assert.ok(after.length > 5, 'it goes on');
  assert.ok(after.every(({ site }) => site !== 'site-2' && site !== 'site-4'));
  assert.ok(after.some(({ site }) => site === 'site-3') && after.some(({ site }) => site === 'site-0'));
});

test('a bird that got lost is back when its round is over, and not before', async () => {
  const world = await BirdWorld.of(3, 7);
  world.bootAll();
  const { machine, cameAtMs } = await world.untilHere((visit) => visit.site !== 'site-0');
  world.crash(machine);
  const lostAtMs = world.time.nowMs;
  await world.untilHere(({ machine: there }) => there === world.at(0), 900_000);
  const goneMs = world.time.nowMs - lostAtMs;
  assert.ok(goneMs > 120_000, `${goneMs} ms after ${cameAtMs}`);
  assert.equal(pairDrawn(world.visits), undefined);
});
