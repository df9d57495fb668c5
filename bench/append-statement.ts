import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Principal } from '../packages/server/src/accounts/principal.ts'
import { appendQuestion } from '../packages/server/src/chats/append-question.ts'
import type { Database } from '../packages/server/src/database/database.ts'
import type { Schema } from '../packages/server/src/database/schema.ts'
import type { AnswerId, ChatId, MessageId, ProjectId, UserId } from '../packages/server/src/ids.ts'

/** Ids whose last twelve digits pgbench draws or counts, so that both sides write rows of the same size. */
export const chatIdPrefix = '01930000-0000-7000-8000-'
export const firstChatNumber = 100_000_000_000
const drawn = {
  chat: { value: `${chatIdPrefix}chat` as ChatId, sql: `('${chatIdPrefix}' || :chat)` },
  question: { value: 'bench-question' as MessageId, sql: `('01930000-0000-7001-8000-' || :question)` },
  reply: { value: 'bench-reply' as MessageId, sql: `('01930000-0000-7002-8000-' || :question)` },
  answer: { value: 'bench-answer' as AnswerId, sql: `('01930000-0000-7003-8000-' || :question)` },
  time: { value: 'bench-time', sql: 'now()' },
}

interface AppendOptions {
  readonly projectId: ProjectId
  readonly ownerId: UserId
  readonly content: string
  readonly chats: number
  readonly clients: number
}

/**
 * A pgbench script of the very statement that accepts a question, as `appendQuestion` makes it: what changes from one to
 * the next is drawn by pgbench, the rest are its variables.
 */
export async function writeAppendScript(options: AppendOptions) {
  const { text, parameters } = await recordAppend(options)
  const expressions = new Map<unknown, string>(Object.values(drawn).map(({ value, sql }) => [value, sql]))
  const variables = new Map<string, string>([['n', '0']])
  const statement = text.replace(/\$(\d+)/g, (_, number: string) => {
    const value = parameters[Number(number) - 1]
    const expression = expressions.get(value)
    if (expression !== undefined) return expression
    if (value === null) return 'null'
    variables.set(`p${number}`, String(value))
    return `:p${number}`
  })
  const last = firstChatNumber + options.chats - 1
  const script = [
    `\\set chat random(${firstChatNumber}, ${last})`,
    '\\set n :n + 1',
    // Counted up by all clients side by side, as ids that begin with the time are.
    `\\set question ${firstChatNumber} + :n * ${options.clients} + :client_id + :offset`,
    // pgbench takes a statement of many lines, ended by its semicolon.
    `${statement};`,
  ].join('\n')
  return { script, variables }
}

async function recordAppend({ projectId, ownerId, content }: AppendOptions) {
  const recorded: { text: string; parameters: readonly unknown[] }[] = []
  const query = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query: { sql, parameters } }) => void recorded.push({ text: sql, parameters }),
  })
  const db: Database = { engine: 'postgres', query, unsyncedQuery: query, [Symbol.asyncDispose]: () => query.destroy() }
  const principal: Principal = { userId: ownerId, email: 'bench@example.com', role: 'admin', scope: 'admin' }
  await appendQuestion(db, {
    principal,
    projectId,
    chatId: drawn.chat.value,
    questionId: drawn.question.value,
    replyId: drawn.reply.value,
    answerId: drawn.answer.value,
    content,
    metadata: { assistant_message_id: crypto.randomUUID() },
    replyMetadata: {},
    parentId: undefined,
    model: null,
    parameters: { searchProjectId: projectId, instructions: null, temperature: null, maxTokens: null },
    pinnedNode: null,
    time: drawn.time.value,
  })
  const [statement] = recorded
  if (statement === undefined || recorded.length > 1)
    throw new Error(`Accepting a question takes ${recorded.length} statements: this bench compares one`)
  return statement
}
