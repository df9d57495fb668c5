import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const builtPrograms = new URL('packages/server/test/support/built-programs.ts', import.meta.url)

export default defineConfig({
  // Built before the run by `build-server`.
  resolve: { alias: [{ find: /^(\.\.?\/)+program-files\.ts$/, replacement: fileURLToPath(builtPrograms) }] },
  test: {
    include: ['packages/*/{src,test}/**/*.test.{ts,tsx}'],
    globalSetup: ['build-server', 'migrate-sqlite', 'start-postgres'].map(
      (name) => `packages/server/test/support/${name}.ts`,
    ),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // A third of the time a test waits for processes, databases and leases.
    maxWorkers: availableParallelism() + 1,
  },
})
