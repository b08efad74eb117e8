/** Starts one square from flags, environment and `.env`, and stops it gently on SIGTERM and SIGINT. */
import { readSettingsHere } from './config/dot-env.ts';
import { describeSettings, redacted, SettingsError, type Settings } from './config/settings.ts';
import { createLog } from './log/log.ts';
import { startSquare } from './runtime/square.ts';

/** The whole stop, visitors' goodbye to closed store. */
const STOP_WITHIN_MS = 5_000;

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  process.stdout.write(`townring: one square\n\n${describeSettings()}\n`);
} else {
  await run(settingsOrExit());
}

async function run(settings: Settings): Promise<void> {
  const log = createLog(settings.LOG_LEVEL);
  log.info({ settings: redacted(settings) }, 'effective settings');
  const square = await startSquare(settings, log).catch((err: unknown) => {
    log.fatal({ err }, 'square did not start');
    process.exit(1);
  });

  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'stopping');
    const deadline = setTimeout(() => {
      log.error({ withinMs: STOP_WITHIN_MS }, 'did not stop in time');
      process.exit(1);
    }, STOP_WITHIN_MS);
    void square.stop(AbortSignal.timeout(STOP_WITHIN_MS - 500)).then(() => {
      clearTimeout(deadline);
      log.info({}, 'stopped');
      process.exit(0);
    });
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (settings.END_WITH_STDIN) {
    process.stdin
      .on('end', () => stop('parent ended'))
      .on('error', () => stop('parent ended'))
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
