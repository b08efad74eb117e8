import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Announcer } from '../../../public/widget/model/announcer.ts';
import { cleanName, INIT_MAX_BYTES, initText, recall, remember, stranger } from '../../../public/widget/model/me.ts';
import { applyFrame, createWorld, selfOf } from '../../../public/widget/model/world.ts';
import { noticeFor, type NoticeInput } from '../../../public/widget/model/notice.ts';
import { takeCode } from '../../../public/widget/net/claim-code.ts';
import { Self } from '../../../public/widget/visitor/self.ts';
import { PageHop, withCode } from '../../../public/widget/net/hop.ts';
import { remarkOn } from '../../../public/widget/street/remarks.ts';
import { STREET_WORDS } from '../../../public/widget/street/street-words.ts';
import { CORE_WORDS } from '../../../public/widget/words/strings.ts';
import { Wording } from '../../../public/widget/words/words.ts';
import { gate } from '../../support/fake-square.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const CODE = 'abcdefghijklmnopqrstuv';
const words = new Wording({ ...CORE_WORDS, ...STREET_WORDS }).say;

function clockOf(time: ManualClock) {
  return { now: () => time.monotonic(), setTimer: (run: () => void, ms: number) => time.setTimer(run, ms) };
}

test('the claim code leaves the fragment, and what else stood there stays', () => {
  assert.deepEqual(takeCode(`#ts=${CODE}`), { rest: '', code: CODE });
  assert.deepEqual(takeCode(`#chapter&ts=${CODE}&x=1`), { rest: '#chapter&x=1', code: CODE });
  assert.deepEqual(takeCode('#ts=short'), { rest: '' });
  assert.deepEqual(takeCode(`#ts=${CODE}x&ts=${CODE}`), { rest: '', code: CODE });
  assert.deepEqual(takeCode('#notes=1'), { rest: '#notes=1' });
  assert.deepEqual(takeCode(''), { rest: '' });
});

test('a code is put in place of whatever fragment an entry page has; what is no code is not', () => {
  assert.equal(withCode('https://moss.example/a#b', CODE), `https://moss.example/a#ts=${CODE}`);
  assert.equal(withCode('https://moss.example/a#b', undefined), 'https://moss.example/a#b');
  assert.equal(withCode('https://moss.example/a', 'x"><script>'), 'https://moss.example/a');
});

test('the first message never exceeds 512 bytes, whatever page, name and referrer', () => {
  const me = { ...stranger(seededRandom(1).fraction), browserSecret: 'f'.repeat(64), name: 'Ç'.repeat(18) };
  const options = { x: 0.123_456_789, beyondHill: true, readingActive: true, widgetVisible: true };
  for (const length of [0, 100, 187, 240, 3_000]) {
    const readingUrl = `https://site.example/${'long/'.repeat(length / 5)}`;
    const arrival = { code: CODE, referrer: `https://moss.example/${'%C3'.repeat(length)}` };
    const text = initText(me, { ...options, readingUrl, arrival });
    assert.ok(new TextEncoder().encode(text).length <= INIT_MAX_BYTES, text);
    assert.equal(JSON.parse(text).arrival.code, CODE);
  }
  assert.equal(
    'readingUrl' in JSON.parse(initText(me, { ...options, readingUrl: undefined, arrival: undefined })),
    false,
  );
});

test('what is remembered comes back whole; what was tampered with is forgotten', () => {
  const me = { ...stranger(seededRandom(2).fraction), browserSecret: 'ab'.repeat(32), name: 'Ada', calm: true };
  assert.deepEqual(recall(remember(me)), me);
  for (const bad of [null, '', '{', '[]', '{"id":1}', '{"id":"abcdefgh","look":9999}', 'x'.repeat(2_000)]) {
    assert.equal(recall(bad), undefined);
  }
  assert.equal(cleanName('  a   b\n c '), 'a b c');
  assert.equal(cleanName(7), '');
});

test('a hop waits for its code at most 2.5 s, then the plain link is taken, once', () => {
  const time = new ManualClock();
  const went: string[] = [];
  const hop = (asks: boolean) =>
    new PageHop({ clock: clockOf(time), ask: () => asks, go: (url) => went.push(url), onChange: () => undefined });
  const answered = hop(true);
  answered.start('left', { url: 'https://moss.example/', name: 'Moss' });
  answered.start('right', { url: 'https://other.example/', name: 'Other' });
  answered.answer({ type: 'passage', side: 'right', url: 'https://other.example/', code: CODE });
  assert.deepEqual(went, []);
  answered.answer({ type: 'passage', side: 'left', url: 'https://moss.example/in', code: CODE });
  assert.deepEqual(went, [`https://moss.example/in#ts=${CODE}`]);
  const silent = hop(true);
  silent.start('left', { url: 'https://moss.example/', name: 'Moss' });
  time.advance(2_499);
  assert.equal(went.length, 1);
  time.advance(1);
  const refused = hop(true);
  refused.start('left', { url: 'https://refused.example/', name: 'Moss' });
  refused.answer({ type: 'passage', side: 'left' });
  hop(false).start('left', { url: 'https://offline.example/', name: 'Moss' });
  time.advance(10_000);
  assert.deepEqual(went.slice(1), ['https://moss.example/', 'https://refused.example/', 'https://offline.example/']);
});

