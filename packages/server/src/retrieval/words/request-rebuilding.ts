import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { WakeUp } from '../../database/wake-up.ts'
import type { JobId, ProjectId } from '../../ids.ts'
import { requestProjectJob } from '../../jobs/project-job-store.ts'
import type { Logger } from '../../logger.ts'
import { listOutdatedProjects } from './rebuild-store.ts'
import { analyserVersion, passagesVersion } from './segment.ts'

/** Asked for by the migration that began to keep segments. */
export const firstRebuildKind = 'rebuild-index'
/** With the versions in it: in a cluster that is upgraded node by node, no node of the old release takes it. */
export const rebuildKind = `rebuild-index-${analyserVersion}-${passagesVersion}`

async function requestRebuilding(tx: Tx, projectId: ProjectId): Promise<void> {
  await requestProjectJob(tx, { projectId, kind: rebuildKind, id: rebuildJobId(projectId) })
}

/** The project's own id as a UUID of a version that nothing else has. */
function rebuildJobId(projectId: ProjectId): JobId {
  return `${projectId.slice(0, 14)}9${projectId.slice(15)}` as JobId
}

/** After a start: projects that an older release indexed. Every node asks, and a project gets one job. */
export function catchUpIndexing(dependencies: {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly logger: Logger
}): AsyncDisposable {
  const stopped = new AbortController()
  const done = requestAll(dependencies, stopped.signal).catch((error: unknown) => {
    if (stopped.signal.aborted) return
    dependencies.logger.warn({ error: String(error) }, 'projects to be indexed anew could not be looked for')
  })
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort()
      await done
    },
  }
}

async function requestAll(
  { db, wakeUp }: { readonly db: Database; readonly wakeUp: WakeUp },
  signal: AbortSignal,
): Promise<void> {
  for (let after: ProjectId | null = null; ; ) {
    const projects: ProjectId[] = await listOutdatedProjects(db.query, after)
    for (const projectId of projects) {
      signal.throwIfAborted()
      await inTransaction(db, (tx) => requestRebuilding(tx, projectId))
      wakeUp.notify('job-queued', rebuildKind)
    }
    after = projects.at(-1) ?? null
    if (after === null) return
  }
}
