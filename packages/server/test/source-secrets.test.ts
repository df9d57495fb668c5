import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../src/database/open-database.ts'
import type { ProjectId, SourceId } from '../src/ids.ts'
import { openConfiguration } from '../src/ingestion/seal-configuration.ts'
import { findSource } from '../src/ingestion/source-store.ts'
import { deriveKey, SecretBox } from '../src/secrets/secret-box.ts'
import { createTestDatabase, type DatabasePlace, engines, settingsOf } from './support/databases.ts'
import { runCommandProcess } from './support/server-process.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const token = 'ghp_never_in_clear_1234567890'
const configuration = { username: 'acme', access_token: token, my_api_key: `own ${token}` }
const [oldSecret, newSecret] = ['the first secret of this test', 'the second secret of this test']

async function aSource(app: TestApp, name = 'p') {
  const project = (await app.call('POST', '/v1/projects', { name, organization_id: 'o' })).body.id
  const body = { type: 'github', name: 'Code', configuration }
  const made = await app.call('POST', `/v1/projects/${project}/data-sources`, body)
  return { made, project, path: `/v1/projects/${project}/data-sources/${made.body.id}` }
}

/** Every byte that the database holds of its tables. */
async function readRaw(place: DatabasePlace): Promise<string> {
  if (place.databaseUrl === undefined) {
    return ['quory.db', 'quory.db-wal'].map((name) => readFileSync(join(place.dataDir, name), 'latin1')).join('')
  }
  await using db = await openDatabase(place)
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public'`.execute(db.query)
  const texts = tables.map(async ({ name }) => {
    const { rows } = await sql`select ${sql.table(name)}::text as row from ${sql.table(name)}`.execute(db.query)
    return JSON.stringify(rows)
  })
  return (await Promise.all(texts)).join('')
}

