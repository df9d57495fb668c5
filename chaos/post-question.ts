import { setTimeout as wait } from 'node:timers/promises'
import { attempt, type ClientOptions, insist, isFinal, nextNode } from './clients.ts'
import { visitStream } from './http-client.ts'
import { leaveRule, toConnection } from './reader.ts'
import type { Connection, QuestionRecord } from './records.ts'

/** Asks and waits for the answer to the POST: once without a key, until it is told something final with one. */
export async function postQuestion(options: ClientOptions, question: QuestionRecord): Promise<string | undefined> {
  let replyId: string | undefined
  const request = { method: 'POST', path: pathOf(question), body: bodyOf(question), headers: headersOf(question) }
  const keep = (tried: Awaited<ReturnType<typeof attempt>>) => {
    const { text, headers: _, ...rest } = tried
    if (tried.status !== 201 || text === undefined) return void question.tries.push(rest)
    const body: { id: string; metadata: { assistant_message_id: string } } = JSON.parse(text)
    replyId = body.metadata.assistant_message_id
    question.tries.push({ ...rest, questionId: body.id, replyId })
  }
  await waitForNode(options)
  // Without a key nobody can know whether a request that broke off was taken, so it is not sent again.
  if (question.key === undefined) keep(await attempt(options, request))
  else await insist(options, request, keep)
  return replyId
}

/** Asks and reads over the same connection; with a key again and again until one shows the answer. */
export async function streamQuestion(
  options: ClientOptions,
  question: QuestionRecord,
): Promise<{ replyId: string; connection: Connection } | undefined> {
  for (;;) {
    await waitForNode(options)
    const { replyId, connection } = await openStream(options, question)
    if (connection.status === 200 && replyId !== undefined) return { replyId, connection }
    const isOver = question.key === undefined || isFinal(connection.status) || Date.now() > options.patience.until
    if (isOver) return undefined
    await wait(options.random.between(50, 300))
  }
}

async function openStream({ world, random }: ClientOptions, question: QuestionRecord) {
  const { name, url } = nextNode(world, random)
  const startedAt = Date.now()
  const told: { questionId?: string; replyId?: string } = {}
  const visit = await visitStream({
    url,
    method: 'POST',
    path: pathOf(question),
    body: bodyOf(question),
    headers: { accept: 'text/event-stream', ...headersOf(question) },
    shouldLeave: leaveRule(random.chance(0.5) ? 'whole' : 'some events', random),
    started: ({ 'x-user-message-id': asked, 'x-assistant-message-id': reply }) => {
      if (typeof asked === 'string') told.questionId = asked
      if (typeof reply === 'string') told.replyId = reply
    },
  })
  const connection = toConnection(name, startedAt, visit)
  const { frames: _, isCutByClient: __, ...tried } = connection
  question.tries.push({ ...tried, ...told })
  return { replyId: told.replyId, connection }
}

/** Nobody asks a service that is known to be down: the question would only break off. */
async function waitForNode({ world, patience }: ClientOptions): Promise<void> {
  const isDown = () => world.members.every(({ node, url }) => url === undefined || !node.isReady)
  while (isDown() && Date.now() < patience.until) await wait(20)
}

const pathOf = ({ projectId, chatId }: QuestionRecord) => `/v1/projects/${projectId}/chats/${chatId}/messages`
const bodyOf = ({ content }: QuestionRecord) => ({ content })
const headersOf = ({ key }: QuestionRecord): Record<string, string> =>
  key === undefined ? {} : { 'idempotency-key': key }
