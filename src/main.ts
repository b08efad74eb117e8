/** Starts one square from flags, environment and `.env`, and stops it gently on SIGTERM and SIGINT. */
import { readSettingsHere } from './config/dot-env.ts';
import { describeSettings, redacted, SettingsError, type Settings } from './config/settings.ts';
import { createLog } from './log/log.ts';
import { startSquare } from './runtime/square.ts';

/** The whole stop, visitors' goodbye to closed store. */
const STOP_WITHIN_MS = 5_000;
/** Who is stopped while it starts has started by then. */
const START_WITHIN_MS = 30_000;

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  process.stdout.write(`townring: one square\n\n${describeSettings()}\n`);
} else {
  run(settingsOrExit());
}

function run(settings: Settings): void {
  const log = createLog(settings.LOG_LEVEL);
  const endAfter = (withinMs: number): NodeJS.Timeout =>
    setTimeout(() => {
      log.error({ withinMs }, 'did not stop in time');
      process.exit(1);
    }, withinMs);

  let isStopping = false;
  const stop = async (why: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'stopping');
    const starts = endAfter(START_WITHIN_MS);
    const square = await starting;
    clearTimeout(starts);
    const stops = endAfter(STOP_WITHIN_MS);
    await square.stop(AbortSignal.timeout(STOP_WITHIN_MS - 500));
    clearTimeout(stops);
    log.info({}, 'stopped');
    process.exit(0);
  };
  // Before it starts: whoever stops it meanwhile finds its store closed as well.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  log.info({ settings: redacted(settings) }, 'effective settings');
  const starting = startSquare(settings, log).catch((err: unknown) => {
    log.fatal({ err }, 'square did not start');
    process.exit(1);
  });

  if (settings.END_WITH_STDIN) {
    process.stdin
      .on('end', () => void stop('parent ended'))
      .on('error', () => void stop('parent ended'))
      .resume();
  }
}

function settingsOrExit(): Settings {
  try {
    return readSettingsHere(argv);
  } catch (err) {
    if (!(err instanceof SettingsError)) throw err;
    process.stderr.write(`${err.message}\n`);
    return process.exit(2);
  }
}
