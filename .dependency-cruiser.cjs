/**
 * The architecture's import directions (docs/architecture.md), read top to bottom:
 * lib ← protocol ← scene, moderation ← realtime, store ← admin ← edge, runtime ← main. The federation knows nothing of src/, and
 * src/ meets it only in src/ring/.
 */
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { pathNot: [...allowed, 'node_modules'], dependencyTypesNot: ['core', 'npm', 'npm-dev', 'npm-optional'] },
});
const pure = (name, from) => ({
  name,
  severity: 'error',
  comment: 'a pure core: no I/O, no packages',
  from: { path: from },
  to: { dependencyTypes: ['core', 'npm'] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('lib-stands-alone', '^src/lib/', ['^src/lib/']),
    only('protocol-stands-alone', '^src/protocol/', ['^src/protocol/']),
    only('scene-is-inner', '^src/scene/', ['^src/(scene|protocol|lib)/']),
    only('moderation-is-inner', '^src/moderation/', ['^src/(moderation|scene|protocol|lib)/']),
    only('plugins-are-inner', '^src/plugins/', ['^src/(plugins|scene|protocol|lib)/']),
    only('config-log-metrics-are-leaves', '^src/(config|log|metrics)/', ['^src/(config|log|metrics|lib|protocol)/']),
    only('realtime-knows-scene', '^src/realtime/', [
      '^src/(realtime|scene|moderation|protocol|lib|metrics|log)/',
      '^src/ring/ring-port\\.ts$',
    ]),
    only('shard-knows-realtime', '^src/shard/', [
      '^src/(shard|realtime|plugins|scene|moderation|protocol|lib|log)/',
      '^src/ring/ring-(port|channel)\\.ts$',
    ]),
    only('store-knows-scene', '^src/store/', ['^src/(store|scene|protocol|lib|log)/', '^src/ring/ring-port\\.ts$']),
    only('admin-knows-store', '^src/admin/', ['^src/(admin|store|plugins|moderation|scene|protocol|lib|log)/']),
    {
      name: 'one-adapter-to-the-federation',
      severity: 'error',
      comment: 'src/ meets the federation in src/ring/ only, and only through its front doors',
      from: { path: '^src/', pathNot: '^src/ring/' },
      to: { path: '^federation/' },
    },
    only('federation-is-usable-alone', '^federation/', ['^federation/']),
    only('documents-are-inner', '^federation/documents/', ['^federation/documents/', '^federation/types\\.ts$']),
    only('widget-shares-the-protocol-only', '^public/', ['^public/', '^src/protocol/']),
    pure('scene-is-pure', '^src/(scene|protocol)/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
