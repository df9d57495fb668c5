import { setTimeout as wait } from 'node:timers/promises'
import type { DatabaseReader } from './database-reader.ts'
import { call, visitStream } from './http-client.ts'
import type {
  FinalAttempt,
  FinalMessage,
  FinalState,
  Frame,
  RoundRecords,
  StoredAnswer,
  StoredDocument,
  StoredMessage,
} from './records.ts'
import type { World } from './world.ts'

/** Where the lists of ids go in, by engine. */
const inList = { sqlite: 'in (select value from json_each(?))', postgres: '= any($1)' } as const

/** Waits until no answer and no job of the round is left undone; says which are when the time is over. */
export async function waitUntilSettled(
  world: World,
  reader: DatabaseReader,
  records: RoundRecords,
  until: number,
): Promise<string[]> {
  const chatIds = records.chats.map(({ chatId }) => chatId)
  const list = inList[world.engine]
  for (;;) {
    const answers = await reader.rows<{ id: string; state: string; attempt: number; lease_expires_at: string | null }>(
      `select id, state, attempt, lease_expires_at from answers where state in ('queued', 'processing') and chat_id ${list}`,
      chatIds,
    )
    const jobs = await reader.rows<{ id: string; state: string; attempt: number }>(
      `select id, state, attempt from jobs where state in ('queued', 'running') and project_id ${list}`,
      [world.projectId],
    )
    if (answers.length + jobs.length === 0) return []
    if (Date.now() > until) {
      return [
        ...answers.map((row) => `answer ${JSON.stringify(row)}`),
        ...jobs.map((row) => `job ${JSON.stringify(row)}`),
      ]
    }
    await wait(100)
  }
}

/** Everything as it is when all is quiet, read from a node picked by `urlOf` and from the database. */
export async function readFinalState(
  world: World,
  reader: DatabaseReader,
  records: RoundRecords,
  urlOf: () => string,
): Promise<Omit<FinalState, 'complaints'>> {
  const chats = new Map<string, readonly FinalMessage[]>()
  const streams = new Map<string, readonly Frame[]>()
  const attempts = new Map<string, readonly FinalAttempt[]>()
  await Promise.all(
    records.chats.map(async ({ projectId, chatId }) => {
      const path = `/v1/projects/${projectId}/chats/${chatId}`
      const messages = await readMessages(urlOf(), path)
      if (messages === undefined) return
      chats.set(chatId, messages)
      for (const { id, role } of messages) {
        if (role !== 'assistant') continue
        streams.set(id, await readStream(urlOf(), path, id))
        attempts.set(id, await readAttempts(urlOf(), path, id))
      }
    }),
  )
  return { chats, streams, attempts, ...(await readRows(world, reader, records)) }
}

interface WireMessage {
  readonly id: string
  readonly role: string
  readonly status: string
  readonly content: string
  readonly parent_id: string | null
  readonly error: unknown
}

async function readMessages(url: string, path: string): Promise<FinalMessage[] | undefined> {
  const { status, text } = await call({ url, method: 'GET', path: `${path}/messages?limit=100` })
  if (status === 404) return undefined
  if (status !== 200) throw new Error(`GET ${path}/messages: ${status} ${text}`)
  const { messages }: { messages: WireMessage[] } = JSON.parse(text)
  return messages.map(({ id, role, status, content, error, parent_id: parentId }) => ({
    id,
    role,
    status,
    content,
    error,
    parentId,
  }))
}

async function readStream(url: string, path: string, id: string): Promise<readonly Frame[]> {
  const visit = await visitStream({
    url,
    method: 'GET',
    path: `${path}/stream?message_id=${id}`,
    shouldLeave: () => false,
  })
  return visit.frames
}

async function readAttempts(url: string, path: string, id: string): Promise<FinalAttempt[]> {
  const { text } = await call({ url, method: 'GET', path: `${path}/messages/${id}/attempts` })
  const { attempts = [] }: { attempts?: FinalAttempt[] } = JSON.parse(text)
  return attempts
}

