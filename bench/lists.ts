import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { type Database, type Engine, inTransaction } from '../packages/server/src/database/database.ts'
import { openDatabase } from '../packages/server/src/database/open-database.ts'
import { encodeCursor } from '../packages/server/src/database/page.ts'
import { type ChatId, type MessageId, newId, type ProjectId, type UserId } from '../packages/server/src/ids.ts'
import { createProject, createUser } from './bench-client.ts'
import { describeMachine, median, spread } from './bench-figures.ts'
import { startQuory } from './bench-process.ts'
import { type HttpCall, runClosedLoop } from './closed-loop.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '200' },
    engine: { type: 'string' },
  },
})
const chatCounts = { short: 1_000, long: 100_000 }
const messageCounts = { short: 10, long: 10_000 }
const chatPage = 50
/** As many as the short chat has, so that both answers are of one size. */
const messagePage = messageCounts.short
const rowsPerInsert = 500
const oldest = Date.UTC(2026, 0, 1)

/** Page 1 of a short list, page 1 of a long one, and the last page of the long one. */
type Place = 'short' | 'long' | 'last'
type Pages = Readonly<Record<Place, HttpCall>>

interface Person {
  readonly key: string
  readonly userId: UserId
  readonly projectId: ProjectId
}

async function measureEngine(engine: Engine): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-bench-'))
  stack.defer(() => rmSync(dataDir, { recursive: true }))
  const databaseUrl = engine === 'postgres' ? await startDatabase(stack) : undefined
  const settings = { QUORY_DATA_DIR: dataDir, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) }
  const quory = stack.use(await startQuory(settings))
  const db = stack.use(await openDatabase({ dataDir, databaseUrl }))
  const short = await createPerson(quory.url)
  const long = await createPerson(quory.url)
  await insertChats(db, short, chatCounts.short)
  const lastChat = await insertChats(db, long, chatCounts.long)
  const lists: Readonly<Record<string, Pages>> = {
    "a project's chats": pagesOf(short, long, (person) => `/v1/projects/${person.projectId}/chats`, lastChat),
    "Quivr's chats of a user": pagesOf(short, long, () => '/chat', lastChat),
    'messages of a chat': await createMessagePages(db, long),
  }
  // As autovacuum does within a minute; SQLite needs no statistics for these.
  if (engine === 'postgres') await sql`vacuum analyze`.execute(db.query)
  const rounds = await measureRounds(quory.url, lists)
  console.log(`\n${engine}: p50 per request in ms, median of the rounds (least-most)`)
  console.table(
    Object.fromEntries(
      Object.keys(lists).map((name) => {
        const of = (place: Place) => rounds.map((round) => round.get(`${name} ${place}`) ?? Number.NaN)
        const ratio = (top: Place, bottom: Place) =>
          spread(of(top).map((value, round) => value / (of(bottom)[round] ?? Number.NaN)))
        return [
          name,
          {
            'short, page 1': spread(of('short')),
            'long, page 1': spread(of('long')),
            'long, last page': spread(of('last')),
            'long / short': ratio('long', 'short'),
            'last / first': ratio('last', 'long'),
          },
        ]
      }),
    ),
  )
}

async function startDatabase(stack: AsyncDisposableStack): Promise<string> {
  const { startPostgres } = await import('../packages/server/test/support/start-postgres.ts')
  const postgres = await startPostgres()
  stack.defer(() => postgres.stop())
  return `${postgres.url}/postgres`
}

async function createPerson(url: string): Promise<Person> {
  const { id, key } = await createUser(url)
  const project = await createProject(url, key)
  // Both were made by the server just now.
  return { key, userId: id as UserId, projectId: project.id as ProjectId }
}

/** Returns the cursor after which the last page begins. */
async function insertChats(db: Database, { projectId, userId }: Person, count: number): Promise<string> {
  const shared = { project_id: projectId, owner_id: userId, owner: userId, message_count: 0, last_position: 0 }
  const chats = Array.from({ length: count }, (_, i) => {
    const time = new Date(oldest + i * 1_000).toISOString()
    return { ...shared, id: newId<ChatId>(), name: `chat ${i}`, created_at: time, updated_at: time }
  })
  await insertInParts(db, chats, (tx, rows) =>
    tx.query
      .insertInto('chats')
      .values([...rows])
      .execute(),
  )
  const before = chats[count - chatPage - 1]
  return encodeCursor([before?.created_at ?? '', before?.id ?? ''])
}

