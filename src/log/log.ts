import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Keys whose values never reach a log, wherever they stand in the first two levels. */
const REDACTED_KEYS = ['code', 'secret', 'browserSecret', 'browserId', 'text', 'adminToken', 'password', 'privateKey'];

/** JSON lines on standard output, one per event that someone would act on. Each part takes a child: `log.child({ part })`. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
  });
}
