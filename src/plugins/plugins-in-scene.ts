import type { PluginModule } from '../protocol/frames.ts';
import { WALK_MAX, WALK_MIN } from '../protocol/limits.ts';
import type { PluginAnswer, PluginMove, PluginStage, ScenePlugins } from '../scene/scene-plugins.ts';
import type { Site } from '../scene/site.ts';
import type { Visitor } from '../scene/visitor.ts';
import { Entities } from './entities.ts';
import { ownersOf, visitorOf } from './people.ts';
import { DATA_MAX_BYTES, FRAME_MAX_BYTES, plainCopy, plainValue, type PlainObject } from './plain-json.ts';
import type { HookName, Plugin, PluginContext, PluginHook } from './plugin.ts';
import { settledAtOnce, type PluginRunner } from './plugin-runner.ts';
import { contextOf, isAvailable, isEntitled, isOn } from './plugin-site.ts';

export const BOUNDS = { min: WALK_MIN, max: WALK_MAX } as const;

const UNKNOWN_ACTION: PluginAnswer = { ok: false, problem: 'Unknown plugin action.' };

type Listener = readonly [plugin: Plugin, hook: PluginHook];

/** The plugins that are on in one scene, and their entities. */
export class PluginsInScene implements ScenePlugins {
  readonly #plugins: readonly Plugin[];
  readonly #runner: PluginRunner;
  readonly #entities: Entities;
  #site: Site | undefined;
  #on: readonly Plugin[] = [];
  #listeners: Partial<Record<HookName, readonly Listener[]>> = {};

  constructor(plugins: readonly Plugin[], runner: PluginRunner) {
    this.#plugins = plugins;
    this.#runner = runner;
    this.#entities = new Entities(runner);
  }

  adopt(site: Site | undefined): void {
    this.#site = site;
    this.#on = this.#onFor(site);
    this.#listeners = {};
    this.#entities.adopt(this.#on, site);
  }

  namesFor(site: Site | undefined): readonly string[] {
    return this.#onFor(site).map(({ name }) => name);
  }

