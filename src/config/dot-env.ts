import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readSettings, type Settings } from './settings.ts';

/**
 * Reads the settings where the program was started: flags, the process's environment, `.env` in the working directory.
 * @throws {SettingsError} naming every problem at once
 */
export function readSettingsHere(argv: readonly string[]): Settings {
  return readSettings(argv, process.env, existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {});
}
