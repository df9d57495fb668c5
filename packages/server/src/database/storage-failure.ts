import { StorageLostError } from './wal-sync.ts'

/**
 * What an error of the database, its driver or the file system means for what was asked: `full`, `unavailable` (nothing
 * was stored) or `in-doubt` (the connection broke under the statement, which may have been stored). `undefined` for
 * errors that have nothing to do with the storage, ours included.
 */
export type StorageFailure = 'full' | 'unavailable' | 'in-doubt'

export function storageFailureOf(error: unknown): StorageFailure | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof StorageLostError) return 'in-doubt'
  // A name with several addresses: each was tried.
  if (error instanceof AggregateError) return storageFailureOf(error.errors[0])
  if ('errcode' in error && typeof error.errcode === 'number') return sqliteFailures.get(error.errcode & 0xff)
  const code = 'code' in error ? String(error.code) : ''
  if ('syscall' in error) return systemFailure(code, String(error.syscall))
  return postgresFailures.get(code) ?? postgresClasses.get(code.slice(0, 2)) ?? driverFailure(error.message)
}

/** Result codes of SQLite without their extension. */
const sqliteFailures: ReadonlyMap<number, StorageFailure> = new Map([
  [5, 'unavailable'], // busy: another process holds the file
  [6, 'unavailable'], // locked
  [7, 'unavailable'], // out of memory
  [8, 'unavailable'], // read-only
  [10, 'unavailable'], // input or output error
  [11, 'unavailable'], // the file is damaged
  [13, 'full'],
  [14, 'unavailable'], // cannot open
  [26, 'unavailable'], // not a database
])

const postgresFailures: ReadonlyMap<string, StorageFailure> = new Map([
  ['53100', 'full'], // disk full
  ['57P01', 'in-doubt'], // terminated by the administrator
  ['57P02', 'in-doubt'], // another process of the server crashed
  ['57P03', 'unavailable'], // starting up or shutting down
  ['57P05', 'unavailable'], // idle session ended
  ['57014', 'unavailable'], // statement took too long
  ['55P03', 'unavailable'], // lock not to be had
  ['25006', 'unavailable'], // only a read-only standby answers
  ['25P03', 'unavailable'], // idle in transaction for too long
  ['40001', 'unavailable'], // rolled back, also when repeated
  ['40P01', 'unavailable'],
  ['XX001', 'unavailable'], // damaged data, damaged index
  ['XX002', 'unavailable'],
])

/** By the first two characters of a code. */
const postgresClasses: ReadonlyMap<string, StorageFailure> = new Map([
  ['08', 'in-doubt'], // the connection broke; poolers use it too
  ['53', 'unavailable'], // too many connections, out of memory
  ['58', 'unavailable'], // input or output error of the server's
])

/** `pg` gives its own errors no code. */
const driverFailures: readonly (readonly [RegExp, StorageFailure])[] = [
  [/timeout exceeded when trying to connect|due to connection timeout|timeout expired/, 'unavailable'],
  [/is not queryable|after calling end on the pool|already been destroyed/, 'unavailable'],
  [/^Connection terminated|^Query read timeout/, 'in-doubt'],
]

function driverFailure(message: string): StorageFailure | undefined {
  return driverFailures.find(([pattern]) => pattern.test(message))?.[1]
}

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'])
const broken = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
const unwritable = new Set(['EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE'])

function systemFailure(code: string, call: string): StorageFailure | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (call === 'connect' || call === 'getaddrinfo')
    return unreachable.has(code) || broken.has(code) ? 'unavailable' : undefined
  if (broken.has(code)) return 'in-doubt'
  return unwritable.has(code) ? 'unavailable' : undefined
}
