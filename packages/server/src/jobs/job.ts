import type { Tx } from '../database/database.ts'
import type { JobId, ProjectId } from '../ids.ts'

/** Work to be done after a transaction, by whichever node is free. */
export interface NewJob {
  readonly projectId: ProjectId
  readonly kind: string
  /** Ids only. */
  readonly payload: Readonly<Record<string, string>>
}

/** A job that this node holds the lease of. `attempt` fences: a write with another attempt is refused. */
export interface ClaimedJob extends NewJob {
  readonly id: JobId
  readonly attempt: number
  readonly node: string
}

/** Why a job was given up, for the person who waits for it. */
export type GiveUpReason = 'died' | 'failed'

export interface JobHandler {
  /**
   * Does the slow part; what it returns is written in the one transaction that also completes the job, so the effect
   * happens once however often the job runs. Must stop when `signal` aborts; whatever it throws means "try again".
   */
  run(job: ClaimedJob, signal: AbortSignal): Promise<(tx: Tx) => Promise<void>>
  /** After the last attempt, in the transaction that marks the job as failed. */
  giveUp(tx: Tx, job: ClaimedJob, reason: GiveUpReason): Promise<void>
}

export const maxJobAttempts = 3
/** A dead node's job is taken over at most this long after its last renewal. */
export const jobLeaseMs = 30_000
export const jobRenewMs = 10_000

/** The lease was lost, or the job was withdrawn: whoever holds this must write nothing. */
export class JobFencedError extends Error {
  override readonly name = 'JobFencedError'
}
