import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { fetchGuarded } from '../../../src/lib/guarded-fetch.ts';
import { isPrivateAddress } from '../../../src/lib/private-address.ts';

const limits = { maxBytes: 1_000, timeoutMs: 2_000, allowPrivate: true };

async function serve(context: TestContext, listener: RequestListener): Promise<{ url: string; hosts: string[] }> {
  const hosts: string[] = [];
  const server = createServer((request, response) => {
    hosts.push(`${request.headers.host}${request.url}`);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  return { url: `http://127.0.0.1:${bound.port}`, hosts };
}

const reasonOf = (page: Awaited<ReturnType<typeof fetchGuarded>>) => (page.ok ? 'ok' : page.reason);

describe('an address that leads into a private network', () => {
  const closed = [
    '127.0.0.1',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '0.0.0.0',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    'square.example',
    '127.1',
    '',
  ];
  for (const address of closed) it(`is known: ${address}`, () => assert.equal(isPrivateAddress(address), true));
  for (const address of ['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00:1450::1']) {
    it(`is not ${address}`, () => assert.equal(isPrivateAddress(address), false));
  }
});

describe('a page whose address comes from others', () => {
  it('is never asked for on this machine or network, however it is spelt', async (context) => {
    const { url, hosts } = await serve(context, (_request, response) => response.end('secret'));
    const { port } = new URL(url);
    const spellings = [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0x7f000001',
      '2130706433',
      '127.1',
      '0177.0.0.1',
    ];
    for (const host of spellings) {
      const page = await fetchGuarded(`https://${host}:${port}/`, { ...limits, allowPrivate: false });
      assert.equal(reasonOf(page), 'private-address', host);
    }
    assert.deepEqual(hosts, []);
  });

  it('must be https, without a user, and a URL at all', async () => {
    for (const url of [
      'http://square.example/',
      'file:///etc/passwd',
      'https://a:b@square.example/',
      'x',
      '',
      'ftp://x/',
    ]) {
      assert.equal(reasonOf(await fetchGuarded(url, { ...limits, allowPrivate: false })), 'bad-url', url);
    }
  });

  it('is read when it is there', async (context) => {
    const { url } = await serve(context, (_request, response) => response.end('hello'));
    const page = await fetchGuarded(`${url}/page`, limits);
    assert.equal(page.ok && page.body.toString(), 'hello');
  });

  it('may redirect three times, each looked at anew, and no further', async (context) => {
    const { url, hosts } = await serve(context, (request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('here');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    assert.equal(reasonOf(await fetchGuarded(`${url}/3`, limits)), 'ok');
    assert.equal(reasonOf(await fetchGuarded(`${url}/4`, limits)), 'too-many-redirects');
    assert.equal(hosts.length, 8);
    const away = await serve(context, (_request, response) =>
      response.writeHead(301, { location: 'file:///etc/passwd' }).end(),
    );
    assert.equal(reasonOf(await fetchGuarded(away.url, limits)), 'bad-url');
  });

  it('is cut at its size and in its time, and its errors are told apart', async (context) => {
    const { url } = await serve(context, (request, response) => {
      if (request.url === '/large') response.end('x'.repeat(2_000));
      else if (request.url === '/error') response.writeHead(500).end();
      else if (request.url === '/drip') response.write('slow');
      else if (request.url === '/cut') response.destroy();
    });
    assert.equal(reasonOf(await fetchGuarded(`${url}/large`, limits)), 'too-large');
    assert.equal(reasonOf(await fetchGuarded(`${url}/error`, limits)), 'status');
    assert.equal(reasonOf(await fetchGuarded(`${url}/cut`, limits)), 'refused');
    assert.equal(reasonOf(await fetchGuarded('http://127.0.0.1:1/', limits)), 'refused');
    for (const path of ['/silent', '/drip']) {
      assert.equal(reasonOf(await fetchGuarded(`${url}${path}`, { ...limits, timeoutMs: 200 })), 'timeout');
    }
  });
});
