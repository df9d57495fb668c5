import { sql } from 'kysely'
import { openPostgres } from '../../src/database/postgres.ts'
import { openSqlite } from '../../src/database/sqlite.ts'
import { createTestDatabase, type DatabasePlace } from './databases.ts'
import { startTestApp, type TestApp, type TestClient } from './start-test-app.ts'

export const password = 'correct horse battery'

/** A client with the cookie that signing in gave. */
export interface Browser extends TestClient {
  readonly cookie: string
  /** The whole header that brought it. */
  readonly setCookie: string
}

interface HumanApp extends TestApp {
  readonly place: DatabasePlace
  /** Whatever SQL gives, from beside the server. */
  rows(statement: string): Promise<Record<string, unknown>[]>
}

type Options = Omit<NonNullable<Parameters<typeof startTestApp>[0]>, 'place'>

/** A server whose database a test may look into. */
export async function startHumanApp({ engine = 'sqlite', ...options }: Options): Promise<HumanApp> {
  const place = await createTestDatabase(engine)
  const app = await startTestApp({ engine, ...options, place })
  return Object.defineProperties(Object.create(app) as HumanApp, {
    place: { value: place },
    rows: {
      value: async (statement: string) => {
        await using db = place.databaseUrl === undefined ? openSqlite(place.dataDir) : openPostgres(place.databaseUrl)
        return (await sql.raw<Record<string, unknown>>(statement).execute(db.query)).rows
      },
    },
    [Symbol.asyncDispose]: {
      value: async () => {
        await app[Symbol.asyncDispose]()
        await place[Symbol.asyncDispose]()
      },
    },
  })
}

/** Ada, who installed it, by the link that its start printed. */
export async function welcomeFirst(app: TestApp, token?: string, headers?: Record<string, string>): Promise<Browser> {
  const body = {
    token: token ?? (await app.app.makeFirstLink()) ?? '',
    password,
    name: 'Ada',
    email: 'ada@example.org',
  }
  return await enter(app, '/v1/auth/welcome', body, headers)
}

export async function signIn(app: TestApp, email: string, secret: string): Promise<Browser> {
  return await enter(app, '/v1/auth/sign-in', { email, password: secret })
}

async function enter(
  app: TestApp,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Browser> {
  const entered = await app.as(undefined)('POST', path, body, { origin: app.url, ...headers })
  if (entered.status !== 200) throw new Error(`${path} answered ${entered.status}: ${entered.text}`)
  const setCookie = entered.headers.get('set-cookie') ?? ''
  return browserWith(app, setCookie)
}

export function browserWith(app: TestApp, setCookie: string): Browser {
  const cookie = setCookie.split(';')[0] ?? ''
  const client: TestClient = (method, path, body, headers = {}) =>
    app.as(undefined)(method, path, body, { cookie, 'sec-fetch-site': 'same-origin', ...headers })
  return Object.assign(client, { cookie, setCookie })
}
