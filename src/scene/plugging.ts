/** Where plugins meet the scene: what they are shown, and what they may do just then (wire protocol section 13). */
import { tellAbout, tellAll } from './delivery.ts';
import type { PluginStage } from './scene-plugins.ts';
import { changeSite, type Actor, type SceneState, type Turn } from './state.ts';
import { profileView } from './views.ts';
import type { SceneConnection, Visitor } from './visitor.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Shows a message to plugins before it is acted on; one that they keep to themselves ends here. */
export function overhear(state: SceneState, connection: SceneConnection, message: Fields, turn: Turn): void {
  const { browserSecret: _secret, ...shown } = message;
  if (!state.plugins.hear(shown, connection.visitor, stageOf(state, connection.visitor, turn))) {
    turn.effects.push({ kind: 'swallowed' });
  }
}

/** @returns whether a line of chat may be said */
export function pluginsAllow(state: SceneState, { visitor }: Actor, text: string, turn: Turn): boolean {
  return state.plugins.allows(text, visitor, stageOf(state, visitor, turn));
}

/**
 * A step was accepted. What nobody sees plugins do not see either.
 * @param before where the visitor stood, and when they stepped there, ms; −∞ for the first step
 */
export function pluginsSeeMove(
  state: SceneState,
  visitor: Visitor,
  before: { readonly x: number; readonly at: number },
  turn: Turn,
): void {
  if (visitor.isHidden || !state.plugins.watchesMoves) return;
  const { x } = visitor;
  const way = x - before.x;
  const speed = (Math.abs(way) / (turn.now - before.at)) * 1_000;
  const direction = way === 0 ? 0 : way < 0 ? -1 : 1;
  state.plugins.moved({ x, direction, speed }, visitor, stageOf(state, visitor, turn));
}

/** A visit counts from now on. */
export function pluginsSeeJoin(state: SceneState, visitor: Visitor, turn: Turn): void {
  if (visitor.isHidden) return;
  state.plugins.joined(visitor, turn.wall - (turn.now - visitor.joinedAt), stageOf(state, visitor, turn));
}

/** Moves what plugins have put into the scene. */
export function tickPlugins(state: SceneState, turn: Turn): void {
  const { nextTickAt } = state.plugins;
  if (nextTickAt !== undefined && nextTickAt <= turn.now) state.plugins.tick(ownStage(state, turn));
}

/**
 * An owner asks something of a plugin.
 * @returns what the site keeps for it from now on; undefined: nothing new
 */
export function askPlugin(
  state: SceneState,
  plugin: string,
  action: string,
  input: unknown,
  turn: Turn,
): Fields | undefined {
  const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input } : {};
  const answer = state.plugins.act(plugin, action, fields, ownStage(state, turn));
  if (answer.ok) return answer.data;
  turn.effects.push({ kind: 'problem', text: answer.problem });
  return undefined;
}

/** Says which plugins are on and what the weather is; after a change of their data also what they make of each visitor. */
export function tellPlugins(state: SceneState, isDataNew: boolean, turn: Turn): void {
  const { modules } = state.plugins;
  const { weatherConfig } = state.plugins.widgetConfig(false);
  turn.effects.push(
    tellAll({ type: 'plugins', pluginModules: modules, pluginEntities: state.plugins.entities() }),
    tellAll({ type: 'weather', ...(weatherConfig !== undefined && { weatherConfig }) }),
  );
  if (!isDataNew) return;
  for (const visitor of state.roster.visitors) {
    turn.effects.push(tellAbout(visitor, { type: 'profile', ...profileView(state, visitor) }));
  }
}

/** A `hello` with what plugins add to it. They add, and replace nothing. */
export function withWidgetConfig<Hello extends object>(state: SceneState, hello: Hello, isWatching: boolean): Hello {
  if (state.rules.hosted === undefined) return hello;
  const added = Object.entries(state.plugins.widgetConfig(isWatching)).filter(([key]) => !(key in hello));
  return added.length === 0 ? hello : { ...hello, ...Object.fromEntries(added) };
}

/** What somebody's doing lets plugins do: of whom nobody sees, or who has not joined, nothing comes. */
function stageOf(state: SceneState, visitor: Visitor | undefined, turn: Turn): PluginStage {
  if (visitor === undefined || visitor.isHidden) return viewOf(state, turn);
  const { hosted } = state.rules;
  return {
    ...ownStage(state, turn),
    ...(hosted && {
      setData: (plugin, data) => {
        const pluginData = { ...state.rules.hosted?.pluginData, [plugin]: data };
        changeSite(state, { pluginData }, turn);
      },
    }),
  };
}

/** What plugins may do by themselves. */
function ownStage(state: SceneState, turn: Turn): PluginStage {
  return {
    ...viewOf(state, turn),
    emit: (plugin, frame) => {
      const { type: _type, plugin: _plugin, ...keys } = frame;
      turn.effects.push(tellAll({ type: 'plugin', plugin, ...keys }));
    },
  };
}

function viewOf({ roster }: SceneState, { now }: Turn): PluginStage {
  return {
    now,
    figures: () => [...roster.visitors].filter(({ isHidden }) => !isHidden).map(({ x }) => ({ x })),
    visitors: () => roster.visitors,
  };
}
