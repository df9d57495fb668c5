import { type Kysely, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/support/databases.ts'
import { startSilentLine } from '../../test/support/silent-line.ts'
import { until } from '../../test/support/start-test-app.ts'
import { createLogger } from '../logger.ts'
import { asHeartbeat } from './heartbeat.ts'
import { openPostgres } from './postgres.ts'
import { PostgresListener } from './postgres-listener.ts'
import type { Schema } from './schema.ts'
import { storageFailureOf } from './storage-failure.ts'

/** Soon, so that a test does not take as long as it does for a user. */
const watching = { doubtAfterMs: 1_000 }

const ask = (db: Kysely<Schema>) => sql<{ one: number }>`select 1 as one`.execute(db)

async function timeOf(work: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startedAt = performance.now()
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { error, ms: performance.now() - startedAt }
}

describe('a line to PostgreSQL that goes dead without a word', () => {
  it('fails what waits on it, as soon as the server is seen not to be busy with it, and what comes next works', async () => {
    await using place = await createTestDatabase('postgres')
    await using line = await startSilentLine(place.databaseUrl ?? '')
    await using db = openPostgres(line.url, watching)
    // Several connections, all of them dead afterwards; only one is asked.
    await Promise.all(Array.from({ length: 4 }, () => sql`select pg_sleep(0.1)`.execute(db.query)))
    line.cut()
    const { error, ms } = await timeOf(ask(db.query))
    expect(storageFailureOf(error)).toBe('in-doubt')
    expect(ms).toBeLessThan(15_000)
    const after = await timeOf(Promise.all([ask(db.query), ask(db.query), ask(db.query)]))
    expect(after.error).toBe(undefined)
    expect(after.ms).toBeLessThan(5_000)
  })

  it('fails what waits when no new connection is to be had either', async () => {
    await using place = await createTestDatabase('postgres')
    await using line = await startSilentLine(place.databaseUrl ?? '')
    await using db = openPostgres(line.url, watching)
    await ask(db.query)
    line.cut({ isDown: true })
    const { error, ms } = await timeOf(ask(db.query))
    expect(storageFailureOf(error)).toBe('in-doubt')
    expect(ms).toBeLessThan(20_000)
    line.mend()
    expect((await ask(db.query)).rows).toEqual([{ one: 1 }])
  })

  it('costs a heartbeat so little that it can be repeated within a lease', async () => {
    await using place = await createTestDatabase('postgres')
    await using line = await startSilentLine(place.databaseUrl ?? '')
    await using db = openPostgres(line.url)
    await asHeartbeat(() => Promise.all([ask(db.query), ask(db.query)]))
    line.cut()
    const { error, ms } = await timeOf(asHeartbeat(() => ask(db.query)))
    expect(storageFailureOf(error)).toBe('in-doubt')
    expect(ms).toBeLessThan(8_000)
    const after = await timeOf(asHeartbeat(() => ask(db.query)))
    expect(after.error).toBe(undefined)
    expect(after.ms).toBeLessThan(3_000)
  })

  it('is noticed by the connection that listens, which then listens on another', async () => {
    await using place = await createTestDatabase('postgres')
    await using line = await startSilentLine(place.databaseUrl ?? '')
    await using db = openPostgres(place.databaseUrl ?? '')
    const heard: string[] = []
    const notify = (channel: string) => sql`select pg_notify(${channel}, 'x')`.execute(db.query)
    await using listener = new PostgresListener({
      url: line.url,
      channel: 'quory',
      logger: createLogger('silent'),
      notify,
      hear: (payload) => heard.push(payload),
      echoWithinMs: 2_000,
      echoEveryMs: 300,
    })
    const hears = (wanted: boolean) =>
      until(
        async () => listener.hears,
        (hears) => hears === wanted,
        20_000,
      )
    await hears(true)
    line.cut()
    await hears(false)
    await hears(true)
    await notify('quory')
    await until(
      async () => heard,
      (payloads) => payloads.length === 1,
    )
  })
})

it('a statement that is at work may take longer than any doubt', async () => {
  await using place = await createTestDatabase('postgres')
  await using db = openPostgres(place.databaseUrl ?? '', watching)
  const { rows } = await sql<{ one: number }>`select 1 as one, pg_sleep(4)`.execute(db.query)
  expect(rows[0]?.one).toBe(1)
})

it('a node that stops in the middle of a transaction does not keep its locks', async () => {
  await using place = await createTestDatabase('postgres')
  await using db = openPostgres(place.databaseUrl ?? '')
  const { rows } = await sql<{ value: string }>`
    select current_setting('idle_in_transaction_session_timeout') as value`.execute(db.query)
  expect(rows).toEqual([{ value: '15s' }])
})
