import { sql } from 'kysely'
import { announceStopped, lockUnfinishedAnswers } from '../answers/stop-answers-store.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { JobHandler } from '../jobs/job.ts'
import { runAgain, wasAskedAgain } from '../jobs/project-job-store.ts'
import { clearTable } from '../projects/clear-project.ts'
import type { ProjectTable } from '../projects/project-rows-store.ts'
import { inShortTransaction } from '../retrieval/stage-document.ts'
import type { ChatRef } from './chat.ts'
import { deleteChatRow } from './chat-store.ts'
import { deleteUnfinished, findRemovedChat, listAnswers } from './removed-chat-store.ts'

/** After a disk was full, say: what nobody sees may wait. */
const retryMs = 60_000
const answersAtOnce = 100

interface ClearingDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
}

/** Takes away what was in removed chats of a project, in transactions of a few milliseconds; a kill in between loses nothing. */
export function createChatClearingHandler({ db, wakeUp }: ClearingDependencies): JobHandler {
  return {
    run: async (job, signal) => {
      const { projectId } = job
      for (;;) {
        signal.throwIfAborted()
        const removed = await findRemovedChat(db.query, projectId)
        if (removed === undefined) break
        const ref = { projectId, chatId: removed.chatId }
        if (removed.isLarge) await clearChat({ db, wakeUp }, ref, signal)
        await inShortTransaction(db, (tx) => deleteChatRow(tx, ref))
      }
      return async (tx) => {
        if (await wasAskedAgain(tx, job)) await runAgain(tx, job, 0)
      }
    },
    giveUp: (tx, job) => runAgain(tx, job, retryMs),
  }
}

/** What refers before what is referred to, so that foreign keys find nothing to take along. */
async function clearChat({ db, wakeUp }: ClearingDependencies, ref: ChatRef, signal: AbortSignal): Promise<void> {
  const { projectId, chatId } = ref
  // What was asked for in the moment when the chat was removed.
  const stopped = await inTransaction(db, async (tx) => {
    const held = await lockUnfinishedAnswers(db, tx, (eb) =>
      eb.and([eb('project_id', '=', projectId), eb('chat_id', '=', chatId)]),
    )
    if (held.length > 0) await deleteUnfinished(tx, ref)
    return held
  })
  announceStopped(wakeUp, stopped)
  const clear = (table: ProjectTable) => clearTable(db, projectId, table, signal)
  for (;;) {
    const answers = await listAnswers(db.query, ref, answersAtOnce)
    if (answers.length === 0) break
    const isTheirs = (column: string) => sql<boolean>`${sql.ref(column)} in (${sql.join(answers)})`
    await clear({
      name: 'answer_events',
      key: ['answer_id', 'day', 'number'],
      long: 'event',
      which: isTheirs('answer_id'),
    })
    await clear({ name: 'answer_traces', key: ['answer_id', 'day'], long: 'trace', which: isTheirs('answer_id') })
    await clear({
      name: 'answer_attempts',
      key: ['answer_id', 'attempt'],
      long: 'content',
      which: isTheirs('answer_id'),
    })
    await clear({ name: 'answers', key: ['id'], long: 'parameters', which: isTheirs('id') })
  }
  const which = sql<boolean>`chat_id = ${chatId}`
  await clear({ name: 'message_blocks', key: ['chat_id', 'number'], long: 'words', which })
  await clear({ name: 'messages', key: ['chat_id', 'id'], long: 'content', which })
}
