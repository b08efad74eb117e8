import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ringPages } from '../../../src/edge/ring-pages.ts';
import type { RingListing } from '../../../src/ring/ring-port.ts';

const sites = ['moss', 'lantern', 'quay'].map((id, index) => ({
  id,
  name: id,
  entry: `https://${id}.example/`,
  square: `peer-${index}`,
  isOurs: index === 1,
}));
const ring: RingListing = {
  id: 'r1',
  name: 'Small Hours',
  version: 4,
  sites,
  documents: { charters: [{ c: 1 }], members: { m: 1 }, beat: { b: 1 } },
};

function pages(rings: readonly RingListing[], random = 0) {
  return ringPages({
    ring: { square: 'peer-1', rings: () => rings },
    random: () => random,
    publicOrigin: () => 'https://square.example',
  });
}

async function target(
  path: string,
  random = 0,
  rings: readonly RingListing[] = [ring],
): Promise<string | number | null> {
  const answer = await pages(rings, random).request(path);
  return answer.status === 302 ? answer.headers.get('location') : answer.status;
}

test('next and previous follow the signed order and close the circle', async () => {
  assert.equal(await target('/ring/next?from=moss'), 'https://lantern.example/');
  assert.equal(await target('/ring/next?from=quay'), 'https://moss.example/');
  assert.equal(await target('/ring/prev?from=moss'), 'https://quay.example/');
  assert.equal(await target('/ring/next'), 'https://quay.example/', 'without from: from our own site');
});

test('random leads to any other site, never back to the same', async () => {
  for (const random of [0, 0.49, 0.51, 0.999])
    assert.notEqual(await target('/ring/random?from=moss', random), 'https://moss.example/');
  assert.equal(await target('/ring/random?from=moss', 0.999), 'https://quay.example/');
});

test('no redirect takes its target from the request', async () => {
  for (const from of ['https://evil.example/', '//evil.example', 'moss%0d%0alocation:x', '__proto__', '']) {
    assert.equal(await target(`/ring/next?from=${from}`), 404);
  }
  assert.equal(await target('/ring/next?from=moss&ring=other'), 404);
  assert.equal(await target('/ring/next?from=moss&url=https://evil.example/'), 'https://lantern.example/');
});

test('a square in no ring, and a ring of one, answer in words', async () => {
  assert.equal(await target('/ring/next', 0, []), 404);
  assert.equal(await target('/ring/next', 0, [{ ...ring, sites: sites.slice(1, 2) }]), 404);
  assert.equal(await target('/ring/random', 0, [{ ...ring, sites: sites.slice(1, 2) }]), 404);
});

test('any page may read the list, the card and the signed documents', async () => {
  const app = pages([ring]);
  const list = await app.request('/ring/list.json');
  assert.equal(list.headers.get('access-control-allow-origin'), '*');
  assert.deepEqual(await list.json(), {
    rings: [{ id: 'r1', name: 'Small Hours', version: 4, sites: sites.map(({ isOurs: _isOurs, ...site }) => site) }],
  });
  const card = await app.request('/.well-known/townring.json');
  assert.deepEqual(await card.json(), {
    square: 'peer-1',
    origin: 'https://square.example',
    protocol: ['townring/1'],
    rings: [{ id: 'r1', name: 'Small Hours', version: 4 }],
  });
  assert.deepEqual(await (await app.request('/.well-known/townring/r1/charter.json')).json(), [{ c: 1 }]);
  assert.deepEqual(await (await app.request('/.well-known/townring/r1/members.json')).json(), { m: 1 });
  assert.deepEqual(await (await app.request('/.well-known/townring/r1/beat.json')).json(), { b: 1 });
  for (const path of ['r2/beat.json', 'r1/other.json', 'r1/constructor', 'r1/__proto__']) {
    assert.equal((await app.request(`/.well-known/townring/${path}`)).status, 404, path);
  }
});
