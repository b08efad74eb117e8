/**
 * The claim code of a page hop. This module is the first of the bundle that does anything: the code leaves the address bar
 * before any other line of the widget runs, so that no later script, link or copied URL carries it.
 */

import { takeCode } from './claim-code.ts';

let pending: string | undefined;

if (location.hash.includes('ts=')) {
  const { rest, code } = takeCode(location.hash);
  if (rest !== location.hash) {
    history.replaceState(history.state, '', location.pathname + location.search + rest);
    pending = code;
  }
}

/** The code that this page was opened with, for the first strip that asks. */
export function claimArrivalCode(): string | undefined {
  const code = pending;
  pending = undefined;
  return code;
}

/** The strip that claimed it was taken away before a square saw it: for the next. */
export function giveBackArrivalCode(code: string | undefined): void {
  pending = code;
}
