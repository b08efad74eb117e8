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
    ['127.0.0.1', 8787, 'auto', 'info', undefined, [], false],
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
    SHARDS: 'many',
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

test('each limit may be 0, which is none, and its help says what 0 means', () => {
  const limits = Object.keys(readSettings([], {}, {})).filter((name) =>
    /^(IP_|FLOOD_BAN_|WS_MESSAGES|POW_)/.test(name),
  );
  assert.ok(limits.length >= 13);
  const settings = readSettings([], Object.fromEntries(limits.map((name) => [name, '0'])), {});
  for (const [name, value] of Object.entries(settings))
    if (limits.includes(name)) assert.ok(value === 0 || value === false);
  const help = describeSettings().split('\n');
  for (const name of limits) assert.match(help.find((line) => line.includes(` ${name} `)) ?? '', /0: /, name);
});

test('limits are whole numbers from 0 on, and a proof that no browser finds cannot be asked', () => {
  for (const [name, value] of [
    ['IP_MAX_IDENTITIES', '-1'],
    ['IP_JOIN_LIMIT', '1.5'],
    ['IP_CHAT_EVENT_LIMIT', 'many'],
    ['POW_DIFFICULTY_BITS', '25'],
    ['MAX_IP_ACTIVITY_ENTRIES', '0'],
    ['FLOOD_BAN_ENFORCE', 'perhaps'],
  ] as const) {
    assert.throws(() => readSettings([], { [name]: value }, {}), new RegExp(name));
  }
});

test('proxies are addresses and networks; by default those on this machine, and an empty list is nobody', () => {
  const proxiesOf = (value: string) => readSettings([], { TRUSTED_PROXIES: value }, {}).TRUSTED_PROXIES;
  assert.deepEqual(readSettings([], {}, {}).TRUSTED_PROXIES, ['127.0.0.1', '::1']);
  assert.deepEqual(proxiesOf(''), []);
  assert.deepEqual(proxiesOf(' 10.0.0.0/8, 2001:db8::/32 ,192.0.2.1'), ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']);
  for (const bad of [
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/9',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0',
  ]) {
    assert.throws(() => proxiesOf(bad), /TRUSTED_PROXIES/, bad);
  }
});
