import type { Site } from '../scene/site.ts';
import { DATA_MAX_BYTES, plainValue, type PlainObject } from './plain-json.ts';
import type { Plugin, PluginContext, SceneEntity } from './plugin.ts';
import type { PluginRunner } from './plugin-runner.ts';
import { contextOf } from './plugin-site.ts';

/** Time between two steps of what moves, ms (wire protocol section 13). */
const TICK_MS = 50;

/** Steps made up for at once after a pause of the process; what is missing beyond that never happened. */
const CATCH_UP_MAX = 5;

const WHERE = 'sceneEntity';

interface Entity {
  readonly plugin: Plugin;
  readonly kind: SceneEntity;
  state: unknown;
}

/**
 * What plugins put into one scene. Everything steps on one grid of 50 ms, which begins when something starts to move and
 * ends when everything rests: nobody can see the difference to stepping always, and a scene at rest needs no timer.
 */
export class Entities {
  readonly #runner: PluginRunner;
  /** At most one for each plugin. */
  readonly #entities = new Map<string, Entity>();
  #site: Site | undefined;
  #nextTickAt: number | undefined;

  constructor(runner: PluginRunner) {
    this.#runner = runner;
  }

  get nextTickAt(): number | undefined {
    return this.#nextTickAt;
  }

  /** Makes what the plugins that are on have and are without, and drops what belongs to others. */
  adopt(on: readonly Plugin[], site: Site | undefined): void {
    this.#site = site;
    for (const [name, { plugin }] of this.#entities) if (!on.includes(plugin)) this.#entities.delete(name);
    for (const plugin of on) {
      const { name, sceneEntity: kind } = plugin;
      if (kind === undefined || this.#entities.has(name)) continue;
      const state = this.#runner.run(name, WHERE, kind.create, contextOf(plugin, site));
      if (state !== undefined) this.#entities.set(name, { plugin, kind, state });
    }
  }

  stateOf(name: string): { readonly state?: unknown } {
    const entity = this.#entities.get(name);
    return entity === undefined ? {} : { state: entity.state };
  }

  views(): PlainObject {
    const views: Record<string, unknown> = {};
    for (const [name, { plugin, kind, state }] of this.#entities) {
      const view = this.#runner.tryTo(name, WHERE, () =>
        plainValue(kind.snapshot({ ...contextOf(plugin, this.#site), state }), DATA_MAX_BYTES),
      );
      if (view !== undefined) views[name] = view;
    }
    return views;
  }

  schedule(now: number, hasSockets: boolean, contextFor: (plugin: Plugin) => PluginContext): void {
    if (!hasSockets) this.#nextTickAt = undefined;
    else if (this.#nextTickAt === undefined && this.#isMoving(contextFor)) this.#nextTickAt = now + TICK_MS;
  }

  tick(now: number, contextFor: (plugin: Plugin, dtMs: number) => PluginContext): void {
    for (let steps = 0; this.#nextTickAt !== undefined && this.#nextTickAt <= now; steps += 1) {
      if (steps === CATCH_UP_MAX) {
        this.#nextTickAt = now + TICK_MS;
        return;
      }
      this.#nextTickAt += TICK_MS;
      for (const [name, { plugin, kind, state }] of this.#entities) {
        if (kind.tick !== undefined)
          this.#runner.run(name, WHERE, kind.tick, { ...contextFor(plugin, TICK_MS), state });
      }
      if (!this.#isMoving((plugin) => contextFor(plugin, TICK_MS))) this.#nextTickAt = undefined;
    }
  }

  /** States that are plain data; any other begins anew elsewhere. */
  snapshot(): PlainObject {
    const states: Record<string, unknown> = {};
    for (const [name, { state }] of this.#entities) {
      try {
        states[name] = plainValue(state, DATA_MAX_BYTES);
      } catch {
        continue;
      }
    }
    return states;
  }

  restore(states: PlainObject): void {
    for (const [name, entity] of this.#entities) {
      // A copy, because the same snapshot may be needed again and a state is changed in place.
      if (Object.hasOwn(states, name)) entity.state = structuredClone(states[name]);
    }
  }

  #isMoving(contextFor: (plugin: Plugin) => PluginContext): boolean {
    for (const [name, { plugin, kind, state }] of this.#entities) {
      if (kind.tick === undefined) continue;
      if (kind.isResting === undefined) return true;
      if (this.#runner.run(name, WHERE, kind.isResting, { ...contextFor(plugin), state }) !== true) return true;
    }
    return false;
  }
}
