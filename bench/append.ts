import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Database, now } from '../packages/server/src/database/database.ts'
import { openDatabase } from '../packages/server/src/database/open-database.ts'
import type { ChatId, ProjectId, UserId } from '../packages/server/src/ids.ts'
import { startPostgres } from '../packages/server/test/support/start-postgres.ts'
import { chatIdPrefix, firstChatNumber, writeAppendScript } from './append-statement.ts'
import { silentModel } from './bench-answer.ts'
import { createProject } from './bench-client.ts'
import { describeMachine, spread } from './bench-figures.ts'
import { benchKey, cpuMs, modelSettings, startProcess, startQuory } from './bench-process.ts'
import { runClosedLoop } from './closed-loop.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    /** A folder for a CPU profile of the server. */
    profile: { type: 'string' },
  },
})
const seconds = Number(options.seconds)
const connections = Number(options.connections)
const chats = 1_000
const content =
  'What do the seven small birds see from above while the quick brown fox jumps over the lazy dog, and why?'

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'quory-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true }))
  const postgres = await startPostgres({ isDurable: true })
  stack.defer(() => postgres.stop())
  const databaseUrl = `${postgres.url}/postgres`
  const model = stack.use(await startProcess('model-server.ts'))
  const settings = {
    ...modelSettings(model, silentModel),
    DATABASE_URL: databaseUrl,
    QUORY_DATA_DIR: folder,
    // The one place for a running answer is taken by the first question, to a model that never says anything: the others
    // are accepted and wait, as on a node that has all it can do.
    QUORY_CONCURRENT_ANSWERS: '1',
    QUORY_MODEL_TIMEOUT_SECONDS: '86400',
  }
  const flags = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const quory = stack.use(await startQuory(settings, { flags }))
  const project = await createProject(quory.url)
  const db = stack.use(await openDatabase({ dataDir: '', databaseUrl }))
  // The server made it and says so.
  const projectId = project.id as ProjectId
  const ownerId = await insertChats(db, projectId)
  await ask(quory.url, `${project.path}/chats/${chatId(0)}/messages`)

  console.log(`${describeMachine()}, ${connections} connections, ${chats} chats, PostgreSQL with fsync`)
  const pgbench = findPgbench()
  if (pgbench === undefined) console.log('pgbench is not on this machine: no ratio, only the rate of the server')
  const append = await writeAppendScript({ projectId, ownerId, content, chats, clients: connections })
  const file = join(folder, 'append.sql')
  writeFileSync(file, append.script)
  await measureQuory(quory.url, project.path, 2)
  const rounds: { quory: number; cpu: number; pgbench: number }[] = []
  for (let round = 1; round <= Number(options.rounds); round++) {
    const limit = pgbench === undefined ? Number.NaN : runPgbench(pgbench, databaseUrl, file, append.variables, round)
    const before = cpuMs(quory.pid)
    const rate = await measureQuory(quory.url, project.path, seconds)
    rounds.push({ quory: rate, cpu: (cpuMs(quory.pid) - before) / (rate * seconds), pgbench: limit })
    console.error(`round ${round} of ${options.rounds}`)
  }
  console.log('Median of the rounds (least-most)')
  console.table({
    'questions accepted per second': {
      pgbench: spread(
        rounds.map((round) => round.pgbench),
        0,
      ),
      quory: spread(
        rounds.map((round) => round.quory),
        0,
      ),
    },
    'quory / pgbench': { quory: spread(rounds.map((round) => round.quory / round.pgbench)) },
    'server CPU, ms per question': { quory: spread(rounds.map((round) => round.cpu)) },
  })
}

function chatId(number: number): ChatId {
  return `${chatIdPrefix}${firstChatNumber + number}` as ChatId
}

async function insertChats(db: Database, projectId: ProjectId): Promise<UserId> {
  const { owner_id } = await db.query
    .selectFrom('projects')
    .select('owner_id')
    .where('id', '=', projectId)
    .executeTakeFirstOrThrow()
  const times = { created_at: now(), updated_at: now() }
  const shared = { project_id: projectId, owner_id, owner: owner_id, name: 'bench', ...times }
  const rows = Array.from({ length: chats }, (_, i) => ({
    ...shared,
    id: chatId(i),
    message_count: 0,
    last_position: 0,
  }))
  await db.query.insertInto('chats').values(rows).execute()
  return owner_id
}

async function ask(url: string, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${benchKey}`, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ content }) })
  if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
}

/** Questions accepted per second. */
async function measureQuory(url: string, projectPath: string, forSeconds: number): Promise<number> {
  const body = JSON.stringify({ content })
  const startedAt = performance.now()
  let accepted = 0
  await runClosedLoop({
    url,
    connections,
    next: () => {
      if (performance.now() - startedAt > forSeconds * 1_000) return undefined
      return {
        key: benchKey,
        method: 'POST',
        path: `${projectPath}/chats/${chatId(Math.floor(Math.random() * chats))}/messages`,
        body,
      }
    },
    done: (_call, status) => {
      if (status !== 201) throw new Error(`A question was answered ${status}`)
      accepted += 1
    },
  })
  return accepted / ((performance.now() - startedAt) / 1_000)
}

/** The machine's own, which often is beside the server's programs only. */
function findPgbench(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root) : []
  const candidates = ['pgbench', ...versions.map((version) => join(root, version, 'bin/pgbench'))]
  return candidates.find((candidate) => spawnSync(candidate, ['--version']).status === 0)
}

function runPgbench(
  pgbench: string,
  url: string,
  file: string,
  variables: ReadonlyMap<string, string>,
  round: number,
): number {
  // Each round counts from where no other can come.
  const all = new Map([...variables, ['offset', String(round * 100_000_000)]])
  const definitions = [...all].flatMap(([name, value]) => ['-D', `${name}=${value}`])
  const args = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds), '-f', file]
  const { stdout, stderr, status } = spawnSync(pgbench, [...args, ...definitions, url], { encoding: 'utf8' })
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1]
  if (status !== 0 || rate === undefined) throw new Error(`pgbench failed: ${stderr}`)
  return Number(rate)
}

await main()