async function insertInParts<Row>(
  db: Database,
  rows: readonly Row[],
  insert: (tx: Pick<Database, 'query'>, rows: readonly Row[]) => Promise<unknown>,
): Promise<void> {
  await inTransaction(db, async (query) => {
    for (let start = 0; start < rows.length; start += rowsPerInsert)
      await insert({ query }, rows.slice(start, start + rowsPerInsert))
  })
}

function pagesOf(short: Person, long: Person, pathOf: (person: Person) => string, lastCursor: string): Pages {
  const get = (person: Person, query: string): HttpCall => ({
    key: person.key,
    method: 'GET',
    path: `${pathOf(person)}?limit=${chatPage}${query}`,
  })
  return { short: get(short, ''), long: get(long, ''), last: get(long, `&cursor=${lastCursor}`) }
}

/** Two chats of one project: the newest messages of each, and the oldest of the long one. */
async function createMessagePages(db: Database, person: Person): Promise<Pages> {
  const short = await insertMessages(db, person, messageCounts.short)
  const long = await insertMessages(db, person, messageCounts.long)
  const get = (chatId: ChatId, query = ''): HttpCall => ({
    key: person.key,
    method: 'GET',
    path: `/v1/projects/${person.projectId}/chats/${chatId}/messages?limit=${messagePage}${query}`,
  })
  return {
    short: get(short.chatId),
    long: get(long.chatId),
    last: get(long.chatId, `&before=${long.ids[messagePage]}`),
  }
}

async function insertMessages(db: Database, { projectId, userId }: Person, count: number) {
  const chatId = newId<ChatId>()
  const time = new Date(oldest).toISOString()
  const times = { created_at: time, updated_at: time }
  const chat = { project_id: projectId, id: chatId, owner_id: userId, owner: userId, name: `${count} messages` }
  await db.query
    .insertInto('chats')
    .values({ ...chat, message_count: count, last_position: count, ...times })
    .execute()
  const shared = { project_id: projectId, chat_id: chatId, status: 'completed', metadata: '{}' } as const
  const content = 'the quick brown fox jumps over a lazy dog while seven small birds watch from above. '.repeat(5)
  const messages = Array.from({ length: count }, (_, i) => {
    const role = i % 2 === 0 ? ('user' as const) : ('assistant' as const)
    return { ...shared, id: newId<MessageId>(), position: i + 1, role, content, created_at: time, completed_at: time }
  })
  await insertInParts(db, messages, (tx, rows) =>
    tx.query
      .insertInto('messages')
      .values([...rows])
      .execute(),
  )
  return { chatId, ids: messages.map((message) => message.id) }
}

/** Each page in turn, so that whatever else the machine does falls on all of them; the first round only warms up. */
async function measureRounds(url: string, lists: Readonly<Record<string, Pages>>) {
  const places: readonly Place[] = ['short', 'long', 'last']
  const calls = Object.entries(lists).flatMap(([name, pages]) =>
    places.map((place) => ({ ...pages[place], name: `${name} ${place}` })),
  )
  const rounds: Map<string, number>[] = []
  for (let round = 0; round <= Number(options.rounds); round++) {
    const times = new Map<HttpCall, number[]>(calls.map((call) => [call, []]))
    let sent = 0
    await runClosedLoop({
      url,
      connections: 1,
      next: () => (sent < calls.length * Number(options.requests) ? calls[sent++ % calls.length] : undefined),
      done: (call, status, ms) => {
        if (status !== 200) throw new Error(`${call.path} answered ${status}`)
        times.get(call)?.push(ms)
      },
    })
    if (round > 0) rounds.push(new Map(calls.map((call) => [call.name, median(times.get(call) ?? [])])))
  }
  return rounds
}

console.log(`${describeMachine()}, ${options.requests} requests per page and round`)
for (const engine of ['sqlite', 'postgres'] as const)
  if (options.engine === undefined || options.engine === engine) await measureEngine(engine)
