import { existsSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

/**
 * For databases that need not outlive the machine: in memory where there is plenty, which containers with their 64 MB
 * have not. PostgreSQL copies its 8 MB in 400 files there in 60 ms instead of a second, SQLite's migrations take a third.
 */
export function quickFolder(): string {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize >= 4_000_000_000 ? memory : tmpdir()
}
