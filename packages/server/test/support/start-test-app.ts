import { type App, openApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Engine } from '../../src/database/database.ts'
import type { OpenConnector } from '../../src/ingestion/connectors/open-connector.ts'
import { createTestDatabase, type DatabasePlace, settingsOf } from './databases.ts'

export interface TestResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // The tests say what a body holds by what they expect of it.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  readonly body: any
}

export type TestClient = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<TestResponse>

export interface TestApp {
  readonly url: string
  readonly adminKey: string
  readonly app: App
  readonly config: Config
  /** Calls as the administrator. */
  readonly call: TestClient
  /** Calls with another key, or with none. */
  as(key: string | undefined): TestClient
  /** Closes and opens it again on the same data, as a restart does. */
  restart(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

interface TestAppOptions {
  readonly engine?: Engine
  readonly env?: Record<string, string>
  /** Share the database of another app: a second node. */
  readonly place?: DatabasePlace
  /** For services whose addresses are fixed in their own client. */
  readonly openConnector?: OpenConnector
}

/** A real server on a real database of its own, on a free port; answers are checked against the published schemas. */
export async function startTestApp({
  engine = 'sqlite',
  env = {},
  place,
  openConnector,
}: TestAppOptions = {}): Promise<TestApp> {
  const database = place ?? (await createTestDatabase(engine))
  const config = readConfig({
    PORT: '0',
    QUORY_LOG_LEVEL: 'error',
    QUORY_API_KEY: 'qk_test_0123456789abcdefghijklmnopqrstuvwxyz',
    ...settingsOf(database),
    // PostgreSQL keeps no passwords without it.
    ...(database.databaseUrl === undefined ? {} : { QUORY_SECRET: 'a secret for tests only' }),
    ...env,
  })
  const open = async () => {
    const app = await openApp(config, {
      checkResponses: true,
      ...(openConnector === undefined ? {} : { openConnector }),
    })
    return { app, url: await app.listen() }
  }
  let current = await open()
  const adminKey = current.app.firstKey.key ?? ''
  const as =
    (key: string | undefined): TestClient =>
    (method, path, body, headers) =>
      call(current.url, key, method, path, body, headers)
  return {
    get url() {
      return current.url
    },
    get app() {
      return current.app
    },
    adminKey,
    config,
    call: as(adminKey),
    as,
    restart: async () => {
      await current.app[Symbol.asyncDispose]()
      current = await open()
    },
    [Symbol.asyncDispose]: async () => {
      await current.app[Symbol.asyncDispose]()
      if (place === undefined) await database[Symbol.asyncDispose]()
    },
  }
}

async function call(
  url: string,
  key: string | undefined,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const isRaw = body === undefined || typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    // fetch takes each of these as it is.
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  }
}

export interface StreamEvent {
  readonly id: number
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  readonly data: any
}

/** Reads a stream of server-sent events to its end. */
export function parseEvents(text: string): StreamEvent[] {
  return text
    .split('\n\n')
    .map((frame) => Object.fromEntries(frame.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
    .filter((frame) => 'data' in frame)
    .map((frame) => ({
      id: Number(frame['id']),
      event: frame['event'] ?? '',
      data: JSON.parse(frame['data'] ?? 'null'),
    }))
}

/** Asks until `isDone` holds; fails with what it last saw, just before the test's own limit: a machine may be busy. */
export async function until<T>(ask: () => Promise<T>, isDone: (value: T) => boolean, withinMs = 25_000): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await ask()
    if (isDone(value)) return value
    if (Date.now() > deadline) throw new Error(`Not so in time: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
