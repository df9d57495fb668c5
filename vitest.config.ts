import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const builtPrograms = new URL('packages/server/test/support/built-programs.ts', import.meta.url)

/** What mostly waits, for leases and killed nodes, begins first: at the end nothing would be left to do beside it. */
const waiting = [
  'sleeping-node',
  'paused-and-killed',
  'embed-after-kill',
  'idempotency-kill',
  'cluster',
  'wrong-clocks',
]

const units = 'packages/*/src/**/*.test.{ts,tsx}'
/** They mock a module of Node's, for whatever their process loads after them. */
const mocking = ['packages/server/src/database/wal-sync.test.ts']

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const waits = ({ moduleId }: TestSpecification) => waiting.some((name) => moduleId.endsWith(`/${name}.test.ts`))
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))]
  }
}

export default defineConfig({
  // Built before the run by `build-server`.
  resolve: { alias: [{ find: /^(\.\.?\/)+program-files\.ts$/, replacement: fileURLToPath(builtPrograms) }] },
  test: {
    projects: [
      // Files one after the other in the same processes: reading the modules anew takes longer than most tests of modules,
      // and a seventh of the time of a whole run.
      { extends: true, test: { name: 'modules', include: [units], exclude: mocking, isolate: false } },
      { extends: true, test: { name: 'server', include: ['packages/*/test/**/*.test.{ts,tsx}'], isolate: false } },
      { extends: true, test: { name: 'mocking', include: mocking } },
    ],
    globalSetup: ['build-server', 'migrate-sqlite', 'start-postgres'].map(
      (name) => `packages/server/test/support/${name}.ts`,
    ),
    sequence: { sequencer: WaitingFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // A third of the time a test waits for processes, databases and leases.
    maxWorkers: availableParallelism() + 1,
  },
})
