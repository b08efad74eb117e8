/** What the operator's page asks of the square (docs/http-api.md). There is no session: each question carries the password. */
import { askWith, type Answer } from '../ask.ts';

/** Of the last day, 7 and 30 days. */
export interface Windows {
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

export interface ServedSite {
  readonly siteKey: string;
  readonly name: string;
  readonly origin: string;
  /** "" when none was given. */
  readonly email: string | null;
  readonly disabled: boolean;
  readonly chatDisabled: boolean;
  readonly hiddenFromMap: boolean;
  readonly supporter: boolean;
  readonly plus: boolean;
  /** ms since the epoch; null: nobody has been there yet */
  readonly verifiedAt: number | null;
  readonly lastSeenAt: number | null;
  readonly activeVisitors: number;
  readonly visitorStats: Windows;
  readonly messageStats: Windows;
}

export interface Served {
  readonly sites: readonly ServedSite[];
  readonly platform: {
    readonly onlineNow: number;
    readonly activeSitesNow: number;
    readonly seenToday: number;
    readonly visitorsMonthly: number;
    readonly messagesMonthly: number;
  };
}

export interface Activity {
  readonly windowDays: number;
  readonly weekdays: readonly {
    readonly weekday: number;
    readonly sampleDays: number;
    readonly hours: readonly number[];
  }[];
}

export interface SentNotice {
  readonly id: string;
  readonly message: string;
  readonly createdAt: number;
  readonly total: number;
  readonly read: number;
}

export interface Operator {
  readonly served: () => Promise<Answer<Served>>;
  readonly traffic: (siteKey: string) => Promise<Answer<{ readonly activity: Activity }>>;
  readonly act: (siteKey: string, action: string, fields?: object) => Promise<Answer<{ readonly adminUrl?: string }>>;
  readonly notices: () => Promise<Answer<{ readonly recent: readonly SentNotice[] }>>;
  readonly tell: (message: string) => Promise<Answer<{ readonly sitesNotified: number }>>;
}

/** @param password of the operator; kept by the page and nowhere else */
export function operatorWith(password: string): Operator {
  const ask = <T>(path: string, body: object = {}): Promise<Answer<T>> =>
    askWith<T>(`/api/service-admin/${path}`, { ...body, password });
  return {
    served: () => ask('sites'),
    traffic: (siteKey) => ask('traffic', { siteKey }),
    act: (siteKey, action, fields = {}) => ask('action', { ...fields, siteKey, action }),
    notices: () => ask('notifications/stats'),
    tell: (message) => ask('notifications/send', { message }),
  };
}
