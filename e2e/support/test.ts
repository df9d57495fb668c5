import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { type ModelServer, startModelServer } from '../../packages/server/test/support/model-server.ts'
import { adminKey, type ServerProcess, startServerProcess } from '../../packages/server/test/support/server-process.ts'

interface Workers {
  /** Speaks OpenAI's protocol to the server; a test scripts what it answers. */
  readonly model: ModelServer
  /** The built server with a folder of its own, shared by the tests of a file. */
  readonly server: ServerProcess
}

export const test = base.extend<{ signedIn: undefined }, Workers>({
  model: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs off this pattern
    async ({}, use) => {
      await using model = await startModelServer()
      await use(model)
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ model }, use) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'quory-e2e-'))
      try {
        await using server = await startServerProcess({
          QUORY_DATA_DIR: dataDir,
          QUORY_LOG_LEVEL: 'error',
          OPENAI_BASE_URL: model.url,
          OPENAI_API_KEY: 'for tests',
          QUORY_MODEL: 'test-model',
        })
        await use(server)
      } finally {
        rmSync(dataDir, { recursive: true, force: true })
      }
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  extraHTTPHeaders: async ({ server: _ }, use) => use({ authorization: `Bearer ${adminKey}` }),
})

export { expect } from '@playwright/test'
