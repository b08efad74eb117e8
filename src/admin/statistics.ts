/** Statistics for the operator (http-api.md section 10), computed from what is counted by day and by site. */
import { dayOf, type DayCount, type DayCounts, type HourCounts } from '../store/day-counts.ts';
import type { Store } from '../store/store.ts';

const WEEK_DAYS = 7;
const MONTH_DAYS = 30;
const DAY_MS = 86_400_000;

/** Visits are kept so long that the rolling month of the oldest day shown is whole. */
const KEPT_DAYS = 59;

/** The first of January 1970 was a Thursday. */
const WEEKDAY_OF_DAY_0 = 4;

/** Counts since the beginning of today, of a week and of a month, today included. */
export interface Windows {
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

export interface Activity {
  readonly timeZone: 'UTC';
  readonly windowDays: number;
  /** Sunday first. */
  readonly weekdays: readonly {
    readonly weekday: number;
    /** Days of this kind in the window since the site was first visited. */
    readonly sampleDays: number;
    /** Visitors by UTC hour, summed over those days. */
    readonly hours: readonly number[];
  }[];
}

interface DayPoint {
  readonly day: number;
  readonly count: number;
}

const NOTHING: Windows = { daily: 0, weekly: 0, monthly: 0 };

/** Visitors and messages of every site that had any. */
export function windowsBySite(
  days: DayCounts,
  now: number,
): { readonly visitors: (siteKey: string) => Windows; readonly messages: (siteKey: string) => Windows } {
  const today = dayOf(now);
  const [daily, weekly, monthly] = [1, WEEK_DAYS, MONTH_DAYS].map((length) => days.visitorsBySite(today - length + 1));
  const messages = new Map<string, Windows>();
  for (const { siteKey, day, count } of days.messageDays(today - MONTH_DAYS + 1)) {
    const before = messages.get(siteKey) ?? NOTHING;
    messages.set(siteKey, {
      daily: before.daily + (day === today ? count : 0),
      weekly: before.weekly + (day > today - WEEK_DAYS ? count : 0),
      monthly: before.monthly + count,
    });
  }
  return {
    visitors: (siteKey) => ({
      daily: daily?.get(siteKey) ?? 0,
      weekly: weekly?.get(siteKey) ?? 0,
      monthly: monthly?.get(siteKey) ?? 0,
    }),
    messages: (siteKey) => messages.get(siteKey) ?? NOTHING,
  };
}

/** When in the week a site is visited, for every site that was visited at all, or for one. */
export function activityBySite(days: DayCounts, now: number, siteKey?: string): ReadonlyMap<string, Activity> {
  const today = dayOf(now);
  const rows = Map.groupBy(days.hours(today - KEPT_DAYS + 1, siteKey), (row) => row.siteKey);
  return new Map(Array.from(rows, ([key, ofSite]) => [key, activityOf(ofSite, today)]));
}

export function noActivity(): Activity {
  return activityOf([], 0);
}

function activityOf(rows: readonly HourCounts[], today: number): Activity {
  const since = today - MONTH_DAYS + 1;
  const [first] = rows;
  const sampled = first === undefined ? [] : daysBetween(Math.max(since, first.day), today);
  const weekdays = Array.from({ length: WEEK_DAYS }, (_, weekday) => {
    const ofWeekday = rows.filter(({ day }) => day >= since && weekdayOf(day) === weekday);
    return {
      weekday,
      sampleDays: sampled.filter((day) => weekdayOf(day) === weekday).length,
      hours: Array.from({ length: 24 }, (_hour, hour) =>
        ofWeekday.reduce((sum, row) => sum + (row.hours[hour] ?? 0), 0),
      ),
    };
  });
  return { timeZone: 'UTC', windowDays: MONTH_DAYS, weekdays };
}

/** The square as a whole. `headCounts`: joined visitors by scene. */
export function platformStatistics(
  store: Store,
  headCounts: ReadonlyMap<string, number>,
  now: number,
): Record<string, number | readonly DayPoint[]> {
  const { days } = store;
  const today = dayOf(now);
  const window = daysBetween(today - MONTH_DAYS + 1, today);
  const visitDays = days.visitDays(today - KEPT_DAYS + 1);
  const messageDays = days.messageDays(today - MONTH_DAYS + 1);
  const visitorsByDay = days.visitorsByDay(today - MONTH_DAYS + 1);
  const sites = store.sites().map((site) => ({ site, figures: store.figures.of(site.key) }));
  const hereNow = sites.map(({ site }) => headCounts.get(site.key) ?? 0);
  const activeSites = (day: number, length: number): number => sitesIn(visitDays, day - length + 1, day);
  const messagesSince = (day: number): number =>
    messageDays.reduce((sum, each) => sum + (each.day >= day ? each.count : 0), 0);
  const since = (at: number | null, length: number): boolean => at !== null && now - at <= length * DAY_MS;
  const count = (isSo: (each: (typeof sites)[number]) => boolean): number => sites.filter(isSo).length;
  const isOn = (plugin: string) => (each: (typeof sites)[number]) => each.site.enabledPlugins.includes(plugin);
  return {
    onlineNow: hereNow.reduce((sum, here) => sum + here, 0),
    activeSitesNow: hereNow.filter((here) => here > 0).length,
    seenToday: days.visitors(today),
    activeSites7d: activeSites(today, WEEK_DAYS),
    activeSites30d: activeSites(today, MONTH_DAYS),
    inactiveVerifiedSites30d: count(
      ({ figures }) =>
        figures.verifiedAt !== null && !since(figures.verifiedAt, MONTH_DAYS) && !since(figures.lastSeenAt, MONTH_DAYS),
    ),
    visitorsWeekly: days.visitors(today - WEEK_DAYS + 1),
    visitorsMonthly: days.visitors(today - MONTH_DAYS + 1),
    chattingThisWeek: sitesIn(messageDays, today - WEEK_DAYS + 1, today),
    chattingThisMonth: sitesIn(messageDays, today - MONTH_DAYS + 1, today),
    messagesToday: messagesSince(today),
    messagesWeekly: messagesSince(today - WEEK_DAYS + 1),
    messagesMonthly: messagesSince(today - MONTH_DAYS + 1),
    ownersInAdmin7d: count(({ figures }) => since(figures.adminAccess.lastAt, WEEK_DAYS)),
    ownersInAdmin30d: count(({ figures }) => since(figures.adminAccess.lastAt, MONTH_DAYS)),
    weatherTried: count(({ figures }) => figures.weatherActivation.attempts > 0),
    weatherActive: count(isOn('weather')),
    footballActive: count(isOn('soccer-ball')),
    rollingActiveSitesSeries7d: window.map((day) => ({ day, count: activeSites(day, WEEK_DAYS) })),
    rollingActiveSitesSeries30d: window.map((day) => ({ day, count: activeSites(day, MONTH_DAYS) })),
    dailySeries: window.map((day) => ({ day, count: visitorsByDay.get(day) ?? 0 })),
    messageDailySeries: window.map((day) => ({
      day,
      count: messageDays.reduce((sum, each) => sum + (each.day === day ? each.count : 0), 0),
    })),
  };
}

function sitesIn(counts: readonly DayCount[], from: number, to: number): number {
  return new Set(counts.filter(({ day }) => day >= from && day <= to).map(({ siteKey }) => siteKey)).size;
}

function daysBetween(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function weekdayOf(day: number): number {
  return (day + WEEKDAY_OF_DAY_0) % WEEK_DAYS;
}
