import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Database } from '../database/database.ts'
import type { Logger } from '../logger.ts'
import { type NodeDescription, type NodeLoad, refreshMs } from './node.ts'
import { listLiveVersions, removeAllNodes, removeNode, removeOldNodes, reportNode } from './node-store.ts'

const tidyEveryMs = 60_000
const nanosecondsPerMs = 1_000_000
const delaySampleMs = 20

interface RegistryDependencies extends NodeDescription {
  readonly db: Database
  readonly logger: Logger
  /** What this node is busy with right now. */
  measure(): Pick<NodeLoad, 'answersRunning' | 'jobsRunning' | 'openStreams'>
}

/** Keeps this node's entry among the nodes: entered at start, refreshed with its load, taken out by an orderly stop. */
export class NodeRegistry {
  readonly #dependencies: RegistryDependencies
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>
  readonly #timers: NodeJS.Timeout[]
  #url: string | null = null
  #refreshing: Promise<void> | undefined
  #isWarned = false

  private constructor(dependencies: RegistryDependencies) {
    this.#dependencies = dependencies
    this.#delay = monitorEventLoopDelay({ resolution: delaySampleMs })
    this.#delay.enable()
    this.#timers = [
      setInterval(() => void this.#refresh(), refreshMs),
      setInterval(() => void this.#tidy(), tidyEveryMs),
    ]
  }

  /** Enters the node; it is listed when this resolves. */
  static async open(dependencies: RegistryDependencies): Promise<NodeRegistry> {
    // On SQLite the folder's lock proves that whoever is noted there is dead.
    if (dependencies.db.engine === 'sqlite') await removeAllNodes(dependencies.db.query)
    const registry = new NodeRegistry(dependencies)
    await registry.#refresh()
    await registry.#tidy()
    return registry
  }

  /** Where the node can be reached, once it listens. */
  async announce(url: string): Promise<void> {
    this.#url = url
    await this.#refreshing
    await this.#refresh()
  }

  /** Failures only make the entry old: the next refresh makes it good. */
  #refresh(): Promise<void> {
    const { db, logger } = this.#dependencies
    this.#refreshing ??= reportNode(db, this.#dependencies, { url: this.#url, load: this.#measure() })
      .catch((error) => logger.info({ error: String(error) }, 'this node could not be entered among the nodes'))
      .finally(() => {
        this.#refreshing = undefined
      })
    return this.#refreshing
  }

  #measure(): NodeLoad {
    // Node counts from one sample to the next, so a loop that is never late shows the time between them.
    const delayMs = this.#delay.percentile(99) / nanosecondsPerMs - delaySampleMs
    const eventLoopDelayMs = Math.max(0, Math.round(delayMs))
    this.#delay.reset()
    return { ...this.#dependencies.measure(), eventLoopDelayMs, memoryBytes: process.memoryUsage.rss() }
  }

  async #tidy(): Promise<void> {
    const { db, logger, version } = this.#dependencies
    try {
      await removeOldNodes(db)
      const others = (await listLiveVersions(db)).filter((one) => one !== version)
      if (others.length > 0 && !this.#isWarned) {
        this.#isWarned = true
        logger.warn({ version, others }, 'nodes of other versions share this database: finish the upgrade soon')
      }
      if (others.length === 0) this.#isWarned = false
    } catch (error) {
      logger.info({ error: String(error) }, 'the nodes could not be looked through')
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { db, name, logger } = this.#dependencies
    for (const timer of this.#timers) clearInterval(timer)
    this.#delay.disable()
    await this.#refreshing
    await removeNode(db.query, name).catch((error) =>
      logger.info({ error: String(error) }, 'this node could not be taken out of the nodes'),
    )
  }
}
