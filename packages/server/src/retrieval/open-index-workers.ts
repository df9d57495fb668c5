import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { JobHandler } from '../jobs/job.ts'
import { JobWorker } from '../jobs/job-worker.ts'
import type { Logger } from '../logger.ts'
import type { Ranking } from './open-ranking.ts'
import { createTextsearchHandler } from './textsearch/index-project.ts'
import { textsearchKind } from './textsearch/request-textsearch.ts'
import { embedNext } from './vectors/embed-next.ts'
import { createEmbedHandler, embedKind, requestEmbedding } from './vectors/embed-project.ts'
import { catchUpEmbedding } from './vectors/keep-embedded.ts'
import { type CutDocumentAgain, createRebuildHandler } from './words/rebuild-index.ts'
import { catchUpIndexing, firstRebuildKind, rebuildKind } from './words/request-rebuilding.ts'
import { tidyKind } from './words/request-tidying.ts'
import { createTidyHandler } from './words/tidy-index.ts'

interface IndexCore {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  readonly logger: Logger
  readonly ranking: Ranking
}

const concurrentEmbeddings = 2

/** Short, and done beside whatever reads files. */
export function createIndexHandlers({ db, ranking }: Pick<IndexCore, 'db' | 'ranking'>): Record<string, JobHandler> {
  const onTidied = ranking.textsearch?.requestWhenLarge
  return { [tidyKind]: createTidyHandler({ db, onTidied, ...(ranking.keeping && { requestEmbedding }) }) }
}

/** What keeps indexes and vectors as today's release makes them; takes no place from what reads files. */
export function openIndexWorkers(opening: AsyncDisposableStack, core: IndexCore, cutAgain: CutDocumentAgain): void {
  openTextsearchWorker(opening, core)
  openEmbedWorker(opening, core)
  openRebuildWorker(opening, core, cutAgain)
}

/** Indexing a large project takes minutes. */
function openTextsearchWorker(opening: AsyncDisposableStack, { db, wakeUp, node, logger, ranking }: IndexCore): void {
  if (ranking.textsearch === undefined) return
  const handlers = { [textsearchKind]: createTextsearchHandler({ db }) }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: 1, handlers }))
  opening.use(ranking.textsearch.catchUp(wakeUp))
}

/** Embedding waits for its endpoint most of the time. */
function openEmbedWorker(opening: AsyncDisposableStack, core: IndexCore): void {
  const { db, wakeUp, node, logger, ranking } = core
  if (ranking.keeping === undefined) return
  const handlers = { [embedKind]: createEmbedHandler({ db, logger, ...ranking.keeping }) }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: concurrentEmbeddings, handlers }))
  opening.use(catchUpEmbedding(core, ranking.keeping.embeddings.model))
}

/** One project at a time: everybody's index is still there, and nobody is to wait for it to be made anew. */
function openRebuildWorker(opening: AsyncDisposableStack, core: IndexCore, cutAgain: CutDocumentAgain): void {
  const { db, wakeUp, node, logger, ranking } = core
  const { keeping } = ranking
  const handler = createRebuildHandler({
    db,
    cutAgain,
    embedNext: (job, signal) => embedNext({ db, keeping }, job, signal),
    requestEmbedding: async (tx, projectId) => {
      if (keeping !== undefined) await requestEmbedding(tx, projectId)
    },
    onTidied: ranking.textsearch?.requestWhenLarge,
  })
  const handlers = { [firstRebuildKind]: handler, [rebuildKind]: handler }
  const onEnd = () => {
    for (const kind of [tidyKind, embedKind]) wakeUp.notify('job-queued', kind)
  }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: 1, handlers, onEnd }))
  opening.use(catchUpIndexing({ db, wakeUp, logger }))
}
