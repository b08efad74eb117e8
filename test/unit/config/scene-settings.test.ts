import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings, SettingsError } from '../../../src/config/settings.ts';
import { tuningSettings } from '../../../src/runtime/tuning-settings.ts';
import { DEFAULT_TUNING } from '../../../src/scene/tuning.ts';

test('without a word from the operator scenes keep the protocol times', () => {
  assert.deepEqual(tuningSettings(readSettings([], {}, {})), DEFAULT_TUNING);
});

test('35: nobody is sent away at 0 or below', () => {
  for (const ms of ['0', '-1', '-5000']) {
    assert.equal(tuningSettings(readSettings([], { INACTIVE_DISCONNECT_MS: ms }, {})).inactiveMs, 0);
  }
  assert.throws(() => readSettings([], { INACTIVE_DISCONNECT_MS: 'never' }, {}), SettingsError);
});

test('26: a greatest pause of birds below the least is the least', () => {
  const { birds } = tuningSettings(readSettings([], { BIRD_SPAWN_MIN_MS: '900', BIRD_SPAWN_MAX_MS: '100' }, {}));
  assert.deepEqual([birds.spawnMinMs, birds.spawnMaxMs], [900, 900]);
});
