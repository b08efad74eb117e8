import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, startHttpSquare, type HttpAnswer } from '../support/http-square.ts';

const LOCKED_OUT = 'Too many failed sign-in attempts. Try again later.';

/** `ts_admin=…` as a browser sends it back. */
function cookieOf(answer: HttpAnswer): string {
  return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}

test('HTTP 4: a login gives a cookie for its time, which alone opens the site and never shows the token', async (t) => {
  const square = await startHttpSquare(t);
  const site = await square.register();
  const login = await square.post('/api/admin/login', { adminToken: ` ${site.adminToken} ` });
  assert.equal(login.status, 200);
  assert.equal(login.json.site.siteKey, site.siteKey);
  assert.equal(login.json.adminUrl, `${square.url}/admin#adminToken=${site.adminToken}`);
  assert.match(
    login.headers.get('set-cookie') ?? '',
    /^ts_admin=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/api\/admin; Max-Age=43200$/,
  );
  const behindTls = await square.post(
    '/api/admin/login',
    { adminToken: site.adminToken, rememberMe: true },
    { 'x-forwarded-proto': 'https, http' },
  );
  assert.match(behindTls.headers.get('set-cookie') ?? '', /Max-Age=2592000; Secure$/);
  assert.match(behindTls.json.adminUrl, /^https:/);

  const cookie = cookieOf(login);
  const opened = await square.post('/api/admin/site', {}, { cookie });
  assert.equal(opened.status, 200);
  assert.deepEqual(
    [opened.json.site.siteKey, opened.json.adminUrl, opened.headers.get('set-cookie')],
    [site.siteKey, undefined, null],
  );
  assert.ok(!opened.text.includes(site.adminToken));
  const byToken = await square.post('/api/admin/site', { siteKey: site.siteKey, adminToken: site.adminToken });
  assert.equal(byToken.json.adminUrl, login.json.adminUrl);
  assert.match(cookieOf(byToken), /^ts_admin=[\w-]{32}$/, 'a token begins a session as well');

  const other = await square.register({ origin: 'https://quay.example' });
  const foreign = await square.post('/api/admin/site', { siteKey: other.siteKey }, { cookie });
  assert.deepEqual([foreign.status, foreign.json], [403, { error: 'Invalid site key or admin token.' }]);

  const logout = await square.post('/api/admin/logout', {}, { cookie });
  assert.deepEqual(logout.json, { ok: true });
  assert.match(logout.headers.get('set-cookie') ?? '', /^ts_admin=; .*Max-Age=0/);
  assert.equal((await square.post('/api/admin/site', {}, { cookie })).status, 403);
  assert.ok(!square.process.lines().some((line) => line.includes(site.adminToken)));
});

test('HTTP 5: wrong tokens end in 429 even for a right one; a success begins anew; no token is no attempt', async (t) => {
  const square = await startHttpSquare(t, { AUTH_FAILURES_PER_HOUR: '3' });
  const { siteKey, adminToken } = await square.register();
  const at = (ip: string) => ({ 'x-real-ip': ip });
  const wrong = (path: string, ip: string) =>
    square.post(path, { siteKey, adminToken: 'admin_wrong', action: 'clearMessages' }, at(ip));

  for (let time = 0; time < 5; time += 1) {
    assert.equal((await square.post('/api/admin/site', { siteKey }, at('10.0.0.1'))).status, 403);
  }
  const login = await wrong('/api/admin/login', '10.0.0.1');
  assert.deepEqual([login.status, login.json], [403, { error: 'Invalid admin token.' }]);
  assert.equal((await wrong('/api/admin/site', '10.0.0.1')).status, 403);
  const success = await square.post('/api/admin/site', { siteKey, adminToken }, at('10.0.0.1'));
  assert.equal(success.status, 200, 'two of three');
  for (const path of ['/api/admin/login', '/api/admin/site', '/api/admin/action']) {
    assert.equal((await wrong(path, '10.0.0.1')).status, 403, `${path}: counted from 0 again, all three together`);
  }
  for (const path of ['/api/admin/login', '/api/admin/site', '/api/admin/action']) {
    const late = await square.post(path, { siteKey, adminToken, action: 'clearMessages' }, at('10.0.0.1'));
    assert.deepEqual([late.status, late.json], [429, { error: LOCKED_OUT }], path);
  }
  assert.equal((await square.post('/api/admin/site', { siteKey, adminToken }, at('10.0.0.2'))).status, 200);
  const operator = (password: string) => square.post('/api/service-admin/map', { password }, at('10.0.0.1'));
  assert.equal((await operator(PASSWORD)).status, 200, 'the operator has a counter of their own');
  for (let time = 0; time < 3; time += 1) {
    const { status, json } = await operator('wrong');
    assert.deepEqual([status, json], [403, { error: 'Invalid service admin password.' }]);
  }
  const locked = await operator(PASSWORD);
  assert.deepEqual([locked.status, locked.json], [429, { error: LOCKED_OUT }]);
});

test('a session ends with its token, and the operator without a password lets nobody in', async (t) => {
  const square = await startHttpSquare(t);
  const site = await square.register();
  const cookie = cookieOf(await square.post('/api/admin/login', { adminToken: site.adminToken }));
  const reset = await square.post('/api/service-admin/action', {
    password: PASSWORD,
    siteKey: site.siteKey,
    action: 'resetAdminToken',
  });
  assert.equal(reset.status, 200);
  assert.match(reset.json.adminToken, /^admin_[\w-]{32}$/);
  assert.equal(reset.json.adminUrl, `${square.url}/admin#adminToken=${reset.json.adminToken}`);
  assert.equal((await square.post('/api/admin/site', {}, { cookie })).status, 403);
  assert.equal((await square.post('/api/admin/login', { adminToken: site.adminToken })).status, 403);
  assert.equal((await square.post('/api/admin/login', { adminToken: reset.json.adminToken })).status, 200);

  const closed = await startHttpSquare(t, { SERVICE_ADMIN_PASSWORD: '' });
  for (const password of ['', 'x', undefined]) {
    const { status, json } = await closed.post('/api/service-admin/sites', { password });
    assert.deepEqual([status, json], [403, { error: 'Service admin is not configured.' }]);
  }
});

test('what was refused is counted where an operator looks, without a name, a token or an address', async (t) => {
  const square = await startHttpSquare(t, { REGISTRATIONS_PER_HOUR: '2' });
  const site = await square.register();
  await square.post('/api/sites', { origin: 'nonsense' });
  await square.post('/api/sites', { origin: 'nonsense' });
  await square.post('/api/admin/login', { adminToken: 'admin_wrong' });
  await square.post('/api/admin/login', { adminToken: site.adminToken });
  await square.post('/api/service-admin/map', { password: 'wrong' });
  const { text } = await square.get('/metrics');
  for (const [event, reason] of [
    ['registration', 'accepted'],
    ['registration', 'invalid'],
    ['registration', 'limited'],
    ['sign-in', 'refused'],
    ['sign-in', 'accepted'],
    ['operator', 'refused'],
  ]) {
    assert.ok(
      text.includes(`square_events_total{part="admin",event="${event}",reason="${reason}"} 1\n`),
      `${event} ${reason}`,
    );
  }
  assert.ok(square.process.lines().some((line) => line.includes('wrong password for the operator API')));
  assert.ok(
    !square.process.lines().some((line) => /admin_|127\.0\.0\.1"|"wrong"/.test(line) && !line.includes('settings')),
  );
});
