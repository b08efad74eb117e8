/** The classic project's plugin smoke test, over HTTP and sockets (wire protocol section 15.1, http-api.md section 6). */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startHttpSquare, type Answered } from '../support/http-square.ts';
import { eventually } from '../support/sharded-square.ts';
import { tempDir } from '../support/temp-dir.ts';

const FIXTURE = join(import.meta.dirname, '../support/fixture-plugins.ts');

for (const shards of ['0', '2']) {
  test(`HTTP 6: plugins of the operator's show on the admin page, act, and keep their data in the registry (SHARDS=${shards})`, async (t) => {
    const assets = tempDir(t);
    mkdirSync(join(assets, 'plus/test-feature'), { recursive: true });
    writeFileSync(join(assets, 'plus/test-feature/widget.mjs'), 'export const mountWidgetPlugin = () => undefined;\n');
    const square = await startHttpSquare(t, {
      SHARDS: shards,
      TOWNSQUARE_EXTRA_PLUGINS: FIXTURE,
      TOWNSQUARE_PLUGIN_ASSETS_DIR: assets,
    });
    const site = await square.register();
    assert.match(site.answer.embedSnippet, /"pluginModules": \[/);
    const module = await square.get('/plus/test-feature/widget.mjs');
    assert.deepEqual([module.status, module.headers.get('access-control-allow-origin')], [200, '*']);
    const opened = await square.post('/api/admin/site', { siteKey: site.siteKey, adminToken: site.adminToken });
    assert.deepEqual(opened.json.pluginModules, [{ name: 'test-feature', module: '/plus/test-feature/admin.mjs' }]);
    assert.deepEqual(
      opened.json.addons.map(({ name, enabled }: Answered) => [name, enabled]),
      [
        ['soccer-ball', false],
        ['weather', false],
        ['test-labelled', false],
        ['test-scene-entity', false],
      ],
    );
    const ada = await square.enter(site, { browserId: 'ada' });
    const hello: Answered = await ada.next('hello');
    assert.deepEqual(hello.plugins, { 'test-feature': { hat: 'none' } });

    const act = (action: string, fields: object) => square.act(site, action, { ...fields });
    const worn = await act('update', { plugin: 'test-feature', input: { hat: 'top-hat' } });
    assert.deepEqual(worn.json.plugins['test-feature'], { hat: 'top-hat' });
    const bad = await act('update', { plugin: 'test-feature', input: { hat: 'Top Hat' } });
    assert.deepEqual([bad.status, bad.json], [400, { error: 'Invalid hat.' }]);
    const off = await act('update', { plugin: 'test-labelled', input: { value: 1 } });
    assert.deepEqual([off.status, off.json], [400, { error: 'Unknown plugin action.' }], 'an add-on that is off');
    for (const name of ['test-labelled', 'test-scene-entity']) await act('setPluginEnabled', { name, enabled: true });
    const labelled = await act('update', { plugin: 'test-labelled', input: { value: 7 } });
    assert.deepEqual(labelled.json.plugins['test-labelled'], { value: 7 });
    ada.send({ type: 'move', x: 0.5 });
    const moved: Answered = await ada.next('plugin', (frame) => frame.plugin === 'test-scene-entity');
    assert.equal(moved.moves, 1);
    ada.send({ type: 'plugin', plugin: 'test-feature', action: 'store', value: 'kept' });
    const stored: Answered = await ada.next('plugin', (frame) => frame.plugin === 'test-feature');
    assert.deepEqual([stored.action, stored.value], ['stored', 'kept']);

    const data = (): Answered => JSON.parse(square.file('sites.json')).sites[0].plugins;
    await eventually('the registry has it', () => data()?.['test-feature']?.socketValue === 'kept');
    assert.deepEqual(data(), {
      'test-feature': { hat: 'top-hat', socketValue: 'kept' },
      'test-labelled': { value: 7 },
    });
  });
}
