import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { removalKind } from '../src/projects/removed-project-store.ts'
import { createTestDatabase, type DatabasePlace, engines, settingsOf } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { findOrphanFiles, findOrphanRows } from './support/orphans.ts'
import { countProjectRows } from './support/project-rows.ts'
import { letJobsRun, putOffJobs } from './support/put-off-jobs.ts'
import { aPerson } from './support/quivr-people.ts'
import { idNames } from './support/route-cases.ts'
import { type Ids, idsIn, send, tableRequests, withoutIds } from './support/route-requests.ts'
import { anOwner, answerUnlessAskedToWait, neverIds, type Owner } from './support/route-world.ts'
import { startServerProcess } from './support/server-process.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

/** What is named in requests and is in the project. */
const inProject = idNames.filter((name) => !['user_id', 'key_id', 'prompt_id', 'email'].includes(name))
const isInProject = new Set<string>(inProject)

describe.each(engines)('a deleted project on %s', (engine) => {
  let place: DatabasePlace
  let models: ModelServer
  let app: TestApp
  let db: Database
  let ada: Owner
  beforeAll(async () => {
    place = await createTestDatabase(engine)
    models = await startModelServer()
    models.script(answerUnlessAskedToWait)
    app = await startTestApp({ engine, place, env: { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' } })
    db = await openDatabase(app.config)
    ada = await anOwner(app, 'ada', { isAnswerRunning: true })
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  it('is to everybody as if it never was from the answer on, while its rows are still there', async () => {
    const bob = await aPerson(app, 'bob')
    const path = `/v1/projects/${ada.ids.project_id}`
    expect((await ada.call('PUT', `${path}/members/${bob.id}`, { role: 'editor' })).status).toBe(200)
    await putOffJobs(db, removalKind)
    expect((await ada.call('DELETE', path)).status).toBe(204)
    expect(await countProjectRows(db, ada.ids.project_id)).toMatchObject({ messages: 4, documents: 2, sources: 2 })

    const failures: unknown[] = []
    const never: Ids = { ...ada.ids, ...Object.fromEntries(inProject.map((name) => [name, neverIds()[name]])) }
    for (const [who, key] of Object.entries({ ada: ada.key, bob: bob.key, administrator: app.adminKey })) {
      for (const request of tableRequests().filter((one) => idsIn(one).some((name) => isInProject.has(name)))) {
        const found = withoutIds(await send(app.url, key, request, ada.ids), ada.ids)
        const unknown = withoutIds(await send(app.url, key, request, never), never)
        if (JSON.stringify(found) !== JSON.stringify(unknown))
          failures.push({ who, name: request.name, found, unknown })
      }
      for (const list of ['/v1/projects?organization_id=acme', '/brains/', '/chat', '/v1/models']) {
        const { text } = await app.as(key)('GET', list)
        for (const id of inProject) expect(text, `${who}: ${list}`).not.toContain(ada.ids[id])
      }
    }
    expect(failures).toEqual([])
    // Nor did any of these requests bring anything to life.
    expect(await countProjectRows(db, ada.ids.project_id)).toMatchObject({ projects: 1, messages: 4, sources: 2 })
  })

  it('leaves its name free at once', async () => {
    const again = { name: 'Project of ada', organization_id: 'acme' }
    expect((await ada.call('POST', '/v1/projects', again)).status).toBe(201)
  })

  it('is nowhere any more in the end, with its files', async () => {
    await letJobsRun(db)
    await app.app.jobs.idle()
    expect(await countProjectRows(db, ada.ids.project_id)).toEqual({})
    expect(await findOrphanRows(db)).toEqual([])
    expect(await findOrphanFiles(db, place)).toEqual([])
  })

  it('goes with its user in the same way, home project and all', async () => {
    const eve = await aPerson(app, 'eve')
    const home = (await eve.call('GET', '/v1/me')).body.default_project_id
    const upload = aForm(['files', aFile('The bell of eve weighs 12 kilograms.'), 'bell.txt'])
    expect((await eve.call('POST', `/v1/projects/${home}/data-sources/upload`, upload)).status).toBe(201)
    await app.app.jobs.idle()
    expect((await app.call('DELETE', `/v1/users/${eve.id}`)).status).toBe(200)
    expect((await app.call('GET', `/v1/projects/${home}`)).status).toBe(404)
    await app.app.jobs.idle()
    expect(await countProjectRows(db, home)).toEqual({})
    expect(await findOrphanFiles(db, place)).toEqual([])
  })

  it('goes on going after a kill in the middle', async () => {
    await using other = await createTestDatabase(engine)
    const env = settingsOf(other)
    const projectId = await (async () => {
      await using first = await startServerProcess(
        { ...env, DIE_AT: 'delete from "document_texts"' },
        { flags: ['--import', join(import.meta.dirname, 'support/die-at-statement.ts')] },
      )
      const { body } = await first.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
      const path = `/v1/projects/${body.id}`
      await first.call('POST', `${path}/data-sources/upload`, aForm(['files', aFile('A bell.'), 'bell.txt']))
      await until(
        () => first.call('GET', `${path}/data-sources`),
        ({ body }) => body.data_sources[0].status === 'connected',
      )
      expect((await first.call('DELETE', path)).status).toBe(204)
      await until(
        async () => first.child.signalCode,
        (signal) => signal === 'SIGKILL',
      )
      return body.id as string
    })()
    await using rows = await openDatabase({ ...other })
    const left = await countProjectRows(rows, projectId)
    expect(left).toMatchObject({ projects: 1, documents: 1, document_texts: 1 })
    expect(left['passages']).toBeUndefined()
    if (engine === 'postgres') {
      await rows.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
    }
    await using second = await startServerProcess(env)
    expect((await second.call('GET', `/v1/projects/${projectId}`)).status).toBe(404)
    await until(
      () => countProjectRows(rows, projectId),
      (counts) => Object.keys(counts).length === 0,
    )
    expect(await findOrphanFiles(rows, other)).toEqual([])
  })
})