async function readRows(world: World, reader: DatabaseReader, records: RoundRecords) {
  const list = inList[world.engine]
  const chatIds = records.chats.map(({ chatId }) => chatId)
  const rows = await reader.rows<StoredMessage>(
    `select id, chat_id as "chatId", role, status, content from messages where chat_id ${list} order by position`,
    chatIds,
  )
  const answers = await reader.rows<Record<keyof StoredAnswer, string | number | null>>(
    `select a.id, a.chat_id as "chatId", a.message_id as "messageId", a.state, a.attempt, count(e.number) as "eventCount",
       min(e.number) as "firstNumber", max(e.number) as "lastNumber"
     from answers a left join answer_events e on e.project_id = a.project_id and e.answer_id = a.id
     where a.chat_id ${list} group by a.project_id, a.id, a.chat_id, a.message_id, a.state, a.attempt`,
    chatIds,
  )
  return {
    rows,
    answers: answers.map(toStoredAnswer),
    chatCounts: await countChats(world, reader, records),
    orphans: await findOrphans(world, reader),
    documents: await readDocuments(world, reader, records),
  }
}

async function countChats(world: World, reader: DatabaseReader, records: RoundRecords): Promise<Map<string, number>> {
  const names = records.chats.map(({ name }) => name)
  const rows = await reader.rows<{ name: string; count: number | string }>(
    `select name, count(*) as count from chats where name ${inList[world.engine]} group by name`,
    names,
  )
  return new Map(rows.map(({ name, count }) => [name, Number(count)]))
}

/** PostgreSQL's counts come as text. */
function toStoredAnswer(row: Record<keyof StoredAnswer, string | number | null>): StoredAnswer {
  const numberOf = (value: string | number | null) => (value === null ? null : Number(value))
  return {
    id: String(row.id),
    chatId: String(row.chatId),
    messageId: String(row.messageId),
    state: String(row.state),
    attempt: Number(row.attempt),
    eventCount: Number(row.eventCount),
    firstNumber: numberOf(row.firstNumber),
    lastNumber: numberOf(row.lastNumber),
  }
}

/** Child, parent and what joins them; a child without its parent is what a delete forgot. */
const belongings: readonly (readonly [child: string, parent: string, on: string])[] = [
  ['chats', 'projects', 'p.id = c.project_id'],
  ['messages', 'chats', 'p.project_id = c.project_id and p.id = c.chat_id'],
  ['answers', 'messages', 'p.project_id = c.project_id and p.chat_id = c.chat_id and p.id = c.message_id'],
  ['answer_events', 'answers', 'p.project_id = c.project_id and p.id = c.answer_id'],
  ['answer_attempts', 'answers', 'p.project_id = c.project_id and p.id = c.answer_id'],
  ['documents', 'sources', 'p.project_id = c.project_id and p.id = c.source_id'],
  ['document_texts', 'documents', 'p.project_id = c.project_id and p.id = c.document_id'],
  ['passages', 'documents', 'p.project_id = c.project_id and p.id = c.document_id'],
  ['source_files', 'sources', 'p.project_id = c.project_id and p.id = c.source_id'],
  ['index_documents', 'index_segments', 'p.project_id = c.project_id and p.id = c.segment_id'],
  ['index_blocks', 'index_segments', 'p.project_id = c.project_id and p.id = c.segment_id'],
]

async function findOrphans(world: World, reader: DatabaseReader): Promise<string[]> {
  const unused = world.engine === 'sqlite' ? '? is not null' : '$1::text[] is not null'
  const found: string[] = []
  for (const [child, parent, on] of belongings) {
    const [row] = await reader.rows<{ count: number | string }>(
      `select count(*) as count from ${child} c where ${unused} and not exists (select 1 from ${parent} p where ${on})`,
    )
    if (Number(row?.count) > 0) found.push(`${row?.count} rows of ${child} without their row of ${parent}`)
  }
  return found
}

async function readDocuments(world: World, reader: DatabaseReader, records: RoundRecords): Promise<StoredDocument[]> {
  const names = records.uploads.map(({ name }) => name)
  if (names.length === 0) return []
  const rows = await reader.rows<{
    id: string
    name: string
    status: string
    error: string | null
    documentId: string | null
    text: string | null
  }>(
    `select s.id, s.name, s.status, s.error, d.id as "documentId", t.text from sources s
     left join documents d on d.project_id = s.project_id and d.source_id = s.id and d.staged_by is null
     left join document_texts t on t.project_id = d.project_id and t.document_id = d.id
     where s.name ${inList[world.engine]} order by d.id, t.start`,
    names,
  )
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const pieces = Map.groupBy(group, ({ documentId }) => documentId)
    pieces.delete(null)
    const texts = [...pieces.values()].map((document) => document.map(({ text }) => text ?? '').join(''))
    return [{ sourceId: first.id, sourceName: first.name, status: first.status, error: first.error, texts }]
  })
}
