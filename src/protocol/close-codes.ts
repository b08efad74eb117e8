/**
 * Every reason for which the server closes a socket. The classic widget acts on the reason string, never on the code,
 * so the strings are part of the protocol (wire protocol section 1, "All close codes").
 */
export const CLOSE = {
  kicked: { code: 4001, reason: 'kicked', retry: false },
  inactive: { code: 4001, reason: 'inactive', retry: false },
  blocked: { code: 4003, reason: 'blocked', retry: false },
  siteDisabled: { code: 4003, reason: 'site disabled', retry: false },
  siteUnknown: { code: 4003, reason: 'site disabled or unknown', retry: false },
  plusRequired: { code: 4003, reason: 'plus required', retry: false },
  originNotAllowed: { code: 4003, reason: 'origin not allowed', retry: false },
  siteDeleted: { code: 4003, reason: 'site deleted', retry: true },
  rateLimited: { code: 1008, reason: 'rate limited', retry: false },
  challengeFailed: { code: 1008, reason: 'challenge failed', retry: true },
  /** A socket that never joined: nothing went wrong, and whoever wants to join may come again. */
  neverJoined: { code: 1000, reason: '', retry: true },
  messageTooBig: { code: 1009, reason: '', retry: true },
  internalError: { code: 1011, reason: 'internal error', retry: true },
  full: { code: 1013, reason: 'full', retry: true },
  shuttingDown: { code: 1001, reason: 'server shutting down', retry: true },
} as const satisfies Record<string, CloseReason>;

export interface CloseReason {
  readonly code: number;
  readonly reason: string;
  /** Whether a client may come back by itself. */
  readonly retry: boolean;
}
