import { AnswerWorker } from '../answers/answer-worker.ts'
import type { AnswerLog } from '../answers/log/answer-log.ts'
import { runAnswer } from '../answers/run-answer.ts'
import { createStartGenerator } from '../answers/start-generator.ts'
import type { Config } from '../config.ts'
import { announceChange } from '../database/change-notice.ts'
import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { AnswerId, ProjectId } from '../ids.ts'
import { announceJob } from '../jobs/announce-job.ts'
import type { ClaimedJob } from '../jobs/job.ts'
import { JobWorker } from '../jobs/job-worker.ts'
import type { Logger } from '../logger.ts'
import { createIndexMessagesHandler, indexMessagesKind } from '../memory/index-messages.ts'
import { MessageIndexing } from '../memory/message-indexing.ts'
import type { ModelRegistry } from '../models/model-registry.ts'
import type { RankingParts } from '../retrieval/rank-passages.ts'
import { openTableAccess } from '../tables/answer-from-tables.ts'
import type { ProjectTables } from '../tables/project-tables.ts'
import { createNameChatHandler, nameChatKind, nameSoon } from './name-chat.ts'
import { TrashPurge } from './trash-purge.ts'

interface AnsweringCore {
  readonly config: Config
  readonly node: string
  readonly logger: Logger
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly tables: ProjectTables
  readonly models: ModelRegistry
  readonly ranking: RankingParts
  readonly log: AnswerLog
  readonly callerKeys: Map<AnswerId, string>
}

const concurrentNames = 4

/** Everything that answers questions and looks after chats: answers, their memory, their names, the trash. */
export function openAnswering(opening: AsyncDisposableStack, core: AnsweringCore): AnswerWorker {
  const { db, wakeUp, logger, config } = core
  const indexing = opening.use(new MessageIndexing({ db, wakeUp, logger }))
  const answers = opening.use(openAnswerWorker(core, indexing))
  openMemoryWorker(opening, core)
  openNamingWorker(opening, core)
  opening.use(new TrashPurge({ db, wakeUp, logger, trashDays: config.trashDays }))
  return answers
}

function openAnswerWorker(core: AnsweringCore, indexing: MessageIndexing): AnswerWorker {
  const { db, wakeUp, node, logger, log, callerKeys, config, tables } = core
  const openTables = (projectId: ProjectId, signal: AbortSignal) => openTableAccess({ db, tables, projectId, signal })
  const startGenerator = createStartGenerator({ ...core, openTables })
  return new AnswerWorker({
    db,
    wakeUp,
    node,
    logger,
    concurrency: config.concurrentAnswers,
    ownerConcurrency: config.concurrentAnswersPerUser,
    run: async (answer, signal) => {
      const { projectId, chatId, messageId, ownerId } = answer
      announceChange(wakeUp, { type: 'answer-started', projectId, chatId, messageId, ownerId })
      await runAnswer({ db, log, node, logger, startGenerator }, answer, signal)
      announceChange(wakeUp, { type: 'answer-ended', projectId, chatId, messageId, ownerId })
      callerKeys.delete(answer.answerId)
      await nameSoon({ db, wakeUp, logger }, answer)
      indexing.note(answer.projectId)
    },
  })
}

/** Takes no place from what reads files: it would wait behind a thousand of them. */
function openMemoryWorker(opening: AsyncDisposableStack, { db, wakeUp, node, logger }: AnsweringCore): void {
  const handlers = { [indexMessagesKind]: createIndexMessagesHandler({ db }) }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: 1, handlers }))
}

/** Waits for a model most of the time, and takes no place either. */
function openNamingWorker(opening: AsyncDisposableStack, { db, wakeUp, node, logger, models }: AnsweringCore): void {
  const handlers = { [nameChatKind]: createNameChatHandler({ db, models, logger }) }
  const onChange = (job: ClaimedJob) => announceJob(wakeUp, job)
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: concurrentNames, handlers, onChange }))
}
