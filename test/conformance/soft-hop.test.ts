import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { WebSocket, type RawData } from 'ws';
import { SUBPROTOCOL } from '../../src/protocol/compact.ts';
import { decodeViewSteps, VIEW_STEPS } from '../../src/protocol/view-steps.ts';
import { LiveClient, settled } from '../support/live-client.ts';
import { startRing, type RingMember } from '../support/ring-of-processes.ts';

async function connect(context: TestContext, { socket }: RingMember): Promise<LiveClient> {
  const client = await LiveClient.connect(socket);
  context.after(() => client.socket.terminate());
  return client;
}

async function join(context: TestContext, member: RingMember, name: string, change: object = {}) {
  const client = await connect(context, member);
  const hello = await client.join({ ring: 1, browserId: `browser-${name}`, displayName: name, x: 0.5, ...change });
  return { client, hello };
}

/** Walks over the hill and is greeted there. */
async function hop(client: LiveClient, side: 'left' | 'right') {
  client.send({ type: 'hop', side });
  const hopped = await client.next('hopped');
  assert.ok('edge' in hopped, JSON.stringify(hopped));
  return { hopped, hello: await client.next('hello') };
}

/** The next message of a socket that `isIt`. */
function messageOf(socket: WebSocket, isIt: (data: Buffer, isBinary: boolean) => boolean): Promise<Buffer> {
  return new Promise((resolve) => {
    const hear = (data: RawData, isBinary: boolean): void => {
      if (!Buffer.isBuffer(data) || !isIt(data, isBinary)) return;
      socket.off('message', hear);
      resolve(data);
    };
    socket.on('message', hear);
  });
}

