import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { startHttpSquare } from '../support/http-square.ts';

const ADMIN_TOKEN = /^admin_[\w-]{32}$/;

test('HTTP 1: a registration answers with every field, and its token is on the disk as a hash only', async (t) => {
  const square = await startHttpSquare(t, { PUBLIC_ORIGIN: 'https://square.example' });
  const { status, headers, json } = await square.post('/api/sites', {
    origin: 'https://moss.example/notes?x=1#y',
    name: '  Moss & Ink ',
    email: ' moss@example.org ',
    connections: [{ side: 'left', label: '', url: 'www.friend.example/page' }],
    messageBoard: { title: ' Hello ', x: 0.25 },
  });
  const registry = square.file('sites.json');
  assert.equal(status, 201);
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  assert.match(json.adminToken, ADMIN_TOKEN);
  assert.ok(!registry.includes(json.adminToken) && !registry.includes('"adminToken"'));
  const { version, sites } = JSON.parse(registry);
  assert.equal(version, 1);
  assert.match(sites[0].adminTokenHash, /^sha256:[\w-]+:[\w-]{43}$/);
  assert.ok(registry.endsWith('\n') && registry.startsWith('{\n  "version"'));
  const { site } = json;
  assert.match(site.siteKey, /^site_[\w-]{16}$/);
  assert.equal(sites[0].siteKey, site.siteKey);
  assert.equal(
    Object.keys(site).join(' '),
    'siteKey name origin allowedOrigins includeMatchingWww email sceneConfig styleConfig connections messageBoard ' +
      'disabled chatDisabled botProtection verifiedAt lastSeenAt lastSeenUrl messageCount lastMessageAt createdAt ' +
      'blockedCount blockedIpCount mutedCount hiddenCount blockedWords chatThrottleMs connectionLimit moderationLog ' +
      'supporter plus',
  );
  assert.deepEqual(
    [site.name, site.origin, site.allowedOrigins, site.includeMatchingWww, site.email],
    [
      'Moss & Ink',
      'https://moss.example',
      ['https://moss.example', 'https://www.moss.example'],
      true,
      'moss@example.org',
    ],
  );
  assert.deepEqual(
    [site.botProtection, site.connectionLimit, site.chatThrottleMs, site.verifiedAt, site.messageCount],
    [true, 100, 500, null, 0],
  );
  assert.deepEqual(site.connections, [
    { side: 'left', label: 'friend.example', url: 'https://www.friend.example/page' },
  ]);
  assert.equal(site.messageBoard.title, 'Hello');
  assert.equal(json.adminUrl, `https://square.example/admin#adminToken=${json.adminToken}`);
  for (const part of [
    '<link rel="preconnect" href="https://square.example">',
    '"https://square.example/widget.css"',
    `"https://square.example/api/sites/${site.siteKey}/style.css"`,
    '<div id="townsquare-root"></div>',
    'import { mountTownSquare } from "https://square.example/townsquare.mjs"',
    `"siteKey": "${site.siteKey}"`,
    '"theme": "host"',
  ]) {
    assert.ok(json.embedSnippet.includes(part), part);
  }
  assert.ok(!json.embedSnippet.includes('scene:') && !json.embedSnippet.includes('"scene"'));
  assert.ok(!square.process.lines().some((line) => line.includes(json.adminToken)), 'no token in the log');
});

test('HTTP 1: what cannot be registered is refused in words, spends the budget, and the budget ends', async (t) => {
  const square = await startHttpSquare(t, { REGISTRATIONS_PER_HOUR: '6' });
  const badOrigin = 'Enter a valid website origin, like https://example.com.';
  for (const origin of [undefined, '', 'moss.example', 7, 'ftp://moss.example']) {
    const { status, json } = await square.post('/api/sites', { origin });
    assert.deepEqual([status, json], [400, { error: badOrigin }], String(origin));
  }
  const mail = await square.post('/api/sites', { origin: 'https://moss.example', email: 'no mail' });
  assert.deepEqual(
    [mail.status, mail.json],
    [400, { error: 'Enter a valid email address, or leave the field empty.' }],
  );
  const late = await square.post('/api/sites', { origin: 'https://moss.example' });
  assert.deepEqual(
    [late.status, late.json],
    [429, { error: 'Too many registrations from this address. Try again later.' }],
  );
  const elsewhere = await square.post('/api/sites', { origin: 'https://moss.example' }, { 'x-real-ip': '10.0.0.9' });
  assert.equal(elsewhere.status, 201, 'another address has a budget of its own');
  assert.deepEqual((await square.get('/api/stats')).json, { registered: 1, verified: 0, messages: 0 });
});

test('HTTP 2: scene, style and links are cleaned; the twin of www is added where there is one', async (t) => {
  const square = await startHttpSquare(t, { REGISTRATIONS_PER_HOUR: '0' });
  const { site } = (
    await square.register({
      sceneConfig: { benches: '3', benchXs: [0.1], trees: -1, birds: 99 },
      styleConfig: { scene: ' #112233 ', page: 'url(x)', ground: 'TRANSPARENT', accent: 'red;}' },
    })
  ).answer;
  assert.deepEqual(
    [site.sceneConfig.benches, site.sceneConfig.benchXs, site.sceneConfig.trees, site.sceneConfig.birds],
    [3, [0.1, 0.72, 0.46], 0, 18],
  );
  assert.deepEqual(
    [site.styleConfig.light.sky, site.styleConfig.light.groundFill, site.styleConfig.light.groundLine],
    ['#112233', '#efede9', 'transparent'],
  );
  assert.deepEqual([site.styleConfig.light.accent, site.styleConfig.dark.sky], ['#c8641f', '#242521']);
  for (const [origin, allowed] of [
    ['https://www.moss.example:8443', 'https://moss.example:8443'],
    ['https://moss.co.uk', 'https://www.moss.co.uk'],
    ['https://blog.moss.example', undefined],
    ['http://localhost:3000', undefined],
    ['http://127.0.0.1:8080', undefined],
    ['http://[::1]:8080', undefined],
  ]) {
    const { allowedOrigins, name } = (await square.register({ origin })).answer.site;
    assert.deepEqual(allowedOrigins, allowed === undefined ? [origin] : [origin, allowed]);
    assert.equal(name, new URL(origin ?? '').hostname);
  }
  const alone = (await square.register({ includeMatchingWww: false })).answer.site;
  assert.deepEqual([alone.allowedOrigins, alone.includeMatchingWww], [['https://moss.example'], false]);
});

