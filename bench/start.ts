import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Engine } from '../packages/server/src/database/database.ts'
import { describeMachine, spread } from './bench-figures.ts'
import { benchKey, findChildren, residentMb } from './bench-process.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    engine: { type: 'string' },
  },
})
const idleMs = 5_000
const pollMs = 2
const startWithinMs = 60_000
const root = fileURLToPath(new URL('..', import.meta.url))
/** `npm start` as a person types it, what it runs, and the least that such a server can be. */
const commands = {
  'npm start': ['npm', 'start', '--silent'],
  quory: [process.execPath, 'packages/server/dist/main.js', 'serve'],
  'from its sources': [process.execPath, 'packages/server/src/main.ts', 'serve'],
  'bare Fastify': [process.execPath, 'bench/bare-fastify.ts'],
} as const
type Command = keyof typeof commands

interface Start {
  readonly readyMs: number
  /** Of the server's process, five seconds later. */
  readonly idleMb: number
}

async function measureEngine(engine: Engine): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-bench-'))
  stack.defer(() => rmSync(dataDir, { recursive: true }))
  const databaseUrl = engine === 'postgres' ? await startDatabase(stack) : undefined
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    QUORY_DATA_DIR: dataDir,
    QUORY_API_KEY: benchKey,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
  const all = Object.keys(commands) as Command[]
  const names = isInstalled() ? all : all.filter((name) => name !== 'npm start')
  // Migrates the folder and fills the cache of compiled code: what is measured is every start but the first.
  for (const name of ['quory', 'from its sources', 'bare Fastify'] as const) await measureStart(name, env, 0)
  const starts = new Map<Command, Start[]>(names.map((name) => [name, []]))
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const name of names) starts.get(name)?.push(await measureStart(name, env, idleMs))
    console.error(`round ${round} of ${options.rounds}`)
  }
  const of = (name: Command, figure: keyof Start) => (starts.get(name) ?? []).map((start) => start[figure])
  const bare = of('bare Fastify', 'readyMs')
  console.log(`\n${engine}: median of the rounds (least-most)`)
  console.table(
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          'exec to /health, ms': spread(of(name, 'readyMs'), 0),
          '/ bare Fastify': spread(of(name, 'readyMs').map((ms, round) => ms / (bare[round] ?? Number.NaN))),
          'idle, MB resident': spread(of(name, 'idleMb'), 0),
        },
      ]),
    ),
  )
}

/** As `npm start` sees it before it starts: were something missing, it would install it, which is no start to measure. */
function isInstalled(): boolean {
  const stamp = join(root, 'node_modules/.quory-installed')
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lock
}

async function startDatabase(stack: AsyncDisposableStack): Promise<string> {
  const { startPostgres } = await import('../packages/server/test/support/start-postgres.ts')
  const postgres = await startPostgres()
  stack.defer(() => postgres.stop())
  return `${postgres.url}/postgres`
}

async function measureStart(name: Command, env: NodeJS.ProcessEnv, idleForMs: number): Promise<Start> {
  const port = await freePort()
  const [file, ...args] = commands[name]
  const startedAt = performance.now()
  const child = spawn(file, args, {
    cwd: root,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    await untilHealthy(port, child)
    const readyMs = performance.now() - startedAt
    await new Promise((resolve) => setTimeout(resolve, idleForMs))
    return { readyMs, idleMb: residentMb(findServer(child.pid ?? 0)) }
  } finally {
    await stopServer(child)
  }
}

/** The signal goes to the server itself: npm ends before the server it was told to stop. */
async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  process.kill(findServer(child.pid), 'SIGTERM')
  await ended
}

/** npm and the shell it starts are not the server: the process at the end of the chain is. */
function findServer(pid: number): number {
  const [child] = findChildren(pid)
  return child === undefined ? pid : findServer(child)
}

async function untilHealthy(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + startWithinMs
  while (!(await isHealthy(port))) {
    if (performance.now() > deadline) throw new Error(`Not healthy within ${startWithinMs} ms`)
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

function isHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/health', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('error', () => resolve(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}

console.log(describeMachine())
if (!isInstalled())
  console.log('No `npm start` here yet, or not since the lock file changed: run it once to have it measured')
for (const engine of ['sqlite', 'postgres'] as const)
  if (options.engine === undefined || options.engine === engine) await measureEngine(engine)
