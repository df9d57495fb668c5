// One way down (see ARCHITECTURE.md): a lower layer never imports a higher one, and no cycle exists at all.
const src = '^packages/server/src/'
const layers = [
  ['cli'],
  ['app\\.ts', 'open-core\\.ts', 'main\\.ts'],
  ['http'],
  ['chats', 'projects', 'ingestion', 'tables'],
  ['answers'],
  ['retrieval', 'models', 'memory'],
  ['jobs', 'accounts', 'cluster', 'egress'],
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
      // What users can influence goes out through egress/. Models are the operator's own, and cli/ calls our own server.
      name: 'one-way-out',
      severity: 'error',
      from: { path: src, pathNot: `\\.test\\.ts$|${src}(egress|models|http|cli)/|${src}allowed-host\\.ts$` },
      to: { path: '(^|node_modules/)undici/|^(node:)?(https?|http2|net|tls|dns|dgram)(/promises)?$' },
    },
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
