import type { Tx } from '../../database/database.ts'
import type { JobId, ProjectId } from '../../ids.ts'
import { requestProjectJob } from '../../jobs/project-job-store.ts'

export const textsearchKind = 'index-textsearch'

export async function requestTextsearch(tx: Tx, projectId: ProjectId): Promise<void> {
  await requestProjectJob(tx, { projectId, kind: textsearchKind, id: textsearchJobId(projectId) })
}

/** The project's own id as a UUID of a version that nothing else has. */
function textsearchJobId(projectId: ProjectId): JobId {
  return `${projectId.slice(0, 14)}a${projectId.slice(15)}` as JobId
}
