import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { until } from './start-test-app.ts'

export interface ServerOnSmallDisk {
  readonly server: ServerProcess
  /** Where a test finds the server's data folder. */
  readonly dataDir: string
  /** What `/ready` answers when it is full: a file that may not grow still takes what it has room for. */
  readonly readyWhenFull: number
  fill(): Promise<void>
  free(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

type StartOnSmallDisk = (env: Readonly<Record<string, string>>) => Promise<ServerOnSmallDisk>

/** A file system of 16 MB in memory, which only the server sees: it goes with its process. */
async function startOnTmpfs(env: Readonly<Record<string, string>>): Promise<ServerOnSmallDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'quory-disk-'))
  const script = `mount -t tmpfs -o size=16m none ${folder} && exec "$@"`
  const wrap = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh']
  const server = await startServerProcess({ ...env, QUORY_DATA_DIR: folder }, { wrap })
  const dataDir = `/proc/${server.child.pid}/root${folder}`
  const filler = join(dataDir, 'filler')
  return {
    server,
    dataDir,
    readyWhenFull: 503,
    fill: async () => fillFile(filler),
    free: async () => rmSync(filler),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function fillFile(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let size = 1024 * 1024; size >= 1; ) size = writeWhole(file, size) ? size : Math.floor(size / 2)
  } finally {
    closeSync(file)
  }
}

function writeWhole(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}

async function startWithPageLimit(env: Readonly<Record<string, string>>): Promise<ServerOnSmallDisk> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-disk-'))
  const flags = ['--import', join(import.meta.dirname, 'limit-pages.ts')]
  const server = await startServerProcess({ ...env, QUORY_DATA_DIR: dataDir }, { flags })
  const toggle = async (status: number) => {
    server.child.kill('SIGUSR2')
    await until(
      () => server.call('GET', '/health'),
      (answer) => answer.status === status,
    )
  }
  return {
    server,
    dataDir,
    readyWhenFull: 200,
    fill: () => toggle(200),
    free: () => toggle(200),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'quory-disk-'))
  const mount = `mount -t tmpfs -o size=1m none ${folder}`
  const { status } = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', mount])
  rmSync(folder, { recursive: true })
  return status === 0
}

/** Ways to make a server run out of room; a real file system only where the machine lets a test mount one. */
export const smallDisks: readonly (readonly [string, StartOnSmallDisk])[] = [
  ['a database that may not grow', startWithPageLimit],
  ...(mayMount() ? [['a full file system', startOnTmpfs] as const] : []),
]
