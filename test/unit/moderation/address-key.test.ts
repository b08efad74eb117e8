import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import test from 'node:test';
import * as fc from 'fast-check';
import { addressKey } from '../../../src/moderation/address-key.ts';

const table: readonly (readonly [address: string, key: string])[] = [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:ffff::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4::/64'],
  ['', ''],
  ['not an address', 'not an address'],
  ['999.1.1.1', '999.1.1.1'],
];
for (const [address, key] of table) {
  test(`${JSON.stringify(address)} counts as ${JSON.stringify(key)}`, () => assert.equal(addressKey(address), key));
}

test('two addresses of one /64 count as one however they are written, and of two /64 as two', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), group, (groups, other) => {
      const long = groups.map((each) => each.toString(16).padStart(4, '0')).join(':');
      const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
      assert.ok(isIPv6(short));
      assert.equal(addressKey(short), addressKey(long.toUpperCase()));
      const neighbour = groups
        .with(7, other)
        .map((each) => each.toString(16))
        .join(':');
      assert.equal(addressKey(neighbour), addressKey(long));
      const elsewhere = groups
        .with(3, (groups[3] ?? 0) ^ 1)
        .map((each) => each.toString(16))
        .join(':');
      assert.notEqual(addressKey(elsewhere), addressKey(long));
    }),
  );
});

test('whatever a proxy names, there is a key of bounded length', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 64 }), (address) => addressKey(address).length <= 64));
});
