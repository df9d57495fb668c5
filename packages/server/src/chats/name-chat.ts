import { loadPrompt } from '../answers/load-prompt.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ChatId } from '../ids.ts'
import type { ClaimedJob, JobHandler, NewJob } from '../jobs/job.ts'
import { enqueueJob } from '../jobs/job-store.ts'
import type { Logger } from '../logger.ts'
import type { ModelRegistry } from '../models/model-registry.ts'
import type { ChatRef } from './chat.ts'
import { isUnnamed, nameChatOnce, readFirstExchange } from './chat-name-store.ts'
import { titleFromModel, titleFromQuestion } from './chat-title.ts'

export const nameChatKind = 'name-chat'
const timeoutMs = 20_000
/** More of either tells no more what they are about. */
const shownLength = 1_500
const maxTitleTokens = 200

function nameChatJob({ projectId, chatId }: ChatRef): NewJob {
  return { projectId, kind: nameChatKind, payload: { chatId } }
}

interface NamingDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly logger: Logger
}

/** After an answer has ended: has the chat named, if nobody has. Never fails, since the answer has not. */
export async function nameSoon({ db, wakeUp, logger }: NamingDependencies, ref: ChatRef): Promise<void> {
  try {
    if (!(await isUnnamed(db.query, ref))) return
    await inTransaction(db, (tx) => enqueueJob(tx, nameChatJob(ref)))
    wakeUp.notify('job-queued', nameChatKind)
  } catch (error) {
    logger.debug({ chat: ref.chatId, error: String(error) }, 'a chat keeps its placeholder until the next answer')
  }
}

/** Asks the model that answered for a title; without one, or when it gives none, the first words have to do. */
export function createNameChatHandler({
  db,
  models,
  logger,
}: {
  db: Database
  models: ModelRegistry
  logger: Logger
}): JobHandler {
  return {
    run: async ({ projectId, payload }: ClaimedJob, signal) => {
      // Written by nameChatJob.
      const ref = { projectId, chatId: payload['chatId'] as ChatId }
      const exchange = (await isUnnamed(db.query, ref)) ? await readFirstExchange(db.query, ref) : undefined
      if (exchange === undefined) return async () => undefined
      const asked = await askForTitle(models, exchange, signal).catch((error) => {
        signal.throwIfAborted()
        logger.debug({ chat: ref.chatId, error: String(error) }, 'the model gave a chat no title')
        return ''
      })
      const title = asked === '' ? titleFromQuestion(exchange.question) : asked
      return async (tx) => {
        if (title !== '') await nameChatOnce(tx, ref, title)
      }
    },
    giveUp: async () => undefined,
  }
}

async function askForTitle(
  models: ModelRegistry,
  { question, answer, model: answered }: { question: string; answer: string; model: string | null },
  signal: AbortSignal,
): Promise<string> {
  const model = await models.resolve(answered ?? undefined, {})
  if (model === 'extractive') return ''
  const shown = `Question:\n${question.slice(0, shownLength)}\n\nAnswer:\n${answer.slice(0, shownLength)}`
  const messages = [
    { role: 'system', content: await loadPrompt('name-chat') },
    { role: 'user', content: shown },
  ] as const
  let text = ''
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  for await (const event of model.stream({ messages, maxTokens: maxTitleTokens, signal: limit })) {
    if (event.type === 'text-delta') text += event.text
  }
  return titleFromModel(text)
}
