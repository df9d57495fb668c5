import { describe, expect, it } from 'vitest'
import { openGoogleDrive } from '../src/ingestion/connectors/google-drive.ts'
import { engines } from './support/databases.ts'
import { startDatabricksServer } from './support/databricks-server.ts'
import { startGitHubServer } from './support/github-server.ts'
import { startGoogleDriveServer } from './support/google-drive-server.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'
import { askTables, listTables, query } from './support/tables.ts'

const token = 'a-token-that-nobody-else-may-see-0123456789'

async function startApp(engine: (typeof engines)[number]): Promise<TestApp> {
  return await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: '127.0.0.1' } })
}

async function aSource(app: TestApp, type: string, configuration: Record<string, string>) {
  const { body: project } = await app.call('POST', '/v1/projects', { name: `p ${Math.random()}`, organization_id: 'o' })
  const path = `/v1/projects/${project.id}`
  const made = await app.call('POST', `${path}/data-sources`, { type, name: 'A source', configuration })
  expect(made.status).toBe(201)
  expect(made.text).not.toContain(token)
  const source = `${path}/data-sources/${made.body.id}`
  return {
    project: path,
    source,
    validate: async () => (await app.call('POST', `${source}/validate`)).body,
    sync: async () => {
      expect((await app.call('POST', `${source}/sync`)).status).toBe(202)
      await app.app.jobs.idle()
      return (await app.call('GET', source)).body
    },
    files: async () => {
      const { body } = await app.call('GET', `${source}/files`)
      const files = body.files as { key: string; status: string; reason: string | null; url: string }[]
      return Object.fromEntries(files.map((file) => [file.key, file]))
    },
    search: async (query: string) => {
      const { body } = await app.call('POST', `${path}/search`, { query })
      return body.passages.map((passage: { document_name: string }) => passage.document_name)
    },
  }
}

describe.each(engines)('sources elsewhere on %s', { timeout: 120_000 }, (engine) => {
  it('a repository is tried, synced, searched, and followed when it changes', async () => {
    await using server = await startGitHubServer({ token })
    server.addOwner('octo', 'Organization')
    server.addRepository('octo/app')
    const commit = server.commit('octo/app', {
      'README.md': '# App\n\nThe walrus sleeps on the ice.',
      'docs/old.md': 'The heron stands in the reeds.',
      'package-lock.json': '{}',
    })
    await using app = await startApp(engine)
    const found = await aSource(app, 'github', { access_token: token, username: 'octo', base_url: server.url })
    expect(await found.validate()).toEqual({ status: 'success', message: '1 repository of octo.' })
    expect(await found.sync()).toMatchObject({ status: 'connected', sync: { state: 'completed', mode: 'full' } })
    expect(await found.files()).toMatchObject({
      'octo/app/README.md': { status: 'indexed', url: `${server.url}/octo/app/blob/${commit}/README.md` },
      'octo/app/docs/old.md': { status: 'indexed' },
      'octo/app/package-lock.json': { status: 'skipped', reason: expect.stringMatching(/lock file/) },
    })
    expect(await found.search('walrus')).toEqual(['README.md'])

    server.commit('octo/app', { 'README.md': '# App\n\nThe lynx sleeps in the wood.', 'docs/old.md': null })
    const before = server.requests.length
    expect(await found.sync()).toMatchObject({ sync: { state: 'completed', mode: 'incremental' } })
    expect(server.requests.slice(before).filter(({ path }) => path.includes('/blobs/'))).toHaveLength(1)
    expect(await found.search('lynx')).toEqual(['README.md'])
    expect(await found.search('walrus')).toEqual([])
    expect(await found.search('heron')).toEqual([])

    const shown = (await app.call('GET', found.source)).text
    expect(shown).not.toContain(token)
    expect(JSON.parse(shown).configuration.access_token).toBe('********')
  })

  it('a secret that is kept is not sent to another address than the one it was given for', async () => {
    await using app = await startApp(engine)
    const configuration = { access_token: token, username: 'octo', base_url: 'https://github.example.com' }
    const { source } = await aSource(app, 'github', configuration)
    const change = (changes: Record<string, string>) =>
      app.call('PUT', source, { configuration: { ...configuration, access_token: '********', ...changes } })
    expect((await change({ username: 'mona' })).status).toBe(200)
    const refused = await change({ base_url: 'https://elsewhere.example.com' })
    expect(refused.status).toBe(422)
    expect(refused.body.detail).toMatchObject([
      { loc: ['body', 'configuration', 'access_token'], msg: expect.stringMatching(/base_url.*again/) },
    ])
    expect((await change({ base_url: 'https://elsewhere.example.com', access_token: 'another' })).status).toBe(200)
  })
})

