import type { ChaosModel } from './model-server.ts'
import type { ChaosPostgres } from './postgres.ts'
import type { ServerNode } from './server-node.ts'
import type { SmallDisk } from './small-disk.ts'
import type { TcpProxy } from './tcp-proxy.ts'

export type Engine = 'sqlite' | 'postgres'

/** A process of the server with what stands before and behind it. */
export interface Member {
  readonly node: ServerNode
  /** Where clients reach it: through its proxy. A worker has none. */
  readonly url: string | undefined
  readonly clientProxy: TcpProxy | undefined
  readonly databaseProxy: TcpProxy | undefined
}

/** Everything that a round happens in. It outlives the round; what a round breaks it mends. */
export interface World {
  readonly engine: Engine
  readonly members: readonly Member[]
  readonly model: ChaosModel
  readonly postgres: ChaosPostgres | undefined
  /** SQLite's data folder, as this process sees it. */
  readonly dataDir: string | undefined
  /** A small file system that the data folder is on, and which can be filled. */
  readonly disk: SmallDisk | undefined
  /** A project made before the first round. */
  readonly projectId: string
  [Symbol.asyncDispose](): Promise<void>
}

/** When clients give up: never while faults go on, then after a bound. */
export interface Patience {
  until: number
}