  #onFor(site: Site | undefined): readonly Plugin[] {
    return this.#plugins.filter((plugin) => isOn(plugin, site, this.#runner));
  }

  get modules(): readonly PluginModule[] {
    return this.#on.flatMap(({ name, widgetModule }) =>
      widgetModule === undefined ? [] : [{ name, module: widgetModule }],
    );
  }

  entities(): PlainObject {
    return this.#entities.views();
  }

  widgetConfig(isWatching: boolean): PlainObject {
    const config: Record<string, unknown> = {};
    for (const [plugin, hook] of this.#listening('extendWidgetConfig')) {
      const context = { ...this.#context(plugin), ...(isWatching && { watch: true as const }) };
      const added = this.#runner.run(plugin.name, 'extendWidgetConfig', hook, context);
      if (added === undefined) continue;
      const copy = this.#runner.tryTo(plugin.name, 'extendWidgetConfig', () => plainCopy(added, DATA_MAX_BYTES));
      Object.assign(config, copy);
    }
    return config;
  }

  fieldsOf(visitor: Visitor): PlainObject | undefined {
    let fields: Record<string, unknown> | undefined;
    for (const [plugin, hook] of this.#listening('extendVisitor')) {
      const context = { ...this.#context(plugin), visitor: visitorOf(visitor, this.#site) };
      const value = this.#runner.run(plugin.name, 'extendVisitor', hook, context);
      if (value === undefined) continue;
      const copy = this.#runner.tryTo(plugin.name, 'extendVisitor', () => plainValue(value, FRAME_MAX_BYTES));
      if (copy !== undefined) (fields ??= {})[plugin.name] = copy;
    }
    return fields;
  }

  hear(message: PlainObject, visitor: Visitor | undefined, stage: PluginStage): boolean {
    const who = visitor && { visitor: visitorOf(visitor, this.#site) };
    for (const [plugin, hook] of this.#listening('onSocketMessage')) {
      const context = { ...this.#context(plugin, stage), ...who, message };
      if (this.#runner.run(plugin.name, 'onSocketMessage', hook, context) === false) return false;
    }
    return true;
  }

  allows(text: string, visitor: Visitor, stage: PluginStage): boolean {
    for (const [plugin, hook] of this.#listening('onMessage')) {
      const context = {
        ...this.#context(plugin, stage),
        visitor: visitorOf(visitor, this.#site),
        message: { text },
      };
      if (this.#runner.run(plugin.name, 'onMessage', hook, context) === false) return false;
    }
    return true;
  }

  joined(visitor: Visitor, joinedAt: number, stage: PluginStage): void {
    for (const [plugin, hook] of this.#listening('onVisitorJoin')) {
      const context = { ...this.#context(plugin, stage), visitor: visitorOf(visitor, this.#site), joinedAt };
      this.#runner.run(plugin.name, 'onVisitorJoin', hook, context);
    }
  }

  get watchesMoves(): boolean {
    return this.#listening('onSceneMove').length > 0;
  }

  moved(move: PluginMove, visitor: Visitor, stage: PluginStage): void {
    for (const [plugin, hook] of this.#listening('onSceneMove')) {
      const context = {
        ...this.#context(plugin, stage),
        ...move,
        visitor: visitorOf(visitor, this.#site),
        figures: stage.figures(),
        bounds: BOUNDS,
        ...this.#entities.stateOf(plugin.name),
      };
      this.#runner.run(plugin.name, 'onSceneMove', hook, context);
    }
  }

  isAddon(name: string): boolean {
    const plugin = this.#plugins.find((each) => each.name === name);
    const site = this.#site;
    if (plugin?.label === undefined || site === undefined) return false;
    return isAvailable(plugin, site) && isEntitled(plugin, site, this.#runner);
  }

  act(name: string, action: string, input: PlainObject, stage: PluginStage): PluginAnswer {
    const plugin = this.#on.find((each) => each.name === name);
    const run = plugin?.adminActions.get(action);
    if (plugin === undefined || run === undefined) return UNKNOWN_ACTION;
    let data: PlainObject | undefined;
    try {
      const answer = settledAtOnce(
        run({
          ...this.#context(plugin, stage),
          input,
          owners: ownersOf(this.#site, stage.visitors()),
          visitors: Array.from(stage.visitors(), (visitor) => visitorOf(visitor, this.#site)),
          setData: (given) => (data = plainCopy(given, DATA_MAX_BYTES)),
        }),
      );
      // What was set before an error is forgotten with it.
      const problem = problemIn(answer);
      if (problem !== undefined) return { ok: false, problem };
    } catch (err) {
      this.#runner.note(name, 'adminAction', err);
      return { ok: false, problem: 'Plugin action failed.' };
    }
    return { ok: true, ...(data !== undefined && { data }) };
  }

  get nextTickAt(): number | undefined {
    return this.#entities.nextTickAt;
  }

  schedule(now: number, hasSockets: boolean): void {
    this.#entities.schedule(now, hasSockets, (plugin) => this.#context(plugin));
  }

  tick(stage: PluginStage): void {
    this.#entities.tick(stage.now, (plugin, dtMs) => ({
      ...this.#context(plugin, stage),
      figures: stage.figures(),
      bounds: BOUNDS,
      dtMs,
    }));
  }

  snapshot(): PlainObject {
    return this.#entities.snapshot();
  }

  restore(states: PlainObject): void {
    this.#entities.restore(states);
  }

  #listening(name: HookName): readonly Listener[] {
    return (this.#listeners[name] ??= this.#on.flatMap((plugin) => {
      const hook = plugin.hooks[name];
      return hook === undefined ? [] : [[plugin, hook] as const];
    }));
  }

  #context(plugin: Plugin, stage?: PluginStage): PluginContext {
    const { emit, setData } = stage ?? {};
    return {
      ...contextOf(plugin, this.#site),
      ...(emit && { emit: (frame) => emit(plugin.name, plainCopy(frame, FRAME_MAX_BYTES)) }),
      ...(setData && { setData: (data) => setData(plugin.name, plainCopy(data, DATA_MAX_BYTES)) }),
    };
  }
}

function problemIn(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { error } = answer;
  return typeof error === 'string' && error !== '' ? error : 'Plugin action failed.';
}
