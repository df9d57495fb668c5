import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../support/databases.ts'
import { aFile, aForm } from '../support/forms.ts'
import { startTestApp, type TestApp, until } from '../support/start-test-app.ts'

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const unknown = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const small = 'city,country,population\nParis,France,2103000\nLyon,France,522000\n"Bad, Ems",Germany,9700\n'

/** Tests 18 to 20 of the contract, as far as they are about data. */
describe.each(engines)('Chicory data on %s', (engine) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ engine, env: { QUORY_MAX_UPLOAD_MB: '1' } })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  let names = 0
  const aProject = async () => {
    const { body } = await app.call('POST', '/v1/projects', { name: `p${++names}`, organization_id: 'o1' })
    return { id: body.id as string, path: `/v1/projects/${body.id}` }
  }
  const csvUpload = (path: string, content = small, fileName = 'small.csv', fields: Record<string, string> = {}) =>
    app.call(
      'POST',
      `${path}/data-sources/csv-upload`,
      aForm(['name', fields['name'] ?? 'Cities'], ['description', 'd'], ['file', aFile(content), fileName]),
    )

  it('18. deleting a project takes its sources, documents and trainings', async () => {
    const { id, path } = await aProject()
    const source = (await csvUpload(path)).body
    const training = (await app.call('POST', `${path}/training`, { data_source_ids: [source.id] })).body
    expect((await app.call('DELETE', path)).status).toBe(204)
    await app.app.jobs.idle()
    for (const gone of [`/data-sources`, `/data-sources/${source.id}`, `/training`, `/training/${training.id}`]) {
      const { status, body } = await app.call('GET', path + gone)
      expect(status).toBe(404)
      expect(body.detail).toBe(`Project with ID ${id} not found`)
    }
    expect((await app.call('POST', `${path}/search`, { query: 'Paris' })).status).toBe(404)
  })

  it('19. a CSV file is a connected source at once, with its shape', async () => {
    const { id, path } = await aProject()
    const { status, body } = await csvUpload(path)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      project_id: id,
      type: 'csv_upload',
      name: 'Cities',
      status: 'connected',
      configuration: {
        original_filename: 'small.csv',
        file_size: Buffer.byteLength(small),
        row_count: 3,
        column_count: 3,
        columns: ['city', 'country', 'population'],
      },
    })
    expect(body.created_at).toMatch(time)
    await app.app.jobs.idle()
    const { passages } = (await app.call('POST', `${path}/search`, { query: 'population of Bad Ems' })).body
    expect(passages[0]).toMatchObject({ data_source_id: body.id, document_name: 'small.csv' })
    expect(passages[0].text).toContain('9700')
    const validation = await app.call('POST', `${path}/data-sources/${body.id}/validate`)
    expect(validation).toMatchObject({ status: 200, body: { status: 'success', message: expect.any(String) } })
    const list = (await app.call('GET', `${path}/data-sources`)).body.data_sources
    expect(list).toHaveLength(1)
    expect(list[0]).toMatchObject({ id: body.id, status: 'connected' })
    const gone = await app.call('DELETE', `${path}/data-sources/${body.id}`)
    expect(gone).toMatchObject({ status: 200, body: { message: 'Data source deleted successfully' } })
  })

  it.each([
    ['another kind of file', small, 'small.txt', 400, /^Uploaded file must be a CSV file$/],
    [
      'a row longer than its header',
      'a,b\n1,2\n1,2,3\n',
      'a.csv',
      400,
      /^Invalid CSV file: Expected 2 fields in line 3, saw 3$/,
    ],
    ['a quote never closed', 'a,b\n"1,2\n', 'a.csv', 400, /^Invalid CSV file: .*Quote/],
    ['nothing in it', '', 'a.csv', 400, /^Invalid CSV file: /],
    ['no text', '\u0000\u0001\u0002\u0000'.repeat(50), 'a.csv', 400, /^Invalid CSV file: /],
    ['more bytes than allowed', 'a,b\n'.repeat(300_000), 'a.csv', 413, /^File size exceeds the 1MB limit$/],
  ])('19. a CSV upload with %s is refused in words', async (_, content, fileName, status, detail) => {
    const { path } = await aProject()
    const response = await csvUpload(path, content, fileName)
    expect([response.status, response.body.detail]).toEqual([status, expect.stringMatching(detail)])
    expect((await app.call('GET', `${path}/data-sources`)).body.data_sources).toEqual([])
  })

  it('19. a form without its fields names each of them', async () => {
    const { path } = await aProject()
    const url = `${path}/data-sources/csv-upload`
    const without = await app.call('POST', url, aForm(['name', 'Cities']))
    expect(without.status).toBe(422)
    expect(without.body.detail).toMatchObject([{ type: 'missing', loc: ['body', 'file'], msg: 'Field required' }])
    const empty = await app.call('POST', url, aForm(['other', 'x']))
    expect(empty.body.detail.map(({ loc }: { loc: string[] }) => loc)).toEqual([
      ['body', 'name'],
      ['body', 'file'],
    ])
    const long = await app.call('POST', url, aForm(['name', 'n'.repeat(101)], ['file', aFile(small), 'a.csv']))
    expect(long.body.detail).toMatchObject([{ type: 'string_too_long', loc: ['body', 'name'] }])
  })

  it('19. the kinds of data source, with their fields', async () => {
    const { status, body } = await app.call('GET', '/v1/data-source-types')
    expect(status).toBe(200)
    expect(body.data_source_types.map(({ id }: { id: string }) => id)).toEqual([
      'google_drive',
      'github',
      'databricks',
      'web',
      's3',
      'direct_upload',
      'csv_upload',
      'xlsx_upload',
    ])
    for (const type of body.data_source_types) {
      expect(type).toMatchObject({
        name: expect.any(String),
        category: expect.stringMatching(/^(document|code|data)$/),
      })
      // Those that Chicory does not know may say more.
      const ours = type.id === 'web' || type.id === 's3' ? ['options'] : []
      for (const field of type.required_fields) {
        const keys = Object.keys(field).filter((key) => !ours.includes(key))
        expect(keys.toSorted()).toEqual(['description', 'name', 'optional', 'type'])
      }
    }
  })

  it('a cloud source is configured, keeps its secrets to itself, and says why it cannot be connected to', async () => {
    const { path } = await aProject()
    const configuration = {
      username: 'acme',
      access_token: 'ghp_secret',
      base_url: 'http://127.0.0.1:8080',
      extra: { any: ['thing'] },
    }
    const made = await app.call('POST', `${path}/data-sources`, { type: 'github', name: 'Code', configuration })
    expect(made.status).toBe(201)
    const masked = { ...configuration, access_token: '********' }
    expect(made.body).toMatchObject({ type: 'github', status: 'configured', configuration: masked })
    const source = `${path}/data-sources/${made.body.id}`
    const validation = (await app.call('POST', `${source}/validate`)).body
    expect(validation).toEqual({ status: 'error', message: expect.stringContaining('127.0.0.1') })
    const changed = await app.call('PUT', source, { configuration: { ...masked, username: 'other' } })
    expect(changed.body).toMatchObject({ name: 'Code', configuration: { ...masked, username: 'other' } })
    const stored = await app.call('PUT', source, { name: 'Repositories' })
    expect(stored.body).toMatchObject({ name: 'Repositories', configuration: { access_token: '********' } })
    for (const body of [
      { configuration: { access_token: 'ghp_secret' } },
      { type: 'nope', name: 'n', configuration: { access_token: 'ghp_secret' } },
      { type: 'github', name: 'n', configuration: ['ghp_secret'] },
    ]) {
      const refused = await app.call('POST', `${path}/data-sources`, body)
      expect(refused.status).toBe(422)
      expect(refused.text).not.toContain('ghp_secret')
    }
    const missing = `Data source with ID ${unknown} not found in project ${path.split('/').at(-1)}`
    for (const [method, tail] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/validate'],
      ['GET', '/content'],
    ] as const) {
      const { status, body } = await app.call(method, `${path}/data-sources/${unknown}${tail}`)
      expect([status, body.detail]).toEqual([404, missing])
    }
    expect((await app.call('DELETE', `${source}?force=maybe`)).body.detail).toMatchObject([
      { type: 'bool_parsing', loc: ['query', 'force'] },
    ])
  })

  it('20. a training goes from queued to completed, and its progress never falls', async () => {
    const { id, path } = await aProject()
    const sources = [(await csvUpload(path)).body.id, (await csvUpload(path, 'a,b\n1,2\n', 'b.csv')).body.id]
    const made = await app.call('POST', `${path}/training`, { data_source_ids: sources, description: 'first' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      project_id: id,
      data_source_ids: sources,
      status: 'queued',
      description: 'first',
      error: null,
      progress: { steps_completed: 0, total_steps: 2, percent_complete: 0 },
    })
    const training = `${path}/training/${made.body.id}`
    const seen: number[] = []
    const done = await until(
      async () => {
        const { body } = await app.call('GET', training)
        seen.push(body.progress.percent_complete)
        return body
      },
      ({ status }) => status === 'completed' || status === 'failed',
    )
    expect(done).toMatchObject({ status: 'completed', error: null })
    expect(done.progress).toMatchObject({ steps_completed: 2, total_steps: 2, percent_complete: 100 })
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    const forged = await app.call('PUT', training, {
      description: 'second',
      status: 'queued',
      progress: { percent_complete: 1 },
      error: 'e',
    })
    expect(forged.body).toMatchObject({ description: 'second', status: 'completed', error: null })
    expect(forged.body.progress).toEqual(done.progress)
    expect((await app.call('GET', `${path}/training`)).body.training_jobs).toEqual([forged.body])
    const gone = await app.call('DELETE', training)
    expect(gone.body).toEqual({
      message: `Training job ${made.body.id} successfully deleted`,
      deleted_at: expect.stringMatching(time),
    })
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const { status, body } = await app.call(method, training, method === 'PUT' ? { description: 'x' } : undefined)
      expect([status, body.detail]).toEqual([404, `Training job with ID ${made.body.id} not found for project ${id}`])
    }
  })

  it('20. a training that cannot be is refused field by field', async () => {
    const { path } = await aProject()
    const { id } = (await csvUpload(path)).body
    const post = async (body: unknown) => {
      const response = await app.call('POST', `${path}/training`, body)
      return [response.status, response.body.detail?.[0]?.type, response.body.detail?.[0]?.loc]
    }
    expect(await post({})).toEqual([422, 'missing', ['body', 'data_source_ids']])
    expect(await post({ data_source_ids: 'x' })).toEqual([422, 'list_type', ['body', 'data_source_ids']])
    expect(await post({ data_source_ids: [1] })).toEqual([422, 'string_type', ['body', 'data_source_ids', 0]])
    expect(await post({ data_source_ids: [id, unknown] })).toEqual([422, 'value_error', ['body', 'data_source_ids', 1]])
    expect(await post({ data_source_ids: [id], description: 'd'.repeat(501) })).toEqual([
      422,
      'string_too_long',
      ['body', 'description'],
    ])
  })

  it('20. a training of nothing completes, and one of what has no file says so', async () => {
    const { path } = await aProject()
    const github = { type: 'github', name: 'Code', configuration: { access_token: 't' } }
    const source = (await app.call('POST', `${path}/data-sources`, github)).body.id
    const run = async (ids: string[]) => {
      const { body } = await app.call('POST', `${path}/training`, { data_source_ids: ids })
      await app.app.jobs.idle()
      return (await app.call('GET', `${path}/training/${body.id}`)).body
    }
    expect(await run([])).toMatchObject({ status: 'completed', progress: { total_steps: 0, percent_complete: 100 } })
    expect(await run([source])).toMatchObject({ status: 'failed', error: expect.stringContaining('"Code"') })
  })

  it('20. a running training cannot be deleted, and reading again keeps the ids that citations name', async () => {
    const { path } = await aProject()
    const rows = Array.from({ length: 20_000 }, (_, i) => `city ${i},${i * 7}`)
    const { id } = (await csvUpload(path, `name,size\n${rows.join('\n')}\n`, 'big.csv')).body
    await app.app.jobs.idle()
    const before = (await app.call('GET', `${path}/data-sources/${id}`)).body
    const made = (await app.call('POST', `${path}/training`, { data_source_ids: [id] })).body
    const training = `${path}/training/${made.id}`
    await until(
      async () => (await app.call('GET', training)).body.status,
      (status) => status === 'in_progress',
    )
    const refused = await app.call('DELETE', training)
    expect([refused.status, refused.body.detail]).toEqual([
      400,
      `Cannot delete training job ${made.id} because it is currently in progress`,
    ])
    await app.app.jobs.idle()
    expect((await app.call('GET', training)).body.status).toBe('completed')
    const after = (await app.call('GET', `${path}/data-sources/${id}`)).body
    expect(after.documents).toEqual(before.documents)
    expect(after.progress).toEqual(before.progress)
  })
})
