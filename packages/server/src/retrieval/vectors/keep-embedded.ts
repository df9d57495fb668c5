import { type Database, inTransaction } from '../../database/database.ts'
import type { WakeUp } from '../../database/wake-up.ts'
import type { ProjectId } from '../../ids.ts'
import type { JobHandler } from '../../jobs/job.ts'
import type { Logger } from '../../logger.ts'
import { embedKind, requestEmbedding } from './embed-project.ts'
import { findActiveSet, listProjectsWithDocuments } from './embedding-set-store.ts'
import { hasUnembedded } from './embedding-store.ts'

type Handlers = Readonly<Record<string, JobHandler>>

/**
 * Handlers of jobs that bring documents or take them: with such a job its project is looked through for passages to
 * embed, when it begins, for it may take hours, and when it ends.
 */
export function followedByEmbedding(handlers: Handlers, db: Database): Handlers {
  const follow = (handler: JobHandler): JobHandler => ({
    ...handler,
    run: async (job, signal, held) => {
      await inTransaction(db, (tx) => requestEmbedding(tx, job.projectId))
      const write = await handler.run(job, signal, held)
      return async (tx) => {
        await write(tx)
        await requestEmbedding(tx, job.projectId)
      }
    },
  })
  return Object.fromEntries(Object.entries(handlers).map(([kind, handler]) => [kind, follow(handler)]))
}

/** After a start: projects whose passages came without a model, or have vectors of another one. */
export function catchUpEmbedding(
  { db, wakeUp, logger }: { readonly db: Database; readonly wakeUp: WakeUp; readonly logger: Logger },
  model: string,
): AsyncDisposable {
  const stopped = new AbortController()
  const done = requestAll(db, wakeUp, model, stopped.signal).catch((error: unknown) => {
    if (!stopped.signal.aborted) logger.warn({ error: String(error) }, 'projects to embed could not be looked for')
  })
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort()
      await done
    },
  }
}

async function requestAll(db: Database, wakeUp: WakeUp, model: string, signal: AbortSignal): Promise<void> {
  for (let after: ProjectId | undefined; ; ) {
    const projects = await listProjectsWithDocuments(db.query, after)
    for (const projectId of projects) {
      signal.throwIfAborted()
      const active = await findActiveSet(db.query, projectId)
      if (active?.model === model && !(await hasUnembedded(db.query, active))) continue
      await inTransaction(db, (tx) => requestEmbedding(tx, projectId))
      wakeUp.notify('job-queued', embedKind)
    }
    after = projects.at(-1)
    if (after === undefined) return
  }
}
