import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { newSiteRecord } from '../../src/store/site-record.ts';
import { openStore } from '../../src/store/store.ts';
import { LiveClient } from '../support/live-client.ts';
import { tempDir } from '../support/temp-dir.ts';

const FIXTURES = join(import.meta.dirname, '../support/fixture-plugins.ts');
const KEY = 'site_moss';
const ORIGIN = 'https://moss.example';

for (const shards of ['0', '2']) {
  test(`plugins of one's own work with SHARDS=${shards}: modules, entities, stored data, files for any page`, async (t) => {
    const dataDir = tempDir(t);
    const assetsDir = tempDir(t);
    mkdirSync(join(assetsDir, 'plus/test-feature'), { recursive: true });
    writeFileSync(join(assetsDir, 'plus/test-feature/widget.mjs'), 'export const mountWidgetPlugin = () => undefined;');
    const store = openStore(dataDir);
    store.addSite({
      ...newSiteRecord({ key: KEY, name: 'Moss', origin: ORIGIN, isBotProtected: false }, Date.now()),
      enabledPlugins: ['test-scene-entity', 'soccer-ball'],
    });
    store.close();
    const square = await startSquareProcess({
      DATA_DIR: dataDir,
      PORT: '0',
      SHARDS: shards,
      TOWNSQUARE_EXTRA_PLUGINS: FIXTURES,
      TOWNSQUARE_PLUGIN_ASSETS_DIR: assetsDir,
    });
    t.after(() => square.stop());
    const enter = async (browserId: string) => {
      const client = await LiveClient.connect(`${square.socket}?siteKey=${KEY}`, { origin: ORIGIN });
      return { client, hello: await client.join({ browserId, x: 0.1 }) };
    };
    const ada = await enter('ada');
    assert.deepEqual(
      ada.hello.pluginModules.map(({ module }) => module),
      ['/widget/plugins/soccer-ball.mjs', '/plus/test-feature/widget.mjs', '/plus/test-scene-entity/widget.mjs'],
    );
    for (const { module } of ada.hello.pluginModules.slice(0, 2)) {
      const response = await fetch(`${square.url}${module}`);
      assert.equal(response.status, 200, module);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.match(response.headers.get('content-type') ?? '', /javascript/);
      assert.match(await response.text(), /mountWidgetPlugin/);
    }
    for (const path of ['/plus/gone.mjs', '/plus', '/plus/../../square.db', '/%2e%2e/square.db'])
      assert.equal((await fetch(`${square.url}${path}`)).status, 404, path);
    const ben = await enter('ben');
    ben.client.send({ type: 'move', x: 0.2 });
    assert.equal((await ada.client.next('plugin'))['moves'], 1);
    ben.client.send({ type: 'plugin', plugin: 'test-feature', action: 'store', value: 7 });
    assert.equal((await ada.client.next('plugin'))['value'], 7);
    await square.stop();
    const after = openStore(dataDir);
    assert.deepEqual(after.find(KEY)?.pluginData, { 'test-feature': { socketValue: 7 } });
    after.close();
  });
}

test('a square whose plugin module cannot be used does not start, and says which and why', async (t) => {
  const dataDir = tempDir(t);
  const module = join(dataDir, 'torn.mjs');
  writeFileSync(module, "export default { name: 'torn', onNothing() {} };");
  await assert.rejects(
    startSquareProcess({ DATA_DIR: dataDir, PORT: '0', SHARDS: '0', TOWNSQUARE_EXTRA_PLUGINS: module }),
    /torn\.mjs cannot be used: plugin \\*"torn\\*": there is no hook/,
  );
});
