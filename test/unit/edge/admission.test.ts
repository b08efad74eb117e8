import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import {
  decideAdmission,
  normalizeOrigin,
  type AdmissionRequest,
  type AdmissionSettings,
} from '../../../src/edge/admission.ts';
import { clientIpOf, trustedProxies } from '../../../src/edge/client-address.ts';
import { buildSite } from '../../support/site-builder.ts';

const sites = new Map(
  [
    buildSite(),
    buildSite({ key: 'site_off', isDisabled: true }),
    buildSite({ key: 'site_full', connectionLimit: 0 }),
    buildSite({ key: 'default' }),
    buildSite({ key: 'site_plus', isPlus: true }),
    buildSite({ key: 'site_supporter', isSupporter: true }),
    buildSite({ key: 'site_picky', blockedAddresses: ['198.51.100.4', '2001:db8:0:7::/64'], connectionLimit: 1 }),
  ].map((site) => [site.key, site]),
);
const settings: AdmissionSettings = {
  host: '192.0.2.7',
  port: 8787,
  allowedOrigins: ['https://friend.example'],
  defaultConnectionLimit: 100,
};

function decide(
  request: Partial<AdmissionRequest>,
  sockets = 0,
  changes: Partial<AdmissionSettings> = {},
  isQuarantined?: (sceneKey: string, address: string) => boolean,
): string {
  const decision = decideAdmission(
    {
      url: '/live',
      origin: undefined,
      host: 'square.example',
      remoteAddress: '127.0.0.1',
      xRealIp: undefined,
      ...request,
    },
    {
      sites: { find: (key) => sites.get(key) },
      socketCount: () => sockets,
      settings: { ...settings, ...changes },
      ...(isQuarantined && { isQuarantined }),
    },
  );
  return decision.admitted ? decision.ticket.sceneKey : `${decision.reason.code} ${decision.reason.reason}`;
}

const moss = '/live?siteKey=site_moss';
const plus = '/live?siteKey=site_plus&watch=1';
const supporter = '/live?siteKey=site_supporter&watch=1';
const picky = { url: '/live?siteKey=site_picky', origin: 'https://moss.example', xRealIp: '198.51.100.4' };
const table: readonly (readonly [what: string, Partial<AdmissionRequest>, string])[] = [
  ['the default scene without an Origin', {}, 'default'],
  ['an empty site key', { url: '/live?siteKey=' }, 'default'],
  ['the listening address', { origin: 'http://192.0.2.7:8787' }, 'default'],
  ['127.0.0.1 by https', { origin: 'https://127.0.0.1:8787' }, 'default'],
  ['localhost', { origin: 'http://localhost:8787' }, 'default'],
  ['localhost on another port', { origin: 'http://localhost:8788' }, '4003 origin not allowed'],
  ['the same host as the request', { origin: 'https://SQUARE.example', host: 'Square.Example' }, 'default'],
  ['the same host and port', { origin: 'http://square.example:81', host: 'square.example:81' }, 'default'],
  [
    'the same host, another port',
    { origin: 'http://square.example:81', host: 'square.example' },
    '4003 origin not allowed',
  ],
  ['a configured origin', { origin: 'https://friend.example' }, 'default'],
  ['a configured origin by another scheme', { origin: 'http://friend.example' }, '4003 origin not allowed'],
  ['a foreign origin', { origin: 'https://evil.example' }, '4003 origin not allowed'],
  ['a sandboxed page', { origin: 'null' }, '4003 origin not allowed'],
  ['a nonsense origin', { origin: 'square.example' }, '4003 origin not allowed'],
  ['a site from its own page', { url: moss, origin: 'https://moss.example' }, 'site_moss'],
  ['a site from its www page', { url: moss, origin: 'https://www.moss.example' }, 'site_moss'],
  ['a site without an Origin', { url: moss }, '4003 origin not allowed'],
  [
    'a site from a page of the square itself',
    { url: moss, origin: 'https://square.example' },
    '4003 origin not allowed',
  ],
  [
    'a site from a friend of the default scene',
    { url: moss, origin: 'https://friend.example' },
    '4003 origin not allowed',
  ],
  ['an unknown site', { url: '/live?siteKey=site_none' }, '4003 site disabled or unknown'],
  ['a site named like the default scene', { url: '/live?siteKey=default' }, '4003 site disabled or unknown'],
  [
    'a disabled site with a bad origin',
    { url: '/live?siteKey=site_off', origin: 'https://evil.example' },
    '4003 site disabled or unknown',
  ],
  ['a spectator of the default scene', { url: '/live?watch=1' }, 'default'],
  [
    'a spectator of the default scene from a foreign page',
    { url: '/live?watch=1', origin: 'https://evil.example' },
    '4003 origin not allowed',
  ],
  ['a spectator of a site that is plus', { url: plus, origin: 'https://moss.example' }, 'site_plus'],
  ['a spectator of a supporter', { url: supporter, origin: 'https://moss.example' }, 'site_supporter'],
  ['a spectator of a site from a page of the square', { url: plus, origin: 'https://square.example' }, 'site_plus'],
  ['a spectator of a site without an Origin', { url: plus }, 'site_plus'],
  ['a spectator of a site from elsewhere', { url: plus, origin: 'https://evil.example' }, '4003 origin not allowed'],
  ['a spectator with a bad origin', { url: `${moss}&watch=1`, origin: 'https://evil.example' }, '4003 plus required'],
  ['a spectator of an unknown site', { url: '/live?watch=1&siteKey=site_none' }, '4003 site disabled or unknown'],
  ['watch=true, which is no spectator', { url: '/live?watch=true' }, 'default'],
  [
    'a full site with a bad origin',
    { url: '/live?siteKey=site_full', origin: 'https://evil.example' },
    '4003 origin not allowed',
  ],
  ['a full site', { url: '/live?siteKey=site_full', origin: 'https://moss.example' }, '1013 full'],
];
for (const [what, request, answer] of table) {
  test(`${what}: ${answer}`, () => assert.equal(decide(request), answer));
}