describe('a folder elsewhere', { timeout: 120_000 }, () => {
  it('of Google Drive is tried, synced, searched, and followed when files change and go', async () => {
    await using server = await startGoogleDriveServer()
    const folder = server.put({ name: 'Handbook', mimeType: 'application/vnd.google-apps.folder' })
    const walrus = server.put({ name: 'walrus.txt', content: 'The walrus sleeps on the ice.', parents: [folder] })
    const heron = server.put({ name: 'heron.txt', content: 'The heron stands in the reeds.', parents: [folder] })
    server.put({ name: 'elsewhere.txt', content: 'The otter is in another folder.' })
    await using app = await startTestApp({
      engine: 'sqlite',
      openConnector: (_type, configuration) => openGoogleDrive(configuration, { egress: server.egress }),
    })
    const found = await aSource(app, 'google_drive', { ...server.serviceAccount, folder_id: folder })
    expect(await found.validate()).toMatchObject({ status: 'success' })
    expect(await found.sync()).toMatchObject({ status: 'connected', sync: { state: 'completed', mode: 'full' } })
    expect(await found.files()).toMatchObject({
      [walrus]: { status: 'indexed', url: `https://drive.google.com/file/d/${walrus}/view` },
      [heron]: { status: 'indexed' },
    })
    expect(await found.search('walrus')).toEqual(['walrus.txt'])
    expect(await found.search('otter')).toEqual([])

    server.put({ id: walrus, name: 'walrus.txt', content: 'The walrus swims now, and a lynx looks on.' })
    server.remove(heron)
    const before = server.requests.length
    expect(await found.sync()).toMatchObject({ sync: { state: 'completed', mode: 'incremental' } })
    const downloads = server.requests.slice(before).filter(({ query }) => query.get('alt') === 'media')
    expect(downloads.map(({ path }) => path.split('/').at(-1))).toEqual([walrus])
    expect(await found.search('lynx')).toEqual(['walrus.txt'])
    expect(await found.search('heron')).toEqual([])
    expect(Object.keys(await found.files())).toEqual([walrus])
    const shown = (await app.call('GET', found.source)).text
    expect(shown).not.toContain('PRIVATE KEY')
    expect(JSON.parse(shown).configuration.private_key).toBe('********')
  })
})

describe('tables elsewhere', { timeout: 120_000 }, () => {
  it('tables of a warehouse are tried, synced, searched, and read again only when their data changed', async () => {
    await using server = await startDatabricksServer({ token, warehouseId: 'abc' })
    const orders = ['main', 'sales', 'orders'] as const
    const rows = [
      ['1', 'walrus'],
      ['2', 'lynx'],
    ]
    server.put(orders, { columns: ['id', 'animal'], rows, lastModified: '2026-11-01T00:00:00Z' })
    server.put(['main', 'sales', 'people'], { columns: ['name'], rows: [['Ada Lovelace']], format: 'view' })
    await using app = await startApp('sqlite')
    const found = await aSource(app, 'databricks', {
      host: server.url,
      access_token: token,
      http_path: '/sql/1.0/warehouses/abc',
      catalog: 'main',
    })
    expect(await found.validate()).toEqual({ status: 'success', message: '2 tables in catalog main.' })
    expect(await found.sync()).toMatchObject({ status: 'connected', sync: { state: 'completed' } })
    expect(await found.search('walrus')).toEqual(['orders.csv'])
    expect(await found.search('Lovelace')).toEqual(['people.csv'])
    const tables = await listTables(app, found.project)
    expect(tables).toMatchObject([
      { name: 'orders', file_name: 'orders.csv', row_count: 2, columns: [{ type: 'BIGINT' }, { type: 'VARCHAR' }] },
      { name: 'people', file_name: 'people.csv', row_count: 1 },
    ])
    const sql = "select sum(id) from orders where animal <> 'lynx'"
    expect((await query(app, found.project, sql)).body.rows).toEqual([[1]])
    const { chat, answer } = await askTables(app, found.project, 'What is the highest id in orders?')
    const citation = async () => (await app.call('GET', `${chat}/messages/${answer.id}/citations/1`)).body
    expect(await citation()).toMatchObject({ source_state: 'current', citation: { rows: [[2]] } })

    const before = server.statements.length
    await found.sync()
    const selects = () => server.statements.slice(before).filter((sql) => sql.startsWith('SELECT * '))
    expect(selects()).toEqual(['SELECT * FROM `main`.`sales`.`people`'])
    server.put(orders, { columns: ['id', 'animal'], rows: [['1', 'heron']], lastModified: '2026-11-02T00:00:00Z' })
    server.drop(['main', 'sales', 'people'])
    await found.sync()
    expect(await found.search('heron')).toEqual(['orders.csv'])
    expect(await found.search('Lovelace')).toEqual([])
    const [left, ...others] = await listTables(app, found.project)
    expect([left.id, left.row_count, others]).toEqual([tables[0].id, 1, []])
    expect((await query(app, found.project, 'select animal from orders')).body.rows).toEqual([['heron']])
    expect((await query(app, found.project, 'select * from people')).status).toBe(400)
    const { url, ...changed } = await citation()
    expect(changed).toMatchObject({ source_state: 'changed', citation: { rows: [[2]] } })
    expect((await app.call('GET', url)).text).toContain('heron')
  })

  it('a token that is refused fails the sync in words, and what was read stays', async () => {
    await using server = await startDatabricksServer({ token, warehouseId: 'abc' })
    server.put(['main', 'a', 't'], { columns: ['animal'], rows: [['walrus']] })
    await using app = await startApp('sqlite')
    const configuration = {
      host: server.url,
      access_token: token,
      http_path: '/sql/1.0/warehouses/abc',
      catalog: 'main',
    }
    const found = await aSource(app, 'databricks', configuration)
    await found.sync()
    server.play(() => ({ status: 401, body: { error_code: '401', message: 'Credential was revoked.' } }))
    const failed = await found.sync()
    expect(failed).toMatchObject({ status: 'error', sync: { state: 'failed' } })
    expect(failed.error).toMatch(/does not accept the access token.*still searched/)
    expect(await found.search('walrus')).toEqual(['t.csv'])
  })
})
