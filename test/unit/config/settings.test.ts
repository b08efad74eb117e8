import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSettings, readSettings, redacted, SettingsError } from '../../../src/config/settings.ts';

test('a square starts with nothing but defaults', () => {
  const settings = readSettings([], {}, {});
  assert.deepEqual(
    [
      settings.HOST,
      settings.PORT,
      settings.SHARDS,
      settings.LOG_LEVEL,
      settings.PUBLIC_ORIGIN,
      settings.ALLOWED_ORIGINS,
      settings.ALLOW_PRIVATE_RING,
    ],
    ['127.0.0.1', 8787, '0', 'info', undefined, [], false],
  );
  assert.ok(settings.DATA_DIR.endsWith('/.data'));
  assert.ok(Object.isFrozen(settings));
});

test('a flag wins over the environment, the environment over the .env file', () => {
  const dotEnv = { PORT: '1', HOST: 'from-file', LOG_LEVEL: 'debug' };
  const env = { PORT: '2', HOST: 'from-environment' };
  const settings = readSettings(['--port', '3'], env, dotEnv);
  assert.deepEqual([settings.PORT, settings.HOST, settings.LOG_LEVEL], [3, 'from-environment', 'debug']);
});

test('all problems of the settings are reported at once, each by its name', () => {
  const bad = {
    SHARDS: '2',
    PUBLIC_ORIGIN: 'square.example/path',
    ALLOWED_ORIGINS: 'https://a.example,nonsense',
    RING_SHARING: 'everything',
  };
  assert.throws(
    () => readSettings(['--port', '99999', '--nope=1', 'stray', '--host'], bad, {}),
    (err) => {
      assert.ok(err instanceof SettingsError);
      for (const name of [
        'PORT',
        'SHARDS',
        'PUBLIC_ORIGIN',
        'ALLOWED_ORIGINS',
        'RING_SHARING',
        '--nope',
        '"stray"',
        '--host',
      ]) {
        assert.ok(
          err.problems.some((problem) => problem.includes(name)),
          `${name} is named in:\n${err.message}`,
        );
      }
      return true;
    },
  );
});

test('origins are normalised', () => {
  const settings = readSettings(
    [],
    { ALLOWED_ORIGINS: 'https://A.example/, http://b.example:80', PUBLIC_ORIGIN: 'https://S.example/' },
    {},
  );
  assert.deepEqual(settings.ALLOWED_ORIGINS, ['https://a.example', 'http://b.example']);
  assert.equal(settings.PUBLIC_ORIGIN, 'https://s.example');
});

test('the help text names every setting, and what is printed holds every setting', () => {
  const names = Object.keys(readSettings([], {}, {}));
  for (const name of names) assert.match(describeSettings(), new RegExp(`\\b${name}\\b`));
  assert.deepEqual(Object.keys(redacted(readSettings([], {}, {}))), names);
});
