import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts'],
    globalSetup: ['build-server', 'migrate-sqlite', 'start-postgres'].map(
      (name) => `packages/server/test/support/${name}.ts`,
    ),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most tests wait for processes and databases most of the time.
    maxWorkers: '100%',
  },
})
