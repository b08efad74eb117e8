import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import { BUILT_IN_PLUGINS, loadPlugins } from '../../../src/plugins/load.ts';
import { PluginHost } from '../../../src/plugins/plugin-host.ts';
import { PluginError } from '../../../src/plugins/plugin.ts';
import { readPlugin } from '../../../src/plugins/read-plugin.ts';
import { buildSite } from '../../support/site-builder.ts';
import { tempDir } from '../../support/temp-dir.ts';

const quiet = { log: { error: () => undefined }, countFault: () => undefined };

test('a plugin that cannot work is refused with its name and what is wrong', () => {
  const wrong: readonly (readonly [plugin: unknown, complaint: RegExp])[] = [
    [undefined, /an object with a name/],
    [{}, /lowercase words/],
    [{ name: 'Not Kebab' }, /lowercase words/],
    [{ name: '__proto__' }, /lowercase words/],
    [{ name: 'a', label: 7 }, /plugin "a": "label" is no text/],
    [{ name: 'a', tier: 'gold' }, /"tier" is one of/],
    [{ name: 'a', widgetModule: 'https://evil.example/x.mjs' }, /"widgetModule" is no path/],
    [{ name: 'a', adminModule: '/a/../b.mjs' }, /"adminModule" is no path/],
    [{ name: 'a', widgetModule: '//evil.example/x.mjs' }, /"widgetModule" is no path/],
    [{ name: 'a', onVisitorLeave: () => 0 }, /there is no hook "onVisitorLeave"/],
    [{ name: 'a', hooks: { extendWorld: () => 0 } }, /there is no hook "extendWorld"/],
    [{ name: 'a', onMessage: 'yes' }, /"onMessage" is no function/],
    [{ name: 'a', sceneEntity: { create: () => 0 } }, /needs "create" and "snapshot"/],
    [{ name: 'a', adminActions: { go: 1 } }, /"adminActions.go" is no function/],
  ];
  for (const [plugin, complaint] of wrong) {
    assert.throws(() => readPlugin(plugin), { name: 'PluginError', message: complaint });
  }
  assert.throws(() => new PluginHost([...BUILT_IN_PLUGINS, ...BUILT_IN_PLUGINS], quiet), /two plugins "soccer-ball"/);
});

test('whatever a module exports, reading it gives a plugin or a PluginError', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (value, other) => {
      for (const given of [
        value,
        { name: 'a', hooks: value, sceneEntity: other },
        { name: 'a', adminActions: value },
      ]) {
        try {
          readPlugin(given);
        } catch (err) {
          assert.ok(err instanceof PluginError, String(err));
        }
      }
    }),
  );
});

test('a module gives all plugins it exports; one that has none, or does not load, is named in the complaint', async (t) => {
  const dir = tempDir(t);
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const two = write(
    'two.mjs',
    "export default { name: 'one', label: 'One' }; export const more = [{ name: 'two', label: 'Two' }];",
  );
  const host = await loadPlugins([two], quiet);
  assert.deepEqual(
    host.addons(buildSite()).map(({ name }) => name),
    ['soccer-ball', 'weather', 'one', 'two'],
  );
  await assert.rejects(
    loadPlugins([write('none.mjs', 'export const x = 1;')], quiet),
    /none\.mjs cannot be used: it exports no plugin/,
  );
  await assert.rejects(loadPlugins([write('torn.mjs', 'export const')], quiet), /torn\.mjs cannot be used/);
  await assert.rejects(loadPlugins([join(dir, 'gone.mjs')], quiet), /gone\.mjs cannot be used/);
});

test('an add-on is available by the tier of its site, and hidden where it says so itself', () => {
  const addon = (fields: object) => readPlugin({ label: 'Label', ...fields });
  const host = new PluginHost(
    [
      addon({ name: 'free' }),
      addon({ name: 'supporter', tier: 'supporter' }),
      addon({ name: 'pro', tier: 'pro' }),
      addon({ name: 'moss-only', isEnabled: ({ site }: { site: { name: string } }) => site.name === 'Moss & Ink' }),
    ],
    quiet,
  );
  const listed = (changes: object): string[] =>
    host.addons(buildSite(changes)).map(({ name, available }) => (available ? name : `(${name})`));
  assert.deepEqual(listed({}), ['free', '(supporter)', '(pro)', 'moss-only']);
  assert.deepEqual(listed({ isSupporter: true }), ['free', 'supporter', '(pro)', 'moss-only']);
  assert.deepEqual(listed({ isPlus: true, name: 'Quay' }), ['free', 'supporter', 'pro']);
});
