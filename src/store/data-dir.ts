import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/** Makes the folder that holds everything a square keeps; only its own user may look inside. */
export function ensureDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

/** Whether a square has run here before: its keys are made once, after its database. */
export function hasRunHere(dataDir: string): boolean {
  return ['visitor.key', 'square.key'].some((name) => existsSync(join(dataDir, name)));
}

/** SQLite's result codes: another connection holds it; it is no database, or not any more. */
const BUSY = 5;
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

/** Whether SQLite refused a file for what is in it. */
export function isDamage(err: unknown): boolean {
  return DAMAGED.has(codeOf(err));
}

function codeOf(err: unknown): number {
  return err instanceof Error && 'errcode' in err ? Number(err.errcode) : 0;
}

/**
 * Claims a data folder for one running square. The claim is a lock of the operating system held by an open database, so
 * it ends with the process however that ends.
 * @throws Error when another process holds it, or the lock file cannot be used
 */
export function lockDataDir(dataDir: string): { release(): void } {
  const path = join(dataDir, 'square.lock');
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    if (codeOf(cause) !== BUSY) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const remedy = isDamage(cause) ? '. Remove that file: it holds nothing' : '';
      throw new Error(`cannot lock ${path}: ${why}${remedy}`, { cause });
    }
    throw new Error(`another square is already running with DATA_DIR=${dataDir}`, { cause });
  }
  return { release: () => db.close() };
}

/**
 * The key under which visitors' secrets are made, 32 bytes, created on first start with mode 0600. Losing it only makes
 * visitors new to the square once.
 * @throws Error when the file is there but not 32 bytes: it is never silently replaced
 */
export function loadVisitorKey(dataDir: string): Uint8Array {
  const path = join(dataDir, 'visitor.key');
  try {
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true });
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'EEXIST')) {
      // A full disk: the half of a key would have to be removed by hand.
      rmSync(path, { force: true });
      throw err;
    }
  }
  const key = readFileSync(path);
  if (key.length !== 32)
    throw new Error(`${path} holds ${key.length} bytes instead of 32: restore it, or remove it to make a new one`);
  return key;
}
