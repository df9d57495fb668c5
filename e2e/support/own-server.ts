import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelServer } from '../../packages/server/test/support/model-server.ts'
import { type ServerProcess, startServerProcess } from '../../packages/server/test/support/server-process.ts'

export interface OwnServer {
  readonly dataDir: string
  /** The process that runs now. */
  process(): ServerProcess
  /** As a crash would. */
  kill(): Promise<void>
  /** On the same address, with the same data. */
  restart(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A server of one test alone, which may be killed and come back. */
export async function startOwnServer(
  model: ModelServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-e2e-'))
  const env = {
    PORT: String(await freePort()),
    QUORY_DATA_DIR: dataDir,
    QUORY_LOG_LEVEL: 'error',
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: 'for tests',
    QUORY_MODEL: 'test-model',
    ...settings,
  }
  let running = await startServerProcess(env)
  return {
    dataDir,
    process: () => running,
    kill: async () => {
      await running.kill()
    },
    restart: async () => {
      running = await startServerProcess(env)
    },
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
