import { EventEmitter, once } from 'node:events'
import type { Config } from '../../config.ts'
import type { Database } from '../../database/database.ts'
import type { FileStatus } from '../../database/schema.ts'
import type { FileId } from '../../ids.ts'
import type { ClaimedJob } from '../../jobs/job.ts'
import type { Logger } from '../../logger.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import type { TableFiles } from '../../tables/table-files.ts'
import type { OpenConnector } from '../connectors/open-connector.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Parser } from '../parsing/open-parser.ts'
import type { Source, SourceRef } from '../source.ts'
import type { SourceFile } from '../source-file.ts'
import { countFiles, listPending } from '../source-file-store.ts'
import type { SourceSync } from './source-sync.ts'
import { updateRunningSync } from './source-sync-store.ts'
import { FileCounts } from './sync-progress.ts'

export interface SyncDependencies {
  readonly db: Database
  readonly files: FileStore
  readonly tableFiles: TableFiles
  readonly parser: Pick<Parser, 'parse'>
  readonly logger: Logger
  readonly config: Pick<Config, 'parseTimeoutMs' | 'maxUploadBytes'>
  readonly openConnector: OpenConnector
  readonly secrets: SecretBox
}

interface SyncRun {
  readonly job: ClaimedJob
  readonly source: Source
  /** Absent for an upload, which is only read. */
  readonly sync?: SourceSync
}

const rowsPerRead = 32
const reportEveryMs = 1_000

/**
 * One job's work on a sync. Rows are the queue between its stages, so that a restart finds what was under way; this
 * knows what is in the hands of which stage just now.
 */
export class SyncSession implements SyncDependencies {
  readonly db: Database
  readonly files: FileStore
  readonly tableFiles: TableFiles
  readonly parser: Pick<Parser, 'parse'>
  readonly logger: Logger
  readonly config: SyncDependencies['config']
  readonly openConnector: OpenConnector
  readonly secrets: SecretBox
  readonly job: ClaimedJob
  readonly source: Source
  readonly sync: SourceSync | undefined
  readonly ref: SourceRef
  readonly counts: FileCounts
  isListed: boolean
  isFetched: boolean
  readonly #inHand = new Map<FileId, FileStatus>()
  readonly #turns = new Map<string, Promise<void>>()
  readonly #changes = new EventEmitter()
  #changeCount = 0
  readonly #stopped = new AbortController()
  readonly #timer = setInterval(() => this.#report(), reportEveryMs)
  #reporting: Promise<unknown> | undefined

  static async open(dependencies: SyncDependencies, run: SyncRun): Promise<SyncSession> {
    const ref = { projectId: run.source.project_id, sourceId: run.source.id }
    return new SyncSession(dependencies, run, new FileCounts(await countFiles(dependencies.db.query, ref)))
  }

  private constructor(dependencies: SyncDependencies, { job, source, sync }: SyncRun, counts: FileCounts) {
    this.db = dependencies.db
    this.files = dependencies.files
    this.tableFiles = dependencies.tableFiles
    this.parser = dependencies.parser
    this.logger = dependencies.logger
    this.config = dependencies.config
    this.openConnector = dependencies.openConnector
    this.secrets = dependencies.secrets
    this.job = job
    this.source = source
    this.sync = sync
    this.ref = { projectId: source.project_id, sourceId: source.id }
    this.counts = counts
    this.isListed = sync === undefined || sync.listed_at !== null
    this.isFetched = sync === undefined
    // Each stage waits here at most once.
    this.#changes.setMaxListeners(0)
  }

  /** Aborts when the sync was paused or cancelled, or another job took it over: noticed within a second. */
  get stopped(): AbortSignal {
    return this.#stopped.signal
  }

  /** Fetched here and not yet read. */
  get ahead(): number {
    return this.counts.of('fetched').files
  }

  /** Something was got done, so whatever stops it now is not what stopped it before. */
  get hasProgressed(): boolean {
    return this.counts.hasMoved
  }

  /** Wakes the stages that wait for more to do. */
  readonly announce = (): void => {
    this.#changeCount += 1
    this.#changes.emit('change')
  }

  /**
   * Files of a status as they come up, each handed out once, until the stage before has ended and none is left. Takes no
   * more than `room` says, which is asked again after each change.
   */
  async *pending(
    status: FileStatus,
    { isLast, hasRoom = () => true }: { readonly isLast: () => boolean; readonly hasRoom?: () => boolean },
    signal: AbortSignal,
  ): AsyncGenerator<SourceFile> {
    for (;;) {
      signal.throwIfAborted()
      const seen = this.#changeCount
      const wasLast = isLast()
      const rows = await listPending(this.db.query, this.ref, { status, limit: rowsPerRead })
      const free = rows.filter(({ id }) => !this.#inHand.has(id))
      for (const file of free) {
        while (!hasRoom()) await this.#changed(this.#changeCount, signal)
        this.#inHand.set(file.id, status)
        yield file
      }
      if (free.length > 0) continue
      // What is in hand may make more of the same: an archive is as many files as it holds.
      if (wasLast && !this.#inHand.values().some((each) => each === status)) return
      await this.#changed(seen, signal)
    }
  }

  /** Work under the same key goes one after the other. */
  async inTurn(key: string, work: () => Promise<void>): Promise<void> {
    for (let before = this.#turns.get(key); before !== undefined; before = this.#turns.get(key)) {
      await before.catch(() => undefined)
    }
    const turn = work()
    this.#turns.set(key, turn)
    try {
      await turn
    } finally {
      this.#turns.delete(key)
    }
  }

  /** A stage is done with a file, whatever came of it. */
  release(file: SourceFile): void {
    this.#inHand.delete(file.id)
    this.announce()
  }

  async #changed(since: number, signal: AbortSignal): Promise<void> {
    if (this.#changeCount === since) await once(this.#changes, 'change', { signal })
  }

  /** Writes down how far it is, once a second, for whoever asks. */
  #report(): void {
    if (this.sync === undefined) return
    const progress = JSON.stringify(this.counts.measure({ isListed: this.isListed }))
    this.#reporting ??= updateRunningSync(this.db.query, this.ref, this.job.id, { progress })
      .then((isOurs) => (isOurs ? undefined : this.#stopped.abort()))
      .catch((error) => this.logger.warn({ error: String(error) }, 'the progress of a sync could not be stored'))
      .finally(() => {
        this.#reporting = undefined
      })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#reporting
  }
}