/** A second has to pass between two hops of one tab. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_050));

for (const shards of ['0', '2']) {
  const env = { SHARDS: shards };

  test(`two people of two squares meet on a third, chat, and come home the same (SHARDS=${shards})`, async (context) => {
    const [alder, birch, cedar] = await startRing(context, ['alder', 'birch', 'cedar'], env);
    assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
    const { client: ada, hello: home } = await join(context, alder, 'Ada');
    const { client: bo } = await join(context, birch, 'Bo');
    const { client: local } = await join(context, cedar, 'Cy');
    const { client: neighbour } = await join(context, alder, 'Di');

    const there = await hop(ada, 'left');
    assert.deepEqual([there.hopped.site.site, there.hopped.site.name, there.hopped.edge], ['cedar', 'Cedar', 'right']);
    assert.deepEqual(
      [there.hello.displayName, there.hello.browserSecret, there.hello.x],
      ['Ada', home.browserSecret, 1],
      'a hello of the other scene, with the secret of home',
    );
    assert.deepEqual((await neighbour.next('leave')).toward, 'left');
    const { peer } = await local.next('join');
    assert.deepEqual([peer.displayName, peer.ring?.from?.site], ['Ada', 'alder']);
    const gates = await ada.next('neighbours', ({ left }) => left?.site === 'birch');
    assert.equal(gates.right?.site, 'alder');

    await hop(bo, 'right');
    await ada.next('join', (frame) => frame.peer.displayName === 'Bo');
    bo.send({ type: 'say', text: 'hello from birch' });
    assert.equal((await ada.next('say')).text, 'hello from birch');
    assert.equal((await local.next('say')).text, 'hello from birch');
    ada.send({ type: 'say', text: 'hello from alder' });
    assert.equal((await bo.next('say')).text, 'hello from alder');
    ada.send({ type: 'move', x: 0.25 });
    await local.next('move', ({ x }) => x === 0.25);
    await bo.next('move', ({ x }) => x === 0.25);
    assert.ok(!ada.take().some(({ type }) => type === 'say' || type === 'move'), 'nobody hears their own echo');

    bo.send({ type: 'gate', here: true });
    const passage = await bo.next('passage');
    assert.ok('url' in passage && passage.code !== undefined, JSON.stringify(passage));
    assert.equal(passage.side, 'right');
    const onPage = await connect(context, cedar);
    const arrival = { code: passage.code, referrer: birch.url };
    const arrived = await onPage.join({ ring: 1, browserId: 'bo-there', arrival });
    assert.deepEqual([arrived.displayName, arrived.x, arrived.arrival?.side], ['Bo', 0, 'left']);
    await onPage.close();
    local.send({ type: 'gate', here: true });
    await settled(local);
    assert.ok(!local.take().some(({ type }) => type === 'passage'), 'whoever is at home is on that page already');

    ada.send({ type: 'hop', home: true });
    const hopped = await ada.next('hopped');
    assert.ok('home' in hopped);
    assert.deepEqual([hopped.home, hopped.site.site, hopped.x], ['asked', 'alder', 0.5]);
    const again = await ada.next('hello');
    assert.deepEqual([again.id, again.displayName, again.x, again.color], [home.id, 'Ada', 0.5, home.color]);
    await neighbour.next('join', (frame) => frame.peer.id === home.id);
    await local.next('leave', ({ id }) => id === there.hello.id);
    neighbour.send({ type: 'say', text: 'welcome back' });
    assert.equal((await ada.next('say')).text, 'welcome back');
    await bo.close();
    await local.next('leave');
  });

  test(`a host that is killed sends everybody home, a home that is killed leaves nobody behind (SHARDS=${shards})`, async (context) => {
    const [alder, birch, cedar] = await startRing(context, ['alder', 'birch', 'cedar'], env);
    assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
    const { client: ada, hello: home } = await join(context, alder, 'Ada');
    const { client: bo } = await join(context, birch, 'Bo');
    const { client: local } = await join(context, cedar, 'Cy');
    await hop(ada, 'right');
    await bo.next('join');
    birch.process().kill('SIGKILL');
    const hopped = await ada.next('hopped');
    assert.ok('home' in hopped && hopped.home === 'lost');
    assert.equal((await ada.next('hello')).id, home.id);

    await pause();
    const there = await hop(ada, 'left');
    await local.next('join');
    alder.process().kill('SIGKILL');
    assert.equal((await local.next('leave')).id, there.hello.id);
  });
}

for (const shards of ['0', '2']) {
  test(`a look over the hill shows who is there, and those who are seen are told of a head (SHARDS=${shards})`, async (context) => {
    const [alder, birch] = await startRing(context, ['alder', 'birch', 'cedar'], {
      SHARDS: shards,
      RING_SHARING: 'live',
    });
    assert.ok(alder !== undefined && birch !== undefined);
    const { client: ada } = await join(context, alder, 'Ada');
    const { client: bo } = await join(context, birch, 'Bo');
    ada.send({ type: 'look', side: 'right', on: true });
    const whole = await ada.next('view', (view) => 'isWhole' in view && view.figures.length === 1);
    assert.ok('isWhole' in whole);
    assert.deepEqual([whole.site, whole.count, whole.figures[0]?.name], ['birch', 1, 'Bo']);
    await bo.next('neighbours', ({ left }) => left?.lookers === 1);
    bo.send({ type: 'say', text: 'who is there?' });
    await ada.next('view', (view) => 'said' in view && view.said[0]?.text === 'who is there?');
    bo.send({ type: 'move', x: 0.125 });
    await ada.next('view', (view) => 'figures' in view && Math.abs((view.figures[0]?.x ?? 0) - 0.125) < 0.001);

    const eve = new WebSocket(alder.socket, SUBPROTOCOL);
    context.after(() => eve.terminate());
    await once(eve, 'open');
    eve.send(JSON.stringify({ type: 'init', ring: 1, browserId: 'browser-Eve' }));
    eve.send(JSON.stringify({ type: 'look', side: 'right', on: true }));
    await messageOf(eve, (data) => data.includes('"type":"view"'));
    bo.send({ type: 'move', x: 0.625 });
    const steps = decodeViewSteps(await messageOf(eve, (data, isBinary) => isBinary && data[0] === VIEW_STEPS));
    assert.equal(steps?.side, 'right');
    assert.deepEqual(
      steps.steps.map(({ h, x }) => [h, x.toFixed(3)]),
      [[whole.figures[0]?.h, '0.625']],
    );
    eve.close();

    const { client: di } = await join(context, alder, 'Di');
    di.send({ type: 'look', side: 'right', on: true });
    const shared = await di.next('view');
    assert.ok('isWhole' in shared && shared.isWhole && shared.figures[0]?.name === 'Bo', 'one view for both');
    await bo.next('neighbours', ({ left }) => left?.lookers === 2);
    bo.take();
    for (const client of [di, ada]) client.send({ type: 'look', side: 'right', on: false });
    await bo.next('neighbours', ({ left }) => left !== null && left.lookers === undefined);
    ada.send({ type: 'look', side: 'right', on: true });
    await bo.next('neighbours', ({ left }) => left?.lookers === 1);
    birch.process().kill('SIGKILL');
    const lost = await ada.next('view', (view) => 'refused' in view);
    assert.ok('refused' in lost && lost.refused === 'lost');
  });
}

test('both tabs travel together, a new one follows, and the page that closes last ends the visit', async (context) => {
  const [alder, birch] = await startRing(context, ['alder', 'birch', 'cedar']);
  assert.ok(alder !== undefined && birch !== undefined);
  const { client: first, hello } = await join(context, alder, 'Ada');
  const second = await connect(context, alder);
  const same = { ring: 1, browserId: 'browser-Ada', browserSecret: hello.browserSecret };
  assert.equal((await second.join(same)).id, hello.id);
  const { client: local } = await join(context, birch, 'Bo');
  const there = await hop(first, 'right');
  const hopped = await second.next('hopped');
  assert.ok('edge' in hopped);
  assert.equal((await second.next('hello')).id, there.hello.id);
  const { peer } = await local.next('join');
  first.send({ type: 'say', text: 'one of me' });
  assert.equal((await second.next('say')).text, 'one of me', 'the other tab hears it');

  const third = await connect(context, alder);
  assert.equal((await third.join(same)).id, hello.id, 'at home for a moment');
  await third.next('hopped');
  assert.equal((await third.next('hello')).id, peer.id);
  local.send({ type: 'say', text: 'three of you' });
  for (const tab of [first, second, third])
    assert.equal((await tab.next('say', ({ text }) => text === 'three of you')).id, 1);

  await first.close();
  await second.close();
  third.send({ type: 'move', x: 0.75 });
  await local.next('move', ({ x }) => x === 0.75);
  await third.close();
  assert.equal((await local.next('leave')).id, peer.id);
});

test('a visitor walks the whole ring in one page, and home through the last gate', async (context) => {
  const [alder, birch, cedar] = await startRing(context, ['alder', 'birch', 'cedar']);
  assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
  const { client: ada, hello: home } = await join(context, alder, 'Ada');
  const { client: bo } = await join(context, birch, 'Bo');
  const { client: cy } = await join(context, cedar, 'Cy');
  await hop(ada, 'right');
  const { peer } = await bo.next('join');
  await ada.next('neighbours', ({ right }) => right?.site === 'cedar');
  await pause();
  const further = await hop(ada, 'right');
  assert.deepEqual([further.hopped.site.site, further.hopped.edge], ['cedar', 'left']);
  assert.deepEqual(await bo.next('leave'), { type: 'leave', id: peer.id, toward: 'right' });
  assert.equal((await cy.next('join')).peer.ring?.from?.site, 'alder');
  await ada.next('neighbours', ({ right }) => right?.site === 'alder');
  await pause();
  ada.send({ type: 'hop', side: 'right' });
  const hopped = await ada.next('hopped');
  assert.ok('home' in hopped);
  assert.equal((await ada.next('hello')).id, home.id);
  await cy.next('leave');
});

test('a hop that cannot be is refused with a reason, and nothing is lost', async (context) => {
  const [alder, birch] = await startRing(context, ['alder', 'birch', 'cedar'], { MAX_CONNECTIONS: '2' });
  assert.ok(alder !== undefined && birch !== undefined);
  const { client: ada } = await join(context, alder, 'Ada');
  const { client: di } = await join(context, alder, 'Di');
  await join(context, birch, 'Bo');
  await join(context, birch, 'Cy');
  ada.send({ type: 'hop', side: 'right' });
  ada.send({ type: 'hop', side: 'right' });
  const refusals = [await ada.next('hopped'), await ada.next('hopped')].map(
    (frame) => 'refused' in frame && frame.refused,
  );
  assert.deepEqual(new Set(refusals), new Set(['full', 'too-fast']));
  ada.send({ type: 'say', text: 'still here' });
  assert.equal((await di.next('say')).text, 'still here');
  birch.process().kill('SIGKILL');
  await birch.process().exited;
  await pause();
  ada.send({ type: 'hop', side: 'right' });
  const refused = await ada.next('hopped');
  assert.ok('refused' in refused && refused.refused === 'unreachable', JSON.stringify(refused));
});