describe.each(engines)('passwords of data sources on %s', (engine) => {
  it('stand nowhere in clear: not in answers, not in the database', async () => {
    await using place = await createTestDatabase(engine)
    await using app = await startTestApp({ engine, place })
    const { made, path } = await aSource(app)
    expect(made.status).toBe(201)
    const masked = { username: 'acme', access_token: '********', my_api_key: '********' }
    expect(made.body.configuration).toEqual(masked)
    const changed = await app.call('PUT', path, { configuration: { ...masked, username: 'other' } })
    expect(changed.body.configuration).toEqual({ ...masked, username: 'other' })
    expect((await app.call('GET', path)).text).not.toContain(token)
    const raw = await readRaw(place)
    expect(raw).toContain('other')
    expect(raw).not.toContain(token)
    if (engine === 'sqlite') expect(statSync(join(place.dataDir, 'secret-key')).mode & 0o777).toBe(0o600)
  })

  it('are encrypted with the new secret after a restart, and open with it alone', async () => {
    await using place = await createTestDatabase(engine)
    const before = await startTestApp({ engine, place, env: { QUORY_SECRET: oldSecret } })
    const { project, made } = await aSource(before)
    // As an earlier version stored it.
    const clear = (await aSource(before, 'clear')).made
    expect(clear.status).toBe(201)
    await before.app[Symbol.asyncDispose]()
    await using db = await openDatabase(place)
    await db.query
      .updateTable('sources')
      .set({ configuration: JSON.stringify(configuration), secret_key: 'clear' })
      .where('id', '=', clear.body.id)
      .execute()
    const env = { QUORY_SECRET: newSecret, QUORY_SECRET_PREVIOUS: `another one, ${oldSecret}` }
    const after = await startTestApp({ engine, place, env })
    const { id } = deriveKey(newSecret)
    const keys = () => db.query.selectFrom('sources').select('secret_key').execute()
    await until(keys, (rows) => rows.every(({ secret_key }) => secret_key === id))
    await after.app[Symbol.asyncDispose]()
    // Both came from this server.
    const ref = { projectId: project as ProjectId, sourceId: made.body.id as SourceId }
    const source = await findSource(db.query, ref)
    const stored = source?.configuration ?? {}
    const box = new SecretBox({ current: deriveKey(newSecret), previous: [] })
    expect(openConfiguration(box, ref, 'github', stored)).toEqual(configuration)
    const elsewhere = { ...ref, sourceId: clear.body.id as SourceId }
    expect(() => openConfiguration(box, elsewhere, 'github', stored)).toThrow(/cannot be read/)
    const other = new SecretBox({ current: deriveKey(oldSecret), previous: [] })
    expect(() => openConfiguration(other, ref, 'github', stored)).toThrow(/QUORY_SECRET_PREVIOUS/)
  })

  it('are encrypted with the new secret by a command, which can be run again', { timeout: 30_000 }, async () => {
    await using place = await createTestDatabase(engine)
    const app = await startTestApp({
      engine,
      place,
      env: { QUORY_SECRET: oldSecret, QUORY_SECRET_PREVIOUS: newSecret },
    })
    const { project, made } = await aSource(app)
    await aSource(app, 'another')
    const isShared = engine === 'postgres'
    const rotate = async (previous: string) => {
      const env = {
        ...settingsOf(place),
        QUORY_SECRET: newSecret,
        QUORY_SECRET_PREVIOUS: previous,
      }
      const { exit, output } = runCommandProcess(['secrets', 'rotate'], { ...env, QUORY_LOG_LEVEL: 'silent' })
      return { code: await exit, ...output }
    }
    if (!isShared) {
      expect(await rotate(oldSecret)).toMatchObject({ code: 1, stderr: expect.stringMatching(/in use|running/i) })
      await app[Symbol.asyncDispose]()
    }
    expect(await rotate('neither of them')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Those of 2 data sources open with none.*QUORY_SECRET_PREVIOUS/),
    })
    const done = 'Encrypted the passwords of 2 data sources with the current secret.\n'
    expect(await rotate(oldSecret)).toEqual({ code: 0, stdout: done, stderr: '' })
    expect(await rotate(oldSecret)).toMatchObject({ code: 0, stdout: expect.stringContaining(' 0 data sources') })
    await using db = await openDatabase(place)
    const ref = { projectId: project as ProjectId, sourceId: made.body.id as SourceId }
    const box = new SecretBox({ current: deriveKey(newSecret), previous: [] })
    const stored = (await findSource(db.query, ref))?.configuration ?? {}
    expect(openConfiguration(box, ref, 'github', stored)).toEqual(configuration)
    if (isShared) await app[Symbol.asyncDispose]()
  })

  it('are asked for by name when they are missing, of another type, or none of the choices', async () => {
    await using app = await startTestApp({ engine })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const path = `/v1/projects/${project}/data-sources`
    const wrong = await app.call('POST', path, { type: 'github', name: 'n', configuration: { username: 7 } })
    expect(wrong.status).toBe(422)
    expect(wrong.body.detail).toEqual([
      {
        type: 'string_type',
        loc: ['body', 'configuration', 'username'],
        msg: 'Input should be a valid string',
        input: '********',
      },
    ])
    for (const [type, field, choices] of [
      ['web', 'crawl', "'page' or 'site'"],
      ['s3', 'force_path_style', "'true' or 'false'"],
    ] as const) {
      const other = { type, name: 'n', configuration: { [field]: 'maybe' } }
      const problem = {
        type: 'enum',
        loc: ['body', 'configuration', field],
        msg: `Input should be ${choices}`,
        input: '********',
        ctx: { expected: choices },
      }
      expect((await app.call('POST', path, other)).body.detail).toEqual([problem])
      const blank = (await app.call('POST', path, { ...other, configuration: { [field]: '' } })).body
      const changed = await app.call('PUT', `${path}/${blank.id}`, { configuration: other.configuration })
      expect([changed.status, changed.body.detail]).toEqual([422, [problem]])
      await app.call('DELETE', `${path}/${blank.id}`)
    }
    expect((await app.call('GET', path)).body.data_sources).toEqual([])
    const { id } = (await app.call('POST', path, { type: 'github', name: 'n' })).body
    expect((await app.call('POST', `${path}/${id}/validate`)).body).toEqual({
      status: 'error',
      message: 'Missing: username.',
    })
    const sync = await app.call('POST', `${path}/${id}/sync`)
    expect([sync.status, sync.body.detail.map(({ loc }: { loc: string[] }) => loc.at(-1))]).toEqual([422, ['username']])
  })
})

it('with PostgreSQL and no secret no password is stored, and the refusal says what to do', async () => {
  await using app = await startTestApp({ engine: 'postgres', env: { QUORY_SECRET: '' } })
  const { made, project } = await aSource(app)
  expect([made.status, made.body.code]).toEqual([503, 'secret_key_missing'])
  expect(made.body.detail).toContain('QUORY_SECRET')
  expect((await app.call('GET', `/v1/projects/${project}/data-sources`)).body.data_sources).toEqual([])
})
