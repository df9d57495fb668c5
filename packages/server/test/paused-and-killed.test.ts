import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { openPostgres } from '../src/database/postgres.ts'
import { ingestKind } from '../src/ingestion/ingest-source.ts'
import { trainingKind } from '../src/ingestion/training/training.ts'
import { createTestDatabase, type DatabasePlace } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { findOrphanRows } from './support/orphans.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'
import { parseEvents, type StreamEvent, until } from './support/start-test-app.ts'

/** Longer than any test: whatever ends it is a fault or a take-over. */
const words = Array.from({ length: 5_000 }, (_, index) => `w${index} `)
/** Seconds of reading, in a process of its own. */
const bigTable = `name,size\n${Array.from({ length: 60_000 }, (_, index) => `city ${index},${index * 7}`).join('\n')}\n`
const textOf = (events: readonly StreamEvent[]) => {
  const restart = events.findLastIndex(({ event }) => event === 'message_restart')
  return events
    .slice(restart + 1)
    .map(({ event, data }) => (event === 'message_chunk' ? data.content_chunk : ''))
    .join('')
}

let place: DatabasePlace
let db: Database
let model: ModelServer
let servers: ServerProcess[]
beforeEach(async () => {
  place = await createTestDatabase('postgres')
  db = openPostgres(place.databaseUrl ?? '')
  model = await startModelServer()
  servers = []
})
afterEach(async () => {
  for (const server of servers) server.child.kill('SIGCONT')
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
  await model[Symbol.asyncDispose]()
  await db[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
})

async function start(...options: readonly string[]): Promise<ServerProcess> {
  const env = {
    DATABASE_URL: place.databaseUrl ?? '',
    QUORY_DATA_DIR: place.dataDir,
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: 'sk-test',
  }
  const server = await startServerProcess(env, { options })
  servers.push(server)
  return server
}

async function aProject(server: ServerProcess): Promise<string> {
  return `/v1/projects/${(await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
}

async function ask(server: ServerProcess, project: string, content: string) {
  const chat = `${project}/chats/${(await server.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
  const { body } = await server.call('POST', `${chat}/messages`, { content })
  return { chat, reply: `${chat}/messages/${body.metadata.assistant_message_id}` }
}

async function upload(server: ServerProcess, project: string): Promise<string> {
  const form = aForm(['f', aFile(bigTable), 'big.csv'])
  const { body } = await server.call('POST', `${project}/data-sources/upload`, form)
  return `${project}/data-sources/${body.data_sources[0].id}`
}

const untilText = (server: ServerProcess, reply: string, length = 1) =>
  until(
    () => server.call('GET', reply),
    ({ body }) => body.content.length >= length,
    20_000,
  )

const callsFor = (content: string) => model.requests.filter(({ body }) => body.messages.at(-1)?.content === content)

it('a node that was paused for longer than its leases finds everything taken over, and writes nothing more', async () => {
  model.script((body, index) => {
    const isFirst = callsFor(body.messages.at(-1)?.content ?? '').length <= 1 && index < 2
    return isFirst ? { text: words, tokenDelayMs: 20 } : 'Whole.'
  })
  const paused = await start()
  // Answers nothing itself, so that everything is on the other one when it is paused.
  const other = await start('--no-worker')
  const project = await aProject(paused)
  const [answer, cancelled] = await Promise.all([ask(paused, project, 'go on'), ask(paused, project, 'cancel me')])
  await Promise.all([untilText(paused, answer.reply), untilText(paused, cancelled.reply)])
  const readingThere = paused.call('GET', `${answer.chat}/stream`)
  const reading = other.call('GET', `${answer.chat}/stream`)
  const source = await upload(other, project)
  const started = await other.call('POST', `${project}/training`, { data_source_ids: [source.split('/').at(-1)] })
  const training = `${project}/training/${started.body.id}`
  await until(
    () => other.call('GET', training),
    ({ body }) => body.status === 'in_progress',
  )
  const seen = (await untilText(other, answer.reply, 30)).body.content
  paused.child.kill('SIGSTOP')
  const askedAt = performance.now()
  const cancelling = await other.call('POST', `${cancelled.reply}/cancel`)
  expect(cancelling).toMatchObject({ status: 202, body: { status: 'processing' } })
  expect(cancelling.body.cancel_requested_at).not.toBeNull()
  expect(performance.now() - askedAt).toBeLessThan(10_000)
  await start()

  // Ten seconds after its lease of twelve ran out, at the latest, and a machine that may be busy.
  const events = parseEvents((await reading).text)
  expect(performance.now() - askedAt).toBeLessThan(40_000)
  expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
  expect(textOf(events)).toBe('Whole.')
  const ended = await until(
    () => other.call('GET', cancelled.reply),
    ({ body }) => body.status !== 'processing',
  )
  expect(ended.body.status).toBe('cancelled')
  expect(ended.body.content).toMatch(/^w0 /)
  expect(callsFor('cancel me')).toHaveLength(1)
  const done = await until(
    () => other.call('GET', training),
    ({ body }) => body.status === 'completed' || body.status === 'failed',
    60_000,
  )
  expect(done.body).toMatchObject({ status: 'completed', error: null, job: null })
  // Its own job and the training's work side by side: either may be the last.
  const read = await until(
    () => other.call('GET', source),
    ({ body }) => body.job === null,
  )
  expect(read.body).toMatchObject({ status: 'connected', job: null })
  // The job and the training both read it: rows of the document that was replaced go afterwards, piece by piece.
  const before = await until(everything, ({ documents }) => documents.length === 1, 30_000)

  paused.child.kill('SIGCONT')
  // Its own reader catches up with what the other node wrote, event for event.
  expect(parseEvents((await readingThere).text)).toEqual(events)
  for (const { closed } of [...callsFor('go on').slice(0, 1), ...callsFor('cancel me')]) {
    expect(await closed).toBe('aborted')
  }
  const attempts = (await paused.call('GET', `${answer.reply}/attempts`)).body.attempts
  expect(attempts).toHaveLength(1)
  expect(attempts[0].content.startsWith(seen)).toBe(true)
  expect(attempts[0].reason).toBe('the node that generated it died')
  // It works on; what it once held is as the other node left it.
  const next = await ask(paused, project, 'again')
  await until(
    () => paused.call('GET', next.reply),
    ({ body }) => body.status === 'completed',
  )
  await paused.call('DELETE', next.chat)
  expect(await everything()).toEqual(before)
  expect(await findOrphanRows(db)).toEqual([])
}, 120_000)

/** What a late writer would have touched. */
async function everything() {
  return {
    events: await db.query
      .selectFrom('answer_events')
      .select(['answer_id', 'number', 'event'])
      .orderBy('number')
      .execute(),
    answers: await db.query.selectFrom('answers').select(['id', 'state', 'attempt', 'usage']).orderBy('id').execute(),
    documents: await db.query.selectFrom('documents').select(['id', 'passage_count']).execute(),
    // Not those that tidy the index or take in what is said, which come and go by themselves.
    jobs: await db.query
      .selectFrom('jobs')
      .select(['id', 'state', 'attempt', 'completed_at'])
      .where('kind', 'in', [ingestKind, trainingKind])
      .orderBy('id')
      .execute(),
  }
}

it('what kills its node three times is given up: the answer with its longest text, the file with a reason', async () => {
  // The second attempt comes furthest.
  model.script((_, index) => ({ text: words.slice(0, [5, 40, 15][index] ?? 1), tokenDelayMs: 1, ending: 'hang' }))
  let server = await start()
  const project = await aProject(server)
  const { chat, reply } = await ask(server, project, 'hi')
  const source = await upload(server, project)
  const texts: string[] = []
  for (const [round, length] of [5, 40, 15].entries()) {
    const text = words.slice(0, length).join('').trimEnd()
    const shown = await until(
      () => server.call('GET', reply),
      ({ body }) => body.content === text,
    )
    texts.push(shown.body.content)
    const reading = await until(
      () => server.call('GET', source),
      ({ body }) => body.job?.state === 'running' && body.job.attempt === round + 1,
    )
    expect(reading.body.status).toBe('syncing')
    expect(reading.body.job).toMatchObject({
      max_attempts: 3,
      reason: round === 0 ? null : 'The server that made the last attempt stopped in the middle of it.',
    })
    await server.kill('SIGKILL')
    // Another node would wait for the leases; the test does not.
    const past = { lease_expires_at: '2020-01-01T00:00:00.000Z' }
    await db.query.updateTable('answers').set(past).where('state', '=', 'processing').execute()
    await db.query.updateTable('jobs').set(past).where('state', '=', 'running').execute()
    server = await start()
  }
  const failed = await until(
    () => server.call('GET', reply),
    ({ body }) => body.status === 'failed',
  )
  expect(failed.body).toMatchObject({ content: texts[1], error: { code: 'attempts_exhausted' } })
  expect(model.requests).toHaveLength(3)
  const { attempts } = (await server.call('GET', `${reply}/attempts`)).body
  expect(attempts.map((attempt: { content: string }) => attempt.content)).toEqual(texts)
  // Whoever reads the stream holds in the end what the message says.
  const events = parseEvents((await server.call('GET', `${chat}/stream`)).text)
  expect(textOf(events)).toBe(texts[1])
  expect(events.at(-1)).toMatchObject({
    event: 'message_complete',
    data: { status: 'failed', error: failed.body.error },
  })
  const given = await until(
    () => server.call('GET', source),
    ({ body }) => body.status === 'error',
  )
  expect(given.body).toMatchObject({
    error: 'The server stopped three times while it read this; it was not tried again.',
    job: null,
    documents: [],
  })
  expect(await findOrphanRows(db)).toEqual([])
}, 120_000)
