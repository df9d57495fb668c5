import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startModelServer } from './support/model-server.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'quory-power-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

interface Sent {
  readonly text: string
  /** The newest sync that was through when this went out. */
  readonly synced: number
}

/** What went out to clients, each with what the disk was sure to hold by then. */
function readRecord(path: string): Sent[] {
  let synced = 0
  const sent: Sent[] = []
  for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
    // Written by record-syncs.ts.
    const entry = JSON.parse(line) as { synced: number } | { sent: string }
    if ('synced' in entry) synced = entry.synced
    else sent.push({ text: entry.sent, synced })
  }
  return sent
}

/** The database as it is after a power cut that leaves nothing but what was synced. */
function openAsCutOff(record: string, synced: number): DatabaseSync {
  const path = join(dataDir, `cut-${synced}.db`)
  copyFileSync(join(dataDir, 'quory.db'), path)
  copyFileSync(`${record}.${synced}`, `${path}-wal`)
  return new DatabaseSync(path)
}

async function talk(server: ServerProcess): Promise<void> {
  const project = (await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
  const chats = `/v1/projects/${project}/chats`
  const talks = Array.from({ length: 6 }, async (_, index) => {
    const chat = `${chats}/${(await server.call('POST', chats, { name: 'c' })).body.id}`
    await server.call('PUT', chat, { name: `renamed ${index}` })
    const asked = server.call('POST', `${chat}/messages`, { content: 'hi' })
    let isOver = false
    // Somebody else looks on, and must not see what is not safe yet either.
    const onlooker = (async () => {
      while (!isOver) await server.call('GET', `${chat}/messages`)
    })()
    const { metadata } = (await asked).body
    const [stream] = await Promise.all([
      server.call('GET', `${chat}/stream`),
      index % 3 === 0
        ? server.call('POST', `${chat}/messages/${metadata.assistant_message_id}/cancel`)
        : server.call('GET', `${chat}/messages`),
    ])
    expect(stream.text).toContain('message_complete')
    await server.call('GET', `${chat}/messages/${metadata.assistant_message_id}`)
    isOver = true
    await onlooker
  })
  await Promise.all(talks)
}

it('whatever a client was told or shown survives a power cut at that very moment', async () => {
  await using model = await startModelServer()
  model.script(() => ({ text: Array.from({ length: 40 }, (_, index) => `w${index} `), tokenDelayMs: 30 }))
  const record = join(dataDir, 'record')
  await using server = await startServerProcess(
    {
      QUORY_DATA_DIR: dataDir,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'none',
      SYNC_RECORD: record,
      SYNC_LOG: join(dataDir, 'quory.db-wal'),
    },
    { flags: ['--import', join(import.meta.dirname, 'support/record-syncs.ts')] },
  )
  await talk(server)
  await server.kill('SIGKILL')

  const checked = { rows: 0, chunks: 0, ends: 0 }
  const databases = new Map<number, DatabaseSync>()
  for (const { text, synced } of readRecord(record)) {
    const facts = [...readFacts(text)]
    if (facts.length === 0) continue
    const db = databases.get(synced) ?? openAsCutOff(record, synced)
    databases.set(synced, db)
    for (const fact of facts) {
      const kept = db.prepare(fact.query).get(...fact.values)
      expect(kept, `${JSON.stringify(fact)} was sent after sync ${synced}`).toBeDefined()
      checked[fact.kind] += 1
    }
  }
  for (const db of databases.values()) db.close()
  expect(checked.rows).toBeGreaterThan(20)
  expect(checked.chunks).toBeGreaterThan(20)
  expect(checked.ends).toBe(6)
})

interface Fact {
  readonly kind: 'rows' | 'chunks' | 'ends'
  readonly query: string
  readonly values: string[]
}

/** What a piece of an answer of ours claims to be so. */
function* readFacts(text: string): Generator<Fact> {
  for (const [, number, name, json] of text.matchAll(/id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/g)) {
    const data = JSON.parse(json ?? '')
    const event = `select 1 from answer_events e join answers a on a.id = e.answer_id where a.message_id = ? and e.number = ?`
    const place = [data.id, number ?? '']
    if (name === 'message_chunk')
      yield {
        kind: 'chunks',
        query: `${event} and e.event ->> 'text' = ?`,
        values: [...place, data.content_chunk],
      }
    if (name === 'message_complete')
      yield {
        kind: 'ends',
        query: `${event} and a.state = ? and a.completed_at = ?`,
        values: [...place, data.status, data.completed_at],
      }
  }
  const json = text.startsWith('{') ? text : /^HTTP\/1.1 2.*?\r\n\r\n(\{.*)$/s.exec(text)?.[1]
  if (json === undefined) return
  const body = JSON.parse(json)
  for (const row of body.messages ?? [body]) yield* readRowFacts(row)
}

function* readRowFacts(row: Readonly<Record<string, string>>): Generator<Fact> {
  const { id, role, status, content, name, organization_id } = row
  if (id === undefined) return
  if (organization_id !== undefined) yield { kind: 'rows', query: 'select 1 from projects where id = ?', values: [id] }
  else if (name !== undefined)
    yield { kind: 'rows', query: 'select 1 from chats where id = ? and name = ?', values: [id, name] }
  else if (role === 'user') yield { kind: 'rows', query: 'select 1 from messages where id = ?', values: [id] }
  else if (status === 'completed' || status === 'cancelled')
    yield {
      kind: 'rows',
      query: 'select 1 from messages where id = ? and status = ? and content = ?',
      values: [id, status, content ?? ''],
    }
}
