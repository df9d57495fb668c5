import { setTimeout as wait } from 'node:timers/promises'
import { type Database, inTransaction, now } from '../packages/server/src/database/database.ts'
import {
  type AnswerId,
  type ChatId,
  type MessageId,
  newId,
  type ProjectId,
  type UserId,
} from '../packages/server/src/ids.ts'
import { type BenchProcess, benchKey } from './bench-process.ts'
import { ingest, type UploadProject } from './ingestion-client.ts'

const everyMs = 2
const quietMs = 1_500
const exchangesPerInsert = 100
const said = 'the quick brown fox jumps over a lazy dog while seven small birds watch from above. '.repeat(5)

/** How long the server, asked every few milliseconds how it is, took to answer at most: the longest it was kept from it. */
export async function longestSilence({ url }: BenchProcess, work: () => Promise<unknown>): Promise<number> {
  let isOver = false
  let longest = 0
  const asking = (async () => {
    while (!isOver) {
      const start = performance.now()
      await (await fetch(`${url}/health`)).arrayBuffer()
      longest = Math.max(longest, performance.now() - start)
      await wait(everyMs)
    }
  })()
  await work()
  isOver = true
  await asking
  return longest
}

/** Deletes what is at the path, and waits until what goes afterwards is gone. */
export async function remove({ server }: UploadProject, path: string): Promise<void> {
  const response = await fetch(server.url + path, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${benchKey}` },
  })
  if (!response.ok) throw new Error(`Deleting answered ${response.status}: ${await response.text()}`)
  await wait(quietMs)
}

/** The silence while a source of these files, alone in its project, is deleted, and while the project is. */
export async function measureRemoval(project: UploadProject, paths: readonly string[]) {
  const { server, path } = project
  const idle = await longestSilence(server, () => wait(quietMs))
  const [id] = await ingest(project, paths)
  await wait(quietMs)
  const source = await longestSilence(server, () => remove(project, `${path}/data-sources/${id}`))
  await ingest(project, paths)
  await wait(quietMs)
  return { idle, source, project: await longestSilence(server, () => remove(project, path)) }
}

/** The silence while a chat of so many messages, each reply with its answer and a log of two events, is deleted. */
export async function measureChatRemoval(db: Database, project: UploadProject, messages: number): Promise<number> {
  const { server, path } = project
  const headers = { authorization: `Bearer ${benchKey}`, 'content-type': 'application/json' }
  const made = await fetch(`${server.url}${path}/chats`, { method: 'POST', headers, body: '{"name":"long"}' })
  if (!made.ok) throw new Error(`A chat answered ${made.status}`)
  // As the route's schema says.
  const { id, project_id } = (await made.json()) as { id: ChatId; project_id: ProjectId }
  await insertExchanges(db, { projectId: project_id, chatId: id }, messages / 2)
  await wait(quietMs)
  const silence = await longestSilence(server, () => remove(project, `${path}/chats/${id}`))
  const { count } = await db.query
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', project_id)
    .executeTakeFirstOrThrow()
  if (Number(count) > 0) throw new Error(`${count} messages are left`)
  return silence
}

async function insertExchanges(
  db: Database,
  { projectId, chatId }: { readonly projectId: ProjectId; readonly chatId: ChatId },
  count: number,
): Promise<void> {
  const inChat = { project_id: projectId, chat_id: chatId }
  const time = now()
  const done = { created_at: time, completed_at: time } as const
  for (let at = 0; at < count; at += exchangesPerInsert) {
    const exchanges = Array.from({ length: Math.min(exchangesPerInsert, count - at) }, (_, index) => ({
      position: (at + index) * 2 + 1,
      question: newId<MessageId>(),
      reply: newId<MessageId>(),
      answer: newId<AnswerId>(),
    }))
    await inTransaction(db, async (tx) => {
      const shared = { ...inChat, ...done, content: said, status: 'completed', metadata: '{}' } as const
      const messages = exchanges.flatMap(({ position, question, reply, answer }) => [
        { ...shared, id: question, position, role: 'user' as const, answer_id: null },
        { ...shared, id: reply, position: position + 1, role: 'assistant' as const, answer_id: answer },
      ])
      await tx.insertInto('messages').values(messages).execute()
      const answers = exchanges.map(({ position, question, reply, answer }) => ({
        ...inChat,
        ...done,
        id: answer,
        question_id: question,
        message_id: reply,
        position: position + 1,
        owner_id: newId<UserId>(),
        state: 'completed' as const,
        parameters: '{}',
        attempt: 1,
        last_number: 2,
      }))
      await tx.insertInto('answers').values(answers).execute()
      const events = exchanges.flatMap(({ answer }) =>
        [1, 2].map((number) => ({
          project_id: projectId,
          answer_id: answer,
          day: 20_000,
          number,
          attempt: 1,
          event: JSON.stringify({ text: said }),
        })),
      )
      await tx.insertInto('answer_events').values(events).execute()
    })
  }
  await db.query
    .updateTable('chats')
    .set({ message_count: count * 2, last_position: count * 2 })
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .execute()
}
