/** The plugins of the plugin contract's own test (wire protocol section 15.1), as a module that a square can be given. */
import type { PluginContext } from '../../src/plugins/plugin.ts';

export const testFeature = {
  name: 'test-feature',
  adminModule: '/plus/test-feature/admin.mjs',
  widgetModule: '/plus/test-feature/widget.mjs',
  adminActions: {
    update({ input, setData }: PluginContext) {
      const hat = input?.['hat'];
      if (typeof hat !== 'string' || !/^[a-z-]+$/.test(hat)) return { error: 'Invalid hat.' };
      setData?.({ hat });
      return undefined;
    },
  },
  hooks: {
    extendVisitor: ({ data }: PluginContext) => ({ hat: data['hat'] ?? 'none' }),
    extendAdminPanel: ({ data }: PluginContext) => data,
    onSocketMessage({ message, visitor, data, emit, setData }: PluginContext) {
      if (message?.['type'] !== 'plugin' || message['plugin'] !== 'test-feature' || visitor === undefined) return;
      if (message['action'] !== 'store') return;
      const { value } = message;
      setData?.({ ...data, socketValue: value });
      emit?.({ action: 'stored', value });
    },
  },
};

export const testLabelled = {
  name: 'test-labelled',
  label: 'Test labelled add-on',
  adminActions: {
    update({ input, setData }: PluginContext) {
      setData?.({ value: input?.['value'] });
    },
  },
  hooks: { extendAdminPanel: ({ data }: PluginContext) => data },
};

interface Moves {
  moves: number;
}

const isMoves = (state: unknown): state is Moves => typeof state === 'object' && state !== null && 'moves' in state;

export const testSceneEntity = {
  name: 'test-scene-entity',
  label: 'Test scene entity',
  widgetModule: '/plus/test-scene-entity/widget.mjs',
  sceneEntity: {
    create: () => ({ moves: 0 }),
    snapshot: ({ state }: PluginContext) => ({ moves: isMoves(state) ? state.moves : 0 }),
  },
  hooks: {
    onSceneMove({ state, emit }: PluginContext) {
      if (!isMoves(state)) return;
      state.moves += 1;
      emit?.({ moves: state.moves });
    },
  },
};
