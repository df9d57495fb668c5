import type { Tx } from '../../database/database.ts'
import type { JobId, ProjectId } from '../../ids.ts'
import { requestProjectJob } from '../../jobs/project-job-store.ts'
import { hasStaged } from '../staged-document-store.ts'
import { planMerge } from './plan-merge.ts'
import { readSegmentSizes } from './segment-store.ts'

export const tidyKind = 'tidy-index'

/** While files come in: what comes meanwhile is written once, with the rest. */
const gatherMs = 1_000
/** More make searches noticeably slower. */
const gatheredAtMost = 32

/** Has the project's segments merged when they have become many or worn: soon, as each makes searches slower. */
export async function requestTidying(tx: Tx, projectId: ProjectId): Promise<void> {
  const inputs = planMerge(await readSegmentSizes(tx, projectId, 'visible'))
  if (inputs === undefined) return
  await requestTidyJob(tx, projectId, inputs.length < gatheredAtMost ? gatherMs : 0)
}

/** Has what was begun of documents and never shown looked for, when a job is given up. */
export async function requestClearing(tx: Tx, projectId: ProjectId): Promise<void> {
  if (await hasStaged(tx, projectId)) await requestTidyJob(tx, projectId)
}

/** For what is to be cleared away, or merged. */
export async function requestTidyJob(tx: Tx, projectId: ProjectId, delayMs = 0): Promise<void> {
  await requestProjectJob(tx, { projectId, kind: tidyKind, id: tidyJobId(projectId), isFirst: true, delayMs })
}

/** The project's own id as a UUID of version 8, which nothing else has. */
function tidyJobId(projectId: ProjectId): JobId {
  return `${projectId.slice(0, 14)}8${projectId.slice(15)}` as JobId
}
