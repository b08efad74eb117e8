import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { dayOf } from '../../../src/store/day-counts.ts';
import { counted, NO_FIGURES } from '../../../src/store/site-figures.ts';
import { newSiteRecord } from '../../../src/store/site-record.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
/** A Thursday, as day 0 was. */
const NOON = 20_006 * DAY_MS + 12 * 3_600_000;
const today = dayOf(NOON);

function storeOf(t: TestContext, dir = tempDir(t)): Store {
  const store = openStore(dir);
  t.after(() => store.close());
  for (const key of ['moss', 'quay']) {
    if (store.find(key) === undefined)
      store.addSite(newSiteRecord({ key, name: key, origin: `https://${key}.example` }, 1));
  }
  return store;
}

test('a browser counts once an hour, once a day, once a window, and once for all sites together', (t) => {
  const { days } = storeOf(t);
  for (const at of [NOON, NOON + 5, NOON + 3_600_000, NOON - DAY_MS]) days.noteVisit('moss', 'ada', at);
  days.noteVisit('moss', 'ben', NOON);
  days.noteVisit('quay', 'ada', NOON);
  days.noteVisit('unknown', 'ada', NOON);
  assert.deepEqual(
    [...days.visitorsBySite(today)],
    [
      ['moss', 2],
      ['quay', 1],
    ],
  );
  assert.deepEqual(
    [...days.visitorsBySite(today - 1)],
    [
      ['moss', 2],
      ['quay', 1],
    ],
  );
  assert.equal(days.visitors(today), 2);
  assert.deepEqual(
    [...days.visitorsByDay(today - 1)],
    [
      [today - 1, 1],
      [today, 2],
    ],
  );
  const hours = days.hours(today, 'moss').map((each) => [each.day, each.hours[11], each.hours[12], each.hours[13]]);
  assert.deepEqual(hours, [[today, 0, 2, 1]]);
  assert.equal(days.hours(today).length, 2, 'every site');
  assert.deepEqual(
    days.visitDays(today).map(({ siteKey, count }) => [siteKey, count]),
    [
      ['moss', 2],
      ['quay', 1],
    ],
  );
});

test('messages count by day; what is older than the windows is forgotten', (t) => {
  const { days } = storeOf(t);
  days.noteMessages('moss', 2, NOON - 30 * DAY_MS);
  days.noteVisit('moss', 'ada', NOON - 59 * DAY_MS);
  days.noteMessages('moss', 1, NOON);
  days.noteMessages('moss', 3, NOON);
  assert.deepEqual(days.messageDays(0), [{ siteKey: 'moss', day: today, count: 4 }]);
  assert.equal(days.visitors(0), 0);
});

test('figures, days and notifications are there again after a restart, and gone with their site', (t) => {
  const dir = tempDir(t);
  const first = storeOf(t, dir);
  first.figures.change('moss', { verifiedAt: 5, mapClicks: counted(NO_FIGURES.mapClicks, 7) });
  first.days.noteVisit('moss', 'ada', NOON);
  first.days.noteMessages('moss', 1, NOON);
  assert.equal(first.notifications.send({ id: 'n1', message: 'Hello', createdAt: 9 }), 2);
  first.close();
  const second = storeOf(t, dir);
  assert.deepEqual(second.figures.of('moss'), { ...NO_FIGURES, verifiedAt: 5, mapClicks: { count: 1, lastAt: 7 } });
  assert.equal(second.days.visitors(0), 1);
  assert.deepEqual(second.notifications.of('moss'), [{ id: 'n1', message: 'Hello', createdAt: 9, readAt: null }]);
  second.removeSite('moss');
  second.figures.change('moss', { messageCount: 3 });
  assert.deepEqual([second.days.visitors(0), second.days.messageDays(0), second.notifications.of('moss')], [0, [], []]);
  second.close();
  const third = openStore(dir);
  t.after(() => third.close());
  assert.deepEqual(third.figures.of('moss'), NO_FIGURES);
});

test('a notification is read once by each site, and counted', (t) => {
  const { notifications } = storeOf(t);
  for (let index = 0; index < 102; index += 1) {
    notifications.send({ id: `n${index}`, message: `${index}`, createdAt: index });
  }
  assert.equal(notifications.of('moss').length, 100, 'the oldest go');
  assert.equal(notifications.of('moss')[0]?.id, 'n101', 'newest first');
  assert.equal(notifications.markRead('moss', 'n101', 5)?.readAt, 5);
  assert.equal(notifications.markRead('moss', 'n101', 6)?.readAt, 5);
  assert.equal(notifications.markRead('moss', 'none', 6), undefined);
  assert.deepEqual(notifications.recent(1), [{ id: 'n101', message: '101', createdAt: 101, total: 2, read: 1 }]);
});
