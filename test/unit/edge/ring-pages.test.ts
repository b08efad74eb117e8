import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ringPages } from '../../../src/edge/ring-pages.ts';
import type { RingListing, RingListingSite } from '../../../src/ring/ring-port.ts';

const siteOf = (id: string, index: number) => ({
  id,
  name: id,
  entry: `https://${id}.example/`,
  square: `peer-${index}`,
  isOurs: index === 1,
});
const sites: readonly RingListingSite[] = [
  { ...siteOf('moss', 0), state: 'live', count: 1 },
  { ...siteOf('lantern', 1), state: 'live', count: 2 },
  { ...siteOf('quay', 2), state: 'dark' },
];
const ring: RingListing = {
  id: 'r1',
  name: 'Small Hours',
  version: 4,
  sites,
  documents: { charters: [{ c: 1 }], members: { m: 1 }, beat: { b: 1 } },
};

function pages(rings: readonly RingListing[], random = 0, lookAround = () => {}) {
  return ringPages({
    ring: { square: 'peer-1', addresses: ['/dns4/square.example/tcp/443/tls/ws'], lookAround, rings: () => rings },
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

test('whoever looks at the map or its list has the far parts of the ring asked for, whoever only walks has not', async () => {
  let looks = 0;
  const there = pages([ring], 0, () => {
    looks += 1;
  });
  for (const path of ['/ring/next?from=moss', '/ring/random', '/.well-known/townring.json']) await there.request(path);
  assert.equal(looks, 0);
  for (const path of ['/ring', '/ring/list.json']) await there.request(path);
  assert.equal(looks, 2);
});

test('random leads to any other site, never back to the same', async () => {
  for (const random of [0, 0.49, 0.51, 0.999])
    assert.notEqual(await target('/ring/random?from=moss', random), 'https://moss.example/');
  assert.equal(await target('/ring/random?from=moss', 0.999), 'https://quay.example/');
});

test('sites that sleep are skipped by every walk, and found again when all the others sleep', async () => {
  const asleep = (...ids: string[]): readonly RingListing[] => [
    { ...ring, sites: sites.map((site) => (ids.includes(site.id) ? { ...site, isAsleep: true } : site)) },
  ];
  assert.equal(await target('/ring/next?from=moss', 0, asleep('lantern')), 'https://quay.example/');
  assert.equal(await target('/ring/prev?from=moss', 0, asleep('quay')), 'https://lantern.example/');
  for (const random of [0, 0.5, 0.999]) {
    assert.equal(await target('/ring/random?from=moss', random, asleep('lantern')), 'https://quay.example/');
  }
  assert.equal(await target('/ring/next?from=moss', 0, asleep('lantern', 'quay')), 'https://lantern.example/');
  assert.notEqual(await target('/ring/random?from=moss', 0, asleep('lantern', 'quay')), 404);
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
    addresses: ['/dns4/square.example/tcp/443/tls/ws'],
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

test('the ring is a page without script: every site in order, with who is about', async () => {
  const page = await (await pages([ring]).request('/ring')).text();
  const entries = [...page.matchAll(/<li>\s*<a href="([^"]+)">/g)].map(([, href]) => href);
  assert.deepEqual(
    entries,
    sites.map(({ entry }) => entry),
  );
  assert.match(page, /2 lamps are lit of 3, and\s+3 people are about/);
  assert.match(page, /<span class="state live"[^>]*>\s*1 person\s*</);
  assert.match(page, /<span class="state dark"[^>]*>\s*out of sight\s*</);
});

test('a name with markup in it stays a name', async () => {
  const named: RingListing = {
    ...ring,
    name: '<b>"&',
    sites: sites.map((site) => ({ ...site, name: '<img src=x onerror=alert(1)>' })),
  };
  const page = await (await pages([named]).request('/ring')).text();
  assert.ok(!page.includes('<img') && !page.includes('<b>'));
  const opml = await (await pages([named]).request('/ring/list.opml')).text();
  assert.match(opml, /text="&lt;img src=x onerror=alert\(1\)&gt;"/);
});

test('an unchanged ring is not sent again, and no script of others runs on its page', async () => {
  const first = await pages([ring]).request('/ring');
  assert.match(first.headers.get('content-security-policy') ?? '', /script-src 'self'/);
  const tag = first.headers.get('etag') ?? '';
  const again = await pages([ring]).request('/ring', { headers: { 'if-none-match': tag } });
  assert.equal(again.status, 304);
});

test('a square without a ring says how to begin one; a ring of one is drawn whole', async () => {
  assert.match(await (await pages([]).request('/ring')).text(), /Yours is the first lamp/);
  const alone = await (await pages([{ ...ring, sites: sites.slice(1, 2) }]).request('/ring')).text();
  assert.ok(!alone.includes('NaN') && alone.includes('1 lamp is lit of 1'));
});

test('the ring page of a square that was shown out says so, with the reason as text', async () => {
  const shownOut = await (await pages([{ ...ring, shownOut: 'spam & <b>noise</b>' }]).request('/ring')).text();
  assert.match(shownOut, /This square is in the ring no more: spam &amp; &lt;b&gt;noise/);
  assert.doesNotMatch(await (await pages([ring]).request('/ring')).text(), /in the ring no more/);
});
