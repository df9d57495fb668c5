// One way down (see ARCHITECTURE.md): a lower layer never imports a higher one, and no cycle exists at all.
const src = '^packages/server/src/'
const layers = [
  ['cli'],
  ['app\\.ts', 'main\\.ts'],
  ['http'],
  ['chats', 'projects', 'ingestion'],
  ['answers'],
  ['retrieval', 'models'],
  ['jobs', 'accounts', 'cluster'],
  ['database'],
]
const layerRules = layers.slice(1).map((layer, index) => ({
  name: `one-way-down-${layer[0].replace('\\.ts', '')}`,
  severity: 'error',
  from: { path: `${src}(${layer.join('|')})` },
  // Composition is the one exception: main.ts starts the command line, which starts the app.
  to: {
    path: `${src}(${layers
      .slice(0, index + 1)
      .flat()
      .join('|')})`,
    ...(layer[0] === 'app\\.ts' ? { pathNot: `${src}(cli)` } : {}),
  },
}))
const dialects = ['chicory', 'quivr', 'openai', 'ai-sdk']
module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...layerRules,
    ...dialects.map((dialect) => ({
      name: `dialect-${dialect}-alone`,
      severity: 'error',
      from: { path: `${src}http/${dialect}/` },
      to: { path: `${src}http/(${dialects.filter((other) => other !== dialect).join('|')})/` },
    })),
    {
      name: 'no-test-in-source',
      severity: 'error',
      from: { path: src, pathNot: '\\.test\\.ts$' },
      to: { path: '/test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
}
