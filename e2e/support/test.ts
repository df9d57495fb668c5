import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContextOptions, test as base } from '@playwright/test'
import { type ModelServer, startModelServer } from '../../packages/server/test/support/model-server.ts'
import { type ServerProcess, startServerProcess } from '../../packages/server/test/support/server-process.ts'

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>

/** The administrator, who is signed in unless a test says otherwise. */
interface Account {
  readonly name: string
  readonly email: string
  readonly password: string
  readonly storageState: StorageState
}

interface Workers {
  /** Speaks OpenAI's protocol to the server; a test scripts what it answers. */
  readonly model: ModelServer
  /** The built server with a folder of its own, shared by the tests of a file. */
  readonly server: ServerProcess
  /** Who signed in once, by the link that the server printed. */
  readonly account: Account
}

/** For tests of a browser that nobody is signed in to: `test.use({ storageState: nobody })`. */
export const nobody: StorageState = { cookies: [], origins: [] }

export const test = base.extend<object, Workers>({
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
  account: [async ({ server }, use) => use(await begin(server)), { scope: 'worker' }],
  baseURL: async ({ server }, use) => use(server.url),
  storageState: async ({ account }, use) => use(account.storageState),
})

/** The link of a server that nobody has signed in to yet. */
export function firstLink({ output }: ServerProcess): string {
  const link = /https?:\S+\/welcome\?token=\S+/.exec(output.stdout)?.[0]
  if (link === undefined) throw new Error(`The server printed no link: ${output.stdout}`)
  return link
}

/** Signs the first person in, as the link that the server printed allows. */
export async function begin(server: ServerProcess): Promise<Account> {
  const person = { name: 'Ada Lovelace', email: 'ada@example.org', password: 'correct horse battery' }
  const link = new URL(firstLink(server))
  const response = await fetch(new URL('/v1/auth/welcome', link), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...person, token: link.searchParams.get('token') }),
  })
  const [, name = '', value = ''] = /^(\w+)=([^;]+)/.exec(response.headers.get('set-cookie') ?? '') ?? []
  if (name === '') throw new Error(`Nobody could be signed in: ${await response.text()}`)
  const cookie = { name, value, domain: link.hostname, path: '/', expires: -1, httpOnly: true, secure: false }
  return { ...person, storageState: { cookies: [{ ...cookie, sameSite: 'Lax' }], origins: [] } }
}

export { expect } from '@playwright/test'
