/** Twelve real squares: one killed, one stopped, one cut off at the same time, all mended, then one shown out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RingDocuments } from '../../federation/documents/types.ts';
import { removeMember } from '../../federation/governance/members-list.ts';
import { publishMembers } from '../../federation/governance/publish.ts';
import type { NewRing } from '../../federation/governance/create-ring.ts';
import { watchGate } from '../support/gate-watcher.ts';
import { readRing } from '../support/ring-documents.ts';
import { install, metric, startOwnRing, type RingMember } from '../support/ring-of-processes.ts';
import { eventually } from '../support/sharded-square.ts';

const NAMES = ['alder', 'birch', 'cedar', 'dogwood', 'elm', 'fir', 'gum', 'hazel', 'iris', 'juniper', 'kale', 'larch'];

/** The design's bounds and a second for twelve squares on two cores. */
const DIM_WITHIN_MS = 8_500;
const DARK_WITHIN_MS = 16_500;
const BACK_WITHIN_MS = 20_000;

/** The next list, without one square. */
function without({ documents, keys }: NewRing, square: string): RingDocuments {
  const present = readRing(documents, true);
  const draft = removeMember(present.members, square, { now: Date.now(), reason: 'spam' });
  assert.ok(draft.ok);
  const published = publishMembers(
    present,
    draft.value,
    { admin: keys.admin1, online: keys.online },
    { now: Date.now(), allowPrivate: true },
  );
  assert.ok(published.ok);
  return { ...documents, ...published.value };
}

test('twelve squares: three fail in three ways and fade, all come back; who is shown out is deaf and mute', async (t) => {
  const { ring, members } = await startOwnRing(t, NAMES);
  const at = (index: number): RingMember => {
    const member = members[((index % NAMES.length) + NAMES.length) % NAMES.length];
    assert.ok(member !== undefined);
    return member;
  };
  // The highest peer id dials nobody: all its links come in through the proxy.
  const highest = members.reduce((a, b) => (a.square > b.square ? a : b));
  const place = members.indexOf(highest);
  const [cutOff, killed, stopped, bystander] = [highest, at(place + 4), at(place + 8), at(place + 2)];
  const faults = [cutOff, killed, stopped];
  const watchers = await Promise.all(
    faults.map(async (member) => watchGate(t, at(members.indexOf(member) + 1), member)),
  );
  const calm = await watchGate(t, at(place + 3), bystander);

  const begun = performance.now();
  for (const watcher of watchers) await watcher.until('live', 0, BACK_WITHIN_MS);
  cutOff.link.cut('both');
  killed.process().kill('SIGKILL');
  stopped.process().kill('SIGSTOP');
  const struck = performance.now();
  const dims = await Promise.all(watchers.map(async (watcher) => watcher.until('dim', struck, DIM_WITHIN_MS)));
  const darks = await Promise.all(watchers.map(async (watcher) => watcher.until('dark', struck, DARK_WITHIN_MS)));
  const said = (times: readonly number[]): string => times.map((ms) => ms.toFixed(0)).join(', ');
  t.diagnostic(`cut off, killed, stopped: dim after ${said(dims)} ms, dark after ${said(darks)} ms`);
  assert.deepEqual(
    calm.seen.filter(({ state, atMs }) => state !== 'live' && atMs > begun).map(({ state }) => state),
    [],
    'nobody else faded',
  );

  const mended = performance.now();
  cutOff.link.cut('none');
  stopped.process().kill('SIGCONT');
  const restarted = killed.restart();
  const backs = await Promise.all(watchers.map(async (watcher) => watcher.until('live', mended, BACK_WITHIN_MS)));
  await restarted;
  t.diagnostic(`live again after ${said(backs)} ms, the start of the killed one included`);
  for (const member of members) {
    await eventually(`${member.id} is whole`, async () => (await liveGates(member)) === 2, BACK_WITHIN_MS);
  }

  const others = members.filter((member) => member !== bystander);
  install(at(place + 6), without(ring, bystander.square));
  const told = performance.now();
  const links = async (member: RingMember) => metric(member.url, /^square_ring_links (\d+)/m);
  await eventually('deaf and mute', async () => (await links(bystander)) === 0, 10_000);
  const deaf = performance.now() - told;
  await eventually(
    'known everywhere',
    async () => (await Promise.all(others.map(versionOf))).every((version) => version === 2),
    10_000,
  );
  const everywhere = performance.now() - told;
  t.diagnostic(
    `shown out: without a link after ${deaf.toFixed(0)} ms, known to all eleven after ${everywhere.toFixed(0)} ms`,
  );

  async function versionOf({ url }: RingMember): Promise<number> {
    const answer = await fetch(`${url}/.well-known/townring/${ring.ringId}/members.json`);
    const envelope: { payload: string } = JSON.parse(await answer.text());
    const list: { version: number } = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    return list.version;
  }
});

async function liveGates(member: RingMember): Promise<number> {
  return metric(member.url, /^square_ring_live_gates (\d+)/m);
}
