import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openDatabase } from '../src/database/open-database.ts'
import { createTestDatabase, settingsOf } from './support/databases.ts'
import { countRows } from './support/idempotency-rows.ts'
import { startModelServer } from './support/model-server.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

/** What a client sees of a request whose server is killed. */
function send(server: ServerProcess, path: string, body: unknown, key: string): Promise<number> {
  return server.call('POST', path, body, { 'idempotency-key': key }).then(
    ({ status }) => status,
    () => 0,
  )
}

it('a POST whose server is killed as soon as it has stored something makes it once, on SQLite', async () => {
  await using place = await createTestDatabase('sqlite')
  let server = await startServerProcess(settingsOf(place))
  await using db = await openDatabase(place)
  const { default_project_id: project } = (await server.call('GET', '/v1/me')).body
  const path = `/v1/projects/${project}/chats`
  for (let round = 1; round <= 5; round++) {
    const body = { name: `round ${round}` }
    const sent = send(server, path, body, `round ${round}`)
    const find = () => db.query.selectFrom('chats').select('id').where('name', '=', body.name).execute()
    const [made] = await until(find, (chats) => chats.length > 0)
    await server.kill()
    await sent
    server = await startServerProcess(settingsOf(place))
    const again = await server.call('POST', path, body, { 'idempotency-key': `round ${round}` })
    expect([again.status, again.body.id]).toEqual([201, made?.id])
    expect(await find()).toHaveLength(1)
  }
  await server.kill()
}, 60_000)

it('a question whose server is killed before the answer is one question, and its answer comes', async () => {
  await using place = await createTestDatabase('sqlite')
  await using models = await startModelServer()
  models.script((_, index) => (index === 0 ? { text: 'It weighs ', ending: 'hang' } : 'It weighs 4170 kilograms.'))
  const env = { ...settingsOf(place), OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' }
  await using first = await startServerProcess(env)
  const { chat_id: chat } = (await first.call('POST', '/chat', { name: 'c' })).body
  const path = `/chat/${chat}/question`
  const sent = send(first, path, { question: 'How heavy?' }, 'k')
  await until(
    async () => models.requests.length,
    (count) => count === 1,
  )
  await first.kill()
  expect(await sent).toBe(0)
  await using second = await startServerProcess(env)
  const again = await second.call('POST', path, { question: 'How heavy?' }, { 'idempotency-key': 'k' })
  expect([again.status, again.body.assistant]).toEqual([200, 'It weighs 4170 kilograms.'])
  expect((await second.call('GET', `/chat/${chat}/history`)).body).toHaveLength(1)
}, 60_000)

it('requests whose node is killed between their commit and their answer make nothing twice on another', async () => {
  await using place = await createTestDatabase('postgres')
  await using db = await openDatabase(place)
  await using first = await startServerProcess(settingsOf(place))
  await using second = await startServerProcess({ ...settingsOf(place), QUORY_DATA_DIR: `${place.dataDir}/second` })
  const me = (await first.call('GET', '/v1/me')).body
  const project = `/v1/projects/${me.default_project_id}`
  const upload = () => {
    const form = new FormData()
    form.append('file', new File(['One bell.'], 'bell.txt'))
    return form
  }
  const requests: readonly (readonly [path: string, body: () => unknown])[] = [
    [`${project}/chats`, () => ({ name: 'c' })],
    [`/v1/users/${me.id}/api-keys`, () => ({ name: 'laptop' })],
    [`${project}/data-sources/upload`, upload],
    ['/v1/projects', () => ({ name: 'p', organization_id: 'o' })],
  ]
  const before = await countRows(db)
  const expected = { chats: 1, api_keys: 1, sources: 1, jobs: 1, projects: 1, project_members: 1 }
  // Everything is stored, and nobody is told: what comes between the two never ends.
  await sql`create function never() returns trigger language plpgsql as
    $$ begin perform pg_sleep(600); return new; end $$`.execute(db.query)
  await sql`create trigger never before update on idempotency_keys for each row execute function never()`.execute(
    db.query,
  )
  const sent = requests.map(([path, body], index) => send(first, path, body(), `key ${index}`))
  await until(
    () => countRows(db, before),
    (made) => JSON.stringify(made) === JSON.stringify({ ...made, ...expected }),
    30_000,
  )
  await until(
    async () =>
      (
        await sql`select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`.execute(
          db.query,
        )
      ).rows.length,
    (count) => count === requests.length,
    30_000,
  )
  await first.kill()
  expect(await Promise.all(sent)).toEqual([0, 0, 0, 0])
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where wait_event = 'PgSleep' and datname = current_database()`.execute(db.query)
  await sql`drop trigger never on idempotency_keys`.execute(db.query)
  const again = await Promise.all(
    requests.map(([path, body], index) =>
      until(
        () => second.call('POST', path, body(), { 'idempotency-key': `key ${index}` }),
        ({ status }) => status !== 409,
        60_000,
      ),
    ),
  )
  expect(again.map(({ status }) => status)).toEqual([201, 201, 201, 201])
  expect(await countRows(db, before)).toEqual(expected)
  const { id } = await db.query.selectFrom('chats').select('id').executeTakeFirstOrThrow()
  expect(again[0]?.body.id).toBe(id)
  const { key } = again[1]?.body ?? {}
  const known = await fetch(`${second.url}/v1/me`, { headers: { authorization: `Bearer ${key}` } })
  expect(known.status).toBe(200)
}, 120_000)