test('HTTP 3: the stylesheet has both palettes and nothing but custom properties', async (t) => {
  const square = await startHttpSquare(t);
  const styleConfig = { light: { sky: '#123456', groundFill: '#abcdef' }, dark: { sky: '#654321' } };
  const site = await square.register({ styleConfig });
  const sheet = await square.get(`/api/sites/${site.siteKey}/style.css`);
  assert.deepEqual(
    [sheet.status, sheet.headers.get('content-type'), sheet.headers.get('cache-control')],
    [200, 'text/css; charset=utf-8', 'public, max-age=300'],
  );
  const root = '#townsquare-root#townsquare-root';
  for (const part of [
    `${root} {`,
    `${root}[data-townsquare-theme="dark"] {`,
    `${root}[data-townsquare-theme="auto"] {`,
    '@media (prefers-color-scheme: dark) {',
    '--scene: #123456;',
    '--scene: #654321;',
    '--ground-fill: #abcdef;',
    '--page: #abcdef;',
    '--you-deep: var(--you);',
  ]) {
    assert.ok(sheet.text.includes(part), part);
  }
  assert.ok(!/\.townsquare|gradient|url\(/.test(sheet.text));
  assert.equal(site.answer.styleSnippet, sheet.text);
  for (const path of ['/api/sites/site_unknown/style.css', `/api/sites/${site.siteKey}/style.css/`]) {
    assert.equal((await square.get(path)).status, 404, path);
  }
});

test('a body that is no JSON, or too long, gets a clear answer; an odd one counts as empty', async (t) => {
  const square = await startHttpSquare(t, { REGISTRATIONS_PER_HOUR: '0' });
  const broken = await square.post('/api/sites', '{"origin":');
  assert.deepEqual([broken.status, broken.json], [400, { error: 'invalid json' }]);
  for (const body of ['', '[]', '"x"', 'null']) {
    const { status, json } = await square.post('/api/sites', body, { 'content-type': 'text/plain' });
    assert.deepEqual([status, json.error.startsWith('Enter a valid website origin')], [400, true], body);
  }
  const fits = JSON.stringify({ origin: 'https://moss.example', more: '' });
  const exact = fits.replace('""', JSON.stringify('ä'.repeat(4_096 - fits.length)));
  assert.equal((await square.post('/api/sites', exact)).status, 201, 'counted in characters, not in bytes');
  const long = await square.post('/api/sites', `${exact} `);
  assert.deepEqual([long.status, long.json], [413, { error: 'request too large' }]);

  const { hostname, port } = new URL(square.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(`POST /api/sites HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 100000000\r\n\r\n`);
  socket.write('x'.repeat(100_000));
  const [chunk] = await once(socket, 'data');
  assert.match(String(chunk), /^HTTP\/1\.1 413/);
  socket.resume();
  await once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
  const asked = await fetch(`${square.url}/api/sites`, { method: 'OPTIONS' });
  assert.equal(asked.status, 404, 'nothing answers a preflight');
});

test('HTTP 12: pages made for a classic server find its module and its sheet, from any origin and once only', async (t) => {
  const square = await startHttpSquare(t);
  for (const [path, type] of [
    ['/townsquare.mjs', 'application/javascript; charset=utf-8'],
    ['/widget.css', 'text/css; charset=utf-8'],
  ] as const) {
    const file = await square.get(path, { 'accept-encoding': 'gzip, br' });
    assert.deepEqual(
      [file.status, file.headers.get('content-type'), file.headers.get('access-control-allow-origin')],
      [200, type, '*'],
    );
    assert.deepEqual([file.headers.get('content-encoding'), file.headers.get('vary')], ['br', 'Accept-Encoding']);
    for (const tag of [file.headers.get('etag') ?? '', `"other", W/${file.headers.get('etag')}`, '*']) {
      const again = await square.get(path, { 'if-none-match': tag });
      assert.deepEqual([again.status, again.text], [304, ''], tag);
    }
  }
  assert.match((await square.get('/townsquare.mjs')).text, /mountTownSquare/);
  for (const path of ['/dev', '/dev/dev.html', '/staging', '/townsquare.mjs/', '/widget/element.ts']) {
    const { status, text } = await square.get(path);
    assert.deepEqual([status, text], [404, 'not found'], path);
  }
});

test('a landing page elsewhere takes the place of ours, query and all; the API stays', async (t) => {
  const square = await startHttpSquare(t, { LANDING_ORIGIN: 'https://about.example' });
  for (const path of ['/', '/docs', '/changelog?x=1&y=2']) {
    const { status, headers } = await square.get(path);
    assert.deepEqual([status, headers.get('location')], [302, `https://about.example${path}`]);
  }
  assert.equal((await square.get('/healthz')).text, 'ok');
  assert.equal((await square.get('/api/stats')).status, 200);
});
