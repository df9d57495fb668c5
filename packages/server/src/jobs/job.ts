import type { Tx } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
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
   * happens once however often the job runs. What that needs is put in `held`, which is disposed afterwards. Must stop when
   * `signal` aborts; whatever it throws means "try again".
   */
  run(job: ClaimedJob, signal: AbortSignal, held: AsyncDisposableStack): Promise<(tx: Tx) => Promise<void>>
  /** After the last attempt, in the transaction that marks the job as failed. */
  giveUp(tx: Tx, job: ClaimedJob, reason: GiveUpReason): Promise<void>
}

export const maxJobAttempts = 3

/** How far a job is that is not over, for the person who waits for it. */
export interface JobProgress {
  readonly state: 'waiting' | 'running'
  /** Attempts begun so far; 0 while it waits for its first. */
  readonly attempt: number
  readonly maxAttempts: number
  /** When a failed attempt is followed by the next, or what was put off by the first; null while it runs or waits for a free node. */
  readonly nextAttemptAt: string | null
  /** What an earlier attempt came to, or why this one stands still. */
  readonly delay: 'attempt-failed' | 'node-died' | 'node-silent' | null
}

/**
 * A dead node's job is taken over at most this long after its last renewal. As short as an answer's: the slow part of a
 * job runs in a process of its own, so nothing keeps a living node from renewing.
 */
export const jobLeaseMs = 12_000
export const jobRenewMs = 4_000

/** After the commit that took jobs away: whoever runs one stops at once rather than at its next renewal. */
export function announceWithdrawn(wakeUp: WakeUp, jobs: readonly JobId[]): void {
  for (const id of jobs) wakeUp.notify('job-withdrawn', id)
}

/** The lease was lost, or the job was withdrawn: whoever holds this must write nothing. */
export class JobFencedError extends Error {
  override readonly name = 'JobFencedError'
}