test('the line over the path says what matters most', () => {
  const gates = {
    left: gate('Moss', 'http://m.example/', { count: 4 }),
    right: gate('Lantern', 'http://l.example/', { count: 11 }),
  };
  const base: NoticeInput = {
    connection: { name: 'live' },
    nowMs: 0,
    isLazy: false,
    hoppingTo: undefined,
    offered: undefined,
    hasQueued: false,
    isNewcomer: false,
    isPhone: true,
    later: 'here',
    isAwaited: false,
    isUnseen: false,
    isOverlay: false,
    isBreathless: false,
    people: 1,
    gates,
  };
  const notice = (change: Partial<NoticeInput>) =>
    noticeFor({ ...base, ...change }, words, (state) => remarkOn(state, words));
  const text = (change: Partial<NoticeInput>) => notice(change)?.text;
  assert.equal(text({}), 'Just you. 11 people over the east hill.');
  assert.equal(text({ gates: undefined }), 'Just you.');
  const home = gate('Moss', 'http://m.example/', { count: 0 });
  const { count: _told, ...secretive } = home;
  assert.equal(text({ gates: { left: home, right: null } }), 'Quiet tonight.');
  assert.equal(text({ gates: { left: home, right: secretive } }), 'Just you.', 'what is not known is not nobody');
  assert.equal(text({ gates: { left: home, right: { ...home, state: 'dark' } } }), 'Just you.');
  assert.equal(text({ people: 2 }), undefined);
  assert.equal(text({ connection: { name: 'connecting', isReturn: false, since: 0 }, nowMs: 599 }), undefined);
  assert.equal(
    text({ connection: { name: 'connecting', isReturn: false, since: 0 }, nowMs: 600 }),
    'Finding the path…',
  );
  const waiting = { name: 'waiting', until: 4_000, isFull: false, since: 0 } as const;
  assert.equal(text({ connection: waiting }), 'Lost the path. Trying again in 4\u00a0s.');
  assert.equal(
    text({ connection: waiting, hasQueued: true }),
    'Lost the path. Trying again in 4\u00a0s. Will send when back.',
  );
  assert.match(text({ connection: { ...waiting, isFull: true } }) ?? '', /^Full/);
  assert.equal(text({ people: 132 }), '132 people here');
  assert.equal(notice({ connection: { name: 'stopped', reason: 'inactive' } })?.actions.join(), 'back');
  const asleep = { ...gate('Quay', 'https://quay.example'), past: ['Moss'] };
  assert.equal(text({ gates: { left: null, right: asleep } }), 'Moss is asleep. The east gate leads to Quay.');
  assert.match(text({ connection: { name: 'stopped', reason: 'blocked' } }) ?? '', /not open to you/);
  assert.equal(text({ offered: { name: 'Ada', site: 'Moss' } }), 'Enter as Ada from Moss?');
});

test('a screen reader hears two lines of a busy while and then how many more; comings at most every 20 s', () => {
  const time = new ManualClock();
  const said: string[] = [];
  const announcer = new Announcer(clockOf(time), {
    log: (line) => said.push(line),
    status: (line) => said.push(`(${line})`),
    gathered: (n) => `${n} new lines`,
  });
  for (const line of ['a', 'b', 'c', 'd', 'e', 'f']) announcer.line(line);
  assert.deepEqual(said, ['a', 'b']);
  time.advance(5_000);
  assert.deepEqual(said, ['a', 'b', '4 new lines']);
  announcer.passing('Ada came');
  announcer.passing('Jun came');
  time.advance(20_000);
  announcer.passing('Noor came');
  assert.deepEqual(said.slice(3), ['(Ada came)', '(Noor came)']);
  announcer.stop();
  assert.equal(time.pendingTimers, 0);
});

test('a position of oneself is followed when another tab walks, and is an echo when this one just did', () => {
  const time = new ManualClock();
  time.advance(10_000);
  const world = createWorld();
  applyFrame(
    world,
    { type: 'hello', self: { id: 1, x: 0.5 }, secret: '', peers: [], chatThrottleMs: 0, connections: [], source: {} },
    0,
  );
  const sent: object[] = [];
  const self = new Self({
    world,
    clock: clockOf(time),
    send: (message) => sent.push(message) > 0,
    actor: () => undefined,
    wake: () => undefined,
    gestured: () => undefined,
    onPush: () => undefined,
  });
  self.place(0.5);
  self.follow(0.3);
  assert.equal(selfOf(world)?.x, 0.3);
  self.hop(1);
  const { x } = self.walker;
  assert.equal(sent.length, 1);
  self.follow(0.3);
  assert.equal(self.walker.x, x, 'an echo from before the step');
  time.advance(2_000);
  self.follow(0.4);
  assert.equal(selfOf(world)?.x, 0.4);
  assert.notEqual(self.walker.x, x);
});
