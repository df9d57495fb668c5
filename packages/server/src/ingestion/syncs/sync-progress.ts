import type { FileStatus } from '../../database/schema.ts'
import type { FileCount } from '../source-file-store.ts'

interface Amount {
  readonly files: number
  readonly bytes: number
}

/** Each stage counts what has come at least that far; what is skipped or failed goes no further. */
export interface SyncStages {
  readonly listed: Amount
  readonly fetched: Amount
  readonly parsed: Amount
  readonly indexed: Amount
}

/** How far a sync is, as it is stored with it. */
export interface SyncProgress extends SyncStages {
  readonly skipped: number
  readonly failed: number
  /** Over the last half minute; null while nothing was done in it. */
  readonly filesPerSecond: number | null
  readonly bytesPerSecond: number | null
  /** Null while it cannot be known: not all is listed, or too little was done to tell. */
  readonly remainingSeconds: number | null
}

const windowMs = 30_000
const leastFiles = 5
const leastMs = 3_000
const none: Amount = { files: 0, bytes: 0 }

/** Files of a source by status, kept as they move, and how fast they become done. */
export class FileCounts {
  readonly #counts = new Map<FileStatus, Amount>()
  readonly #done: { readonly at: number; readonly bytes: number }[] = []
  readonly #startedAt: number
  readonly #clock: () => number
  #hasMoved = false

  constructor(counts: readonly FileCount[], clock = () => performance.now()) {
    for (const { status, files, bytes } of counts) this.#counts.set(status, { files, bytes })
    this.#clock = clock
    this.#startedAt = clock()
  }

  /** A file that is new or moved on; `before` is absent for a new one. */
  move(
    before: { readonly status: FileStatus; readonly size: number | null } | undefined,
    after: { readonly status: FileStatus; readonly size: number | null } | undefined,
  ): void {
    if (before !== undefined) this.#add(before.status, -1, -(before.size ?? 0))
    if (after === undefined) return
    this.#add(after.status, 1, after.size ?? 0)
    const isDone = after.status !== 'listed' && after.status !== 'fetched' && after.status !== 'gone'
    const wasPending = before?.status === 'listed' || before?.status === 'fetched'
    if (before?.status !== after.status) this.#hasMoved = true
    if (isDone && wasPending) this.#done.push({ at: this.#clock(), bytes: after.size ?? 0 })
  }

  get hasMoved(): boolean {
    return this.#hasMoved
  }

  moveAll({ status, files, bytes }: FileCount, to: FileStatus): void {
    this.#add(status, -files, -bytes)
    this.#add(to, files, bytes)
  }

  #add(status: FileStatus, files: number, bytes: number): void {
    const { files: knownFiles, bytes: knownBytes } = this.of(status)
    this.#counts.set(status, { files: knownFiles + files, bytes: knownBytes + bytes })
  }

  of(...statuses: readonly FileStatus[]): Amount {
    return statuses.reduce((sum, status) => {
      const { files, bytes } = this.#counts.get(status) ?? none
      return { files: sum.files + files, bytes: sum.bytes + bytes }
    }, none)
  }

  measure({ isListed }: { readonly isListed: boolean }): SyncProgress {
    const rate = this.#measureRate()
    const pending = this.of('listed', 'fetched')
    return {
      listed: this.of('listed', 'fetched', 'indexed', 'unpacked', 'skipped', 'failed'),
      fetched: this.of('fetched', 'indexed', 'unpacked'),
      parsed: this.of('indexed', 'unpacked'),
      indexed: this.of('indexed'),
      skipped: this.of('skipped').files,
      failed: this.of('failed').files,
      filesPerSecond: rate?.files ?? null,
      bytesPerSecond: rate?.bytes ?? null,
      remainingSeconds: rate === undefined || !isListed ? null : Math.ceil(remaining(pending, rate)),
    }
  }

  #measureRate(): Amount | undefined {
    const time = this.#clock()
    const first = this.#done.findIndex(({ at }) => at >= time - windowMs)
    this.#done.splice(0, first === -1 ? this.#done.length : first)
    const elapsedMs = Math.min(windowMs, time - this.#startedAt)
    if (this.#done.length < leastFiles || elapsedMs < leastMs) return undefined
    const bytes = this.#done.reduce((sum, done) => sum + done.bytes, 0)
    return { files: (this.#done.length / elapsedMs) * 1000, bytes: (bytes / elapsedMs) * 1000 }
  }
}

/** By files and by bytes, whichever takes longer: a thousand small files and one large one are both slow. */
function remaining(pending: Amount, rate: Amount): number {
  const byFiles = pending.files / rate.files
  return rate.bytes === 0 ? byFiles : Math.max(byFiles, pending.bytes / rate.bytes)
}
