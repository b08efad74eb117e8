import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrustedRings } from '../../../federation/index.ts';
import { trustedStateStore } from '../../../src/ring/trusted-state-store.ts';
import { openStore } from '../../../src/store/store.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testTrustedStateStore } from '../../support/trusted-state-contract.ts';

testTrustedStateStore('SQLite', {
  open: (context) => {
    const dir = tempDir(context);
    let store = openStore(dir);
    context.after(() => store.close());
    return {
      store: trustedStateStore(store),
      reopen() {
        store.close();
        store = openStore(dir);
        return trustedStateStore(store);
      },
    };
  },
});

test('a damaged row makes one ring unusable and says so; it is not used and not replaced', (t) => {
  const store = openStore(tempDir(t));
  t.after(() => store.close());
  for (const json of ['{"charters": [', 'null', '[]', '{"charters":[{}],"members":1,"beat":null}']) {
    store.saveRingDocuments({ ringId: 'a'.repeat(64), json });
    const rings = new TrustedRings(trustedStateStore(store));
    assert.deepEqual(rings.all(), []);
    assert.deepEqual(
      rings.unusable().map(({ ringId }) => ringId),
      ['a'.repeat(64)],
      json,
    );
    assert.equal(store.ringDocuments()[0]?.json, json);
  }
});
