import type { PluginContext, PluginHook } from './plugin.ts';

export interface PluginRunnerDeps {
  readonly log: { error(fields: object, message: string): void };
  /** Counts faults by where they happened: a hook's name, `sceneEntity`, `isEnabled` or `adminAction`. */
  readonly countFault: (where: string) => void;
}

/** Calls plugins so that what goes wrong in one is logged and goes no further. Each kind of fault is logged once for each plugin. */
export class PluginRunner {
  readonly #deps: PluginRunnerDeps;
  /** At most one for each plugin and hook. */
  readonly #logged = new Set<string>();

  constructor(deps: PluginRunnerDeps) {
    this.#deps = deps;
  }

  /** @returns what the hook returned; undefined when it threw, or wanted to be waited for */
  run(plugin: string, where: string, hook: PluginHook, context: PluginContext): unknown {
    return this.tryTo(plugin, where, () => settledAtOnce(hook(context)));
  }

  /** @returns undefined when it threw */
  tryTo<Result>(plugin: string, where: string, run: () => Result): Result | undefined {
    try {
      return run();
    } catch (err) {
      this.note(plugin, where, err);
      return undefined;
    }
  }

  /** A plugin failed. */
  note(plugin: string, where: string, err: unknown): void {
    this.#deps.countFault(where);
    const key = `${plugin} ${where}`;
    if (this.#logged.has(key)) return;
    this.#logged.add(key);
    this.#deps.log.error(
      { err, plugin, where },
      'a plugin failed and was skipped; its next faults there are only counted',
    );
  }
}

/** Hooks are synchronous: nobody waits for a promise, and nobody lets one fail unheard. @throws Error for one */
export function settledAtOnce(result: unknown): unknown {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw new Error('a hook must be synchronous, and returned a promise');
}