test('the default scene is full at its limit, not before', () => {
  assert.equal(decide({}, 99), 'default');
  assert.equal(decide({}, 100), '1013 full');
});

test('a square that listens on an IPv6 address accepts its own pages', () => {
  assert.equal(decide({ origin: 'http://[::1]:8787' }, 0, { host: '::1' }), 'default');
});

test('an origin is scheme, host and port, whatever stands behind', () => {
  assert.equal(normalizeOrigin('https://A.example:443/path?query#part'), 'https://a.example');
  assert.equal(normalizeOrigin('http://a.example:81/'), 'http://a.example:81');
  for (const value of ['null', '', 'a.example', 'data:text/plain,x', undefined])
    assert.equal(normalizeOrigin(value), undefined);
});

test('2: a quarantined address is told after a full scene and before a block, and in its scene only', () => {
  const isQuarantined = (scene: string, address: string) =>
    scene === 'site_picky' && ['198.51.100.4', '2001:db8:0:8::/64'].includes(address);
  const answers: readonly (readonly [sockets: number, xRealIp: string, url: string, answer: string])[] = [
    [1, '198.51.100.4', picky.url, '1013 full'],
    [0, '198.51.100.4', picky.url, '1008 rate limited'],
    [0, '2001:db8:0:8:9::9', picky.url, '1008 rate limited'],
    [0, '198.51.100.5', picky.url, 'site_picky'],
    [0, '198.51.100.4', moss, 'site_moss'],
  ];
  for (const [sockets, xRealIp, url, answer] of answers) {
    assert.equal(decide({ ...picky, url, xRealIp }, sockets, {}, isQuarantined), answer);
  }
});

test('1: a site keeps out the addresses it blocked, an IPv6 network as a whole', () => {
  assert.equal(decide(picky), '4003 blocked');
  assert.equal(decide({ ...picky, xRealIp: '2001:db8:0:7:1:2:3:4' }), '4003 blocked');
  assert.equal(decide({ ...picky, xRealIp: '::ffff:198.51.100.4' }), '4003 blocked');
  assert.equal(decide({ ...picky, xRealIp: '2001:db8:0:6::1' }), 'site_picky');
  assert.equal(decide({ ...picky, url: moss }), 'site_moss');
  assert.equal(decide({ ...picky, origin: 'https://evil.example' }), '4003 origin not allowed');
});

const addresses: readonly (readonly [remote: string | undefined, real: string | undefined, ip: string])[] = [
  ['127.0.0.1', '198.51.100.4', '198.51.100.4'],
  ['::1', '2001:db8::1', '2001:db8::1'],
  ['::ffff:127.0.0.1', 'x'.repeat(80), 'x'.repeat(64)],
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['127.0.0.1', '', '127.0.0.1'],
  ['127.0.0.1', '198.51.100.4, 10.0.0.1', '127.0.0.1'],
  ['127.0.0.1', '198.51.100.4 ', '127.0.0.1'],
  ['203.0.113.9', '198.51.100.4', '203.0.113.9'],
  [undefined, '198.51.100.4', ''],
];
for (const [remoteAddress, xRealIp, ip] of addresses) {
  test(`from ${remoteAddress} with X-Real-IP ${xRealIp} the visitor counts as ${ip}`, () => {
    assert.equal(clientIpOf({ remoteAddress, xRealIp }), ip);
  });
}

const proxies = trustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8:f::/48', '::1']);
const proxied: readonly (readonly [remote: string, ip: string])[] = [
  ['10.255.0.1', '198.51.100.4'],
  ['::ffff:10.1.2.3', '198.51.100.4'],
  ['192.0.2.7', '198.51.100.4'],
  ['192.0.2.8', '192.0.2.8'],
  ['11.0.0.1', '11.0.0.1'],
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '198.51.100.4'],
  ['2001:db8:f:1::9', '198.51.100.4'],
  ['2001:db8:e::9', '2001:db8:e::9'],
  ['nonsense', 'nonsense'],
];
for (const [remoteAddress, ip] of proxied) {
  test(`4: with named proxies, a visitor who comes by ${remoteAddress} counts as ${ip}`, () => {
    assert.equal(clientIpOf({ remoteAddress, xRealIp: '198.51.100.4' }, proxies), ip);
  });
}

test('4: a square that trusts no proxy believes nobody', () => {
  assert.equal(clientIpOf({ remoteAddress: '127.0.0.1', xRealIp: '198.51.100.4' }, trustedProxies([])), '127.0.0.1');
});

test('the ticket says where the page is from, for what it may show', () => {
  const decision = decideAdmission(
    { url: moss, origin: 'https://www.moss.example', host: 'x', remoteAddress: '127.0.0.1', xRealIp: '198.51.100.4' },
    { sites: { find: (key) => sites.get(key) }, socketCount: () => 0, settings },
  );
  assert.deepEqual(decision, {
    admitted: true,
    ticket: {
      sceneKey: 'site_moss',
      isHosted: true,
      origin: 'https://www.moss.example',
      clientIp: '198.51.100.4',
      connectionLimit: 100,
    },
  });
});

test('whatever the headers hold, admission decides and never throws', () => {
  const header = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
  fc.assert(
    fc.property(header, header, header, header, (url, origin, host, xRealIp) => {
      decide({ url: url === undefined ? undefined : `/live?${url}`, origin, host, xRealIp });
      decide({ url, origin, host, xRealIp });
    }),
  );
});
