import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const held: ((error: Error | null) => void)[] = []
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  // The disk: a sync ends when the test says so.
  fdatasync: (_file: number, done: (error: Error | null) => void) => held.push(done),
}))

const { StorageLostError, WalSync } = await import('./wal-sync.ts')

/** Whether a promise is settled by now. */
function isSettled(promise: Promise<void>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  )
  return Promise.race([settled, new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))])
}

describe('syncs of the write-ahead log', () => {
  let folder: string
  let wal: InstanceType<typeof WalSync>
  beforeEach(() => {
    held.length = 0
    folder = mkdtempSync(join(tmpdir(), 'quory-wal-'))
    writeFileSync(join(folder, 'log'), '')
    wal = new WalSync(join(folder, 'log'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const commit = () => {
    wal.wrote()
    return wal.settled()
  }

  it('serve what was written before they began; later writes share the next', async () => {
    const first = commit()
    const [second, third] = [commit(), commit()]
    expect(held).toHaveLength(1)
    held.shift()?.(null)
    expect(await isSettled(first)).toBe(true)
    expect(await isSettled(second)).toBe(false)
    expect(held).toHaveLength(1)
    held.shift()?.(null)
    await Promise.all([second, third])
    expect(held).toHaveLength(0)
  })

  it('hold back who only reads while what they may have read is under way', async () => {
    await wal.settled()
    const writer = commit()
    const reader = wal.settled()
    expect(await isSettled(reader)).toBe(false)
    held.shift()?.(null)
    await Promise.all([writer, reader])
  })

  it('refuse everything once one has failed, also those that waited for the next', async () => {
    const [first, second] = [commit(), commit()]
    first.catch(() => undefined)
    second.catch(() => undefined)
    held.shift()?.(new Error('EIO'))
    await expect(first).rejects.toThrow(StorageLostError)
    await expect(second).rejects.toThrow(StorageLostError)
    await expect(commit()).rejects.toThrow(StorageLostError)
    expect(() => wal.requireHealthy()).toThrow(StorageLostError)
    expect(held).toHaveLength(0)
  })
})
