import { existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

async function aProject(app: TestApp): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  return `/v1/projects/${body.id}`
}

function filesIn(app: TestApp) {
  const all = readdirSync(join(app.config.dataDir, 'files'), { recursive: true, withFileTypes: true })
  return all.filter((entry) => entry.isFile())
}

describe('uploads', () => {
  it('store every file of a form that can be, and say of each other why not', async () => {
    await using app = await startTestApp({ env: { QUORY_MAX_UPLOAD_MB: '1' } })
    const project = await aProject(app)
    const form = aForm(
      ['files', aFile('one'), 'one.txt'],
      ['files', aFile('x'.repeat(1_000_001)), 'large.txt'],
      ['note', 'ignored'],
      ['more', aFile('one'), 'same.txt'],
      ['files', aFile('a,b\n1,2\n'), 'C:\\tables\\two.csv'],
    )
    const { status, body } = await app.call('POST', `${project}/data-sources/upload`, form)
    expect(status).toBe(201)
    expect(body.data_sources.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
      ['one.txt', 'direct_upload'],
      ['two.csv', 'csv_upload'],
    ])
    expect(body.errors).toEqual([
      { file_name: 'large.txt', code: 'body_too_large', detail: 'File size exceeds the 1MB limit' },
      { file_name: 'same.txt', code: 'data_source_exists', detail: expect.stringContaining('"one.txt"') },
    ])
    await app.app.jobs.idle()
    expect(filesIn(app)).toHaveLength(2)
  })

  it('keep what was stored when a form holds more files than one may', async () => {
    await using app = await startTestApp()
    const project = await aProject(app)
    const files = Array.from({ length: 102 }, (_, i) => ['files', aFile(`file ${i}`), `${i}.txt`] as const)
    const { status, body } = await app.call('POST', `${project}/data-sources/upload`, aForm(...files))
    expect(status).toBe(201)
    expect(body.data_sources).toHaveLength(100)
    expect(body.errors).toEqual([
      { file_name: null, code: 'body_too_large', detail: expect.stringContaining('Too many files') },
    ])
    const first = await app.call('GET', `${project}/data-sources?limit=60`)
    expect(first.body.data_sources).toHaveLength(60)
    const cursor = first.headers.get('x-next-cursor')
    const rest = await app.call('GET', `${project}/data-sources?limit=60&cursor=${cursor}`)
    const names = [...first.body.data_sources, ...rest.body.data_sources].map(({ name }) => name)
    expect(names).toEqual(Array.from({ length: 100 }, (_, i) => `${i}.txt`))
    expect(rest.headers.get('x-next-cursor')).toBeNull()
  })

  it.each(engines)('of the same files in other orders, at once, are stored once each on %s', async (engine) => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const files = Array.from({ length: 20 }, (_, i) => ['files', aFile(`file ${i}`), `${i}.txt`] as const)
    const forms = Array.from({ length: 4 }, (_, i) => aForm(...(i % 2 === 0 ? files : files.toReversed())))
    const replies = await Promise.all(forms.map((form) => app.call('POST', `${project}/data-sources/upload`, form)))
    const stored = replies.flatMap(({ body }) => body.data_sources ?? [])
    expect(stored.map(({ name }) => name).sort()).toEqual(files.map(([, , name]) => name).sort())
    for (const { status } of replies) expect([201, 409]).toContain(status)
  })

  it('to a project that is being deleted are refused or go with it, and leave nothing', async () => {
    await using app = await startTestApp()
    for (let round = 0; round < 10; round++) {
      const project = await aProject(app)
      const uploads = Array.from({ length: 6 }, (_, i) =>
        app.call('POST', `${project}/data-sources/upload`, aForm(['files', aFile(`file ${i}`), `${i}.txt`])),
      )
      expect((await Promise.race(uploads)).status).toBe(201)
      expect((await app.call('DELETE', project)).status).toBe(204)
      for (const { status } of await Promise.all(uploads)) expect([201, 404]).toContain(status)
    }
    await app.app.jobs.idle()
    expect(filesIn(app)).toEqual([])
  })

  it('take a file of exactly the allowed size, and not one byte more', async () => {
    await using app = await startTestApp({ env: { QUORY_MAX_UPLOAD_MB: '1' } })
    const project = await aProject(app)
    const post = async (size: number) =>
      (await app.call('POST', `${project}/data-sources/upload`, aForm(['f', aFile('é'.repeat(size / 2)), 'f.txt'])))
        .status
    expect(await post(1_000_002)).toBe(413)
    expect(await post(1_000_000)).toBe(201)
    await app.app.jobs.idle()
  })

  it('answer a form without a file, a body that is no form, and a form that breaks off', async () => {
    await using app = await startTestApp()
    const url = `${await aProject(app)}/data-sources/upload`
    const none = await app.call('POST', url, aForm(['note', 'x']))
    expect(none).toMatchObject({ status: 422, body: { detail: [{ type: 'missing', loc: ['body', 'file'] }] } })
    const json = { 'content-type': 'application/json' }
    expect((await app.call('POST', url, '{}', json)).status).toBe(422)
    expect((await app.call('POST', url, '{"file":"x"}', json)).status).toBe(415)
    expect((await app.call('POST', url, 'x', { 'content-type': 'application/octet-stream' })).status).toBe(415)
    const type = { 'content-type': 'multipart/form-data; boundary=b' }
    const head = '--b\r\ncontent-disposition: form-data; name="f"; filename="f.txt"\r\n\r\n'
    for (const body of [`${head}never ended`, 'no boundary at all', '--b--']) {
      const { status } = await app.call('POST', url, body, type)
      expect([400, 422], body).toContain(status)
    }
    expect((await app.call('POST', url, 'x', { 'content-type': 'multipart/form-data' })).status).toBe(400)
    const list = (await app.call('GET', url.replace('/upload', ''))).body.data_sources
    expect(list).toEqual([])
  })

  it('answer any form at all without a fault of the server', async () => {
    await using app = await startTestApp({ engine: 'postgres' })
    const project = await aProject(app)
    const piece = fc.oneof(
      fc.constantFrom(
        '--b\r\n',
        '--b--\r\n',
        '\r\n\r\n',
        '\r\n',
        'content-disposition: form-data; name="file"; filename="a.csv"\r\n',
        'content-disposition: form-data; name="name"\r\n',
        'content-disposition: form-data; name="__proto__"; filename="x"\r\n',
        `content-disposition: form-data; name="file"; filename*=UTF-8''%00%ff%e2%80%ae.csv\r\n`,
        'content-type: application/json\r\n',
        'content-transfer-encoding: base64\r\n',
        'a,b\n1,2\n',
        '\u0000',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    )
    const body = fc.array(piece, { maxLength: 14 }).map((pieces) => `--b\r\n${pieces.join('')}`)
    const routes = fc.constantFrom('upload', 'csv-upload')
    await fc.assert(
      fc.asyncProperty(routes, body, async (route, text) => {
        const type = { 'content-type': 'multipart/form-data; boundary=b' }
        const { status } = await app.call('POST', `${project}/data-sources/${route}`, text, type)
        expect(status).toBeLessThan(500)
      }),
      { numRuns: 150 },
    )
  })

  it('leave nothing when the client hangs up in the middle', async () => {
    await using app = await startTestApp()
    const url = new URL(`${app.url}${await aProject(app)}/data-sources/upload`)
    const socket = connect(Number(url.port), url.hostname)
    const head = '--b\r\ncontent-disposition: form-data; name="f"; filename="f.txt"\r\n\r\n'
    socket.write(
      `POST ${url.pathname} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${app.adminKey}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n${head}${'x'.repeat(100_000)}`,
    )
    const temporary = join(app.config.dataDir, 'tmp')
    const underWay = async () => (existsSync(temporary) ? readdirSync(temporary) : [])
    await until(underWay, (files) => files.length === 1)
    socket.destroy()
    await until(underWay, (files) => files.length === 0)
    const list = (await app.call('GET', url.pathname.replace('/upload', ''))).body.data_sources
    expect(list).toEqual([])
  })
})
