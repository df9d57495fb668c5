import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ProjectId } from '../ids.ts'
import { JobWorker } from '../jobs/job-worker.ts'
import type { Logger } from '../logger.ts'
import { createClearingHandler } from '../projects/clear-project.ts'
import { removalKind } from '../projects/removed-project-store.ts'
import { createChatClearingHandler } from './clear-chats.ts'
import { clearingKind } from './removed-chat-store.ts'

interface RemovalCore {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly files: { discardProject(projectId: ProjectId): Promise<void> }
  readonly node: string
  readonly logger: Logger
}

/**
 * What was in deleted projects and chats goes, one of them at a time, with a place of its own: nobody waits for it, and it
 * waits for nobody's files to be read.
 */
export function openRemoval(opening: AsyncDisposableStack, core: RemovalCore): void {
  const { db, wakeUp, node, logger } = core
  const handlers = { [removalKind]: createClearingHandler(core), [clearingKind]: createChatClearingHandler(core) }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: 1, handlers }))
}
