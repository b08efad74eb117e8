import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Keys whose values never reach a log, wherever they stand in the first two levels. */
const REDACTED_KEYS = ['code', 'secret', 'browserSecret', 'browserId', 'text', 'adminToken', 'password', 'privateKey'];

/** JSON lines on standard output, one per event that someone would act on. Each part takes a child: `log.child({ part })`. */
export function createLog(level: string): Log {
  // Whoever read the log is gone: the square goes on, and ends when it should. (pino's own writer, sonic-boom 4, tries for
  // ever to flush into a broken pipe at exit.)
  process.stdout.on('error', () => undefined);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    },
    { write: (line: string) => void process.stdout.write(line) },
  );
}
