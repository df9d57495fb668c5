export type NodeRole = 'http' | 'worker'

/** What a node is busy with. */
export interface NodeLoad {
  readonly answersRunning: number
  readonly jobsRunning: number
  readonly openStreams: number
  /** How late the event loop came to its timers, in milliseconds: 99 of 100 times less. */
  readonly eventLoopDelayMs: number
  readonly memoryBytes: number
}

export interface NodeDescription {
  readonly name: string
  readonly version: string
  readonly roles: readonly NodeRole[]
}

export interface NodeReport extends NodeDescription {
  readonly url: string | null
  readonly isLive: boolean
  readonly startedAt: string
  readonly seenAt: string
  readonly load: NodeLoad
}

export const refreshMs = 4_000
/** A node that said nothing for this long is shown as one that stopped responding. */
export const silentMs = 15_000
/** And then for this long, for whoever looks for what happened. */
export const keptMs = 3_600_000
