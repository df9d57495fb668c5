import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeZip } from './fixtures/make-files.ts'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const handbook = `# Staff handbook

## Holidays

Every employee has 28 days of paid holiday a year. Holidays not taken by March expire.

## Sick leave

Tell your manager before nine in the morning. A doctor's note is needed from the third day.
`

async function aProject(app: TestApp, name = 'p'): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name, organization_id: 'o' })
  return `/v1/projects/${body.id}`
}

async function upload(app: TestApp, project: string, content: string | Uint8Array, name = 'handbook.md') {
  return await app.call('POST', `${project}/data-sources/upload`, aForm(['files', aFile(content), name]))
}

async function uploaded(app: TestApp, project: string, content: string | Uint8Array, name?: string) {
  const { body } = await upload(app, project, content, name)
  await app.app.jobs.idle()
  return (await app.call('GET', `${project}/data-sources/${body.data_sources[0].id}`)).body
}

async function search(app: TestApp, project: string, query: string) {
  return (await app.call('POST', `${project}/search`, { query })).body.passages
}

/** Rows and files that belong to data, anywhere in the instance. */
async function leftovers(app: TestApp): Promise<Record<string, number>> {
  const folder = join(app.config.dataDir, 'files')
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
  const temporary = join(app.config.dataDir, 'tmp')
  return {
    files: files.filter((entry) => entry.isFile()).length,
    temporary: existsSync(temporary) ? readdirSync(temporary).length : 0,
  }
}

describe.each(engines)('data sources on %s', (engine) => {
  it('an upload is stored, read and found by a search, and its passage is a slice of the document', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const response = await upload(app, project, handbook)
    expect(response.status).toBe(201)
    expect(response.body.errors).toEqual([])
    expect(response.body.data_sources[0]).toMatchObject({
      type: 'direct_upload',
      name: 'handbook.md',
      status: 'syncing',
      file_name: 'handbook.md',
      size: Buffer.byteLength(handbook),
      configuration: { original_filename: 'handbook.md', file_size: Buffer.byteLength(handbook) },
    })
    await app.app.jobs.idle()
    const { id } = response.body.data_sources[0]
    const source = (await app.call('GET', `${project}/data-sources/${id}`)).body
    expect(source).toMatchObject({ status: 'connected', error: null, media_type: 'text/markdown' })
    expect(source.progress.done).toBeGreaterThan(0)
    expect(source.progress.done).toBe(source.progress.total)
    const [passage] = await search(app, project, 'how many days of holiday')
    expect(passage).toMatchObject({ data_source_id: id, document_name: 'handbook.md', page: null, sheet: null })
    expect(passage.text).toContain('28 days of paid holiday')
    const document = `${project}/documents/${passage.document_id}`
    expect((await app.call('GET', document)).body).toMatchObject({ name: 'handbook.md', data_source_id: id })
    const slice = await app.call('GET', `${document}/text?start=${passage.start}&end=${passage.end}`)
    expect(slice.body).toEqual({
      document_id: passage.document_id,
      start: passage.start,
      end: passage.end,
      text: passage.text,
    })
  })

  it('slices a document by code points, not UTF-16 units', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const source = await uploaded(app, project, '🎟️🎉 Tickets cost ten euros. 😀 Children pay half.', 'zoo.txt')
    const [passage] = await search(app, project, 'tickets')
    const document = `${project}/documents/${source.documents[0].id}/text`
    const whole = (await app.call('GET', document)).body
    expect(whole.end).toBe([...whole.text].length)
    expect((await app.call('GET', `${document}?start=${whole.text.startsWith('🎟') ? 4 : 0}&end=11`)).body.text).toBe(
      [...whole.text].slice(4, 11).join(''),
    )
    expect(passage.text).toBe([...whole.text].slice(passage.start, passage.end).join(''))
  })

  it('the same bytes are refused by name, whatever they are called, also when sent at once', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const both = await Promise.all([upload(app, project, handbook), upload(app, project, handbook, 'copy.md')])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
    const stored = both.find(({ status }) => status === 201)?.body.data_sources[0]
    const again = await upload(app, project, handbook, 'third.txt')
    expect(again.status).toBe(409)
    expect(again.body).toMatchObject({
      code: 'data_source_exists',
      detail: `The same file is already in this project as "${stored.name}" (${stored.id})`,
    })
    expect((await app.call('GET', `${project}/data-sources`)).body.data_sources).toHaveLength(1)
    expect((await upload(app, await aProject(app, 'other'), handbook)).status).toBe(201)
    await app.app.jobs.idle()
    expect(await leftovers(app)).toEqual({ files: engine === 'sqlite' ? 2 : 0, temporary: 0 })
  })

  it('deleting takes passages, postings, statistics, document and file', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const source = await uploaded(app, project, handbook)
    const path = `${project}/data-sources/${source.id}`
    const documentId = source.documents[0].id
    expect((await app.call('DELETE', `${path}?force=true&delete_s3_object=false`)).body).toEqual({
      message: 'Data source deleted successfully',
    })
    expect(await search(app, project, 'holiday')).toEqual([])
    for (const gone of [path, `${path}/content`, `${project}/documents/${documentId}`]) {
      expect((await app.call('GET', gone)).status).toBe(404)
    }
    expect((await app.call('DELETE', path)).body.detail).toBe(
      `Data source with ID ${source.id} not found in project ${project.split('/').at(-1)}`,
    )
    expect(await leftovers(app)).toEqual({ files: 0, temporary: 0 })
    // The same bytes may come again.
    expect((await upload(app, project, handbook)).status).toBe(201)
    await app.app.jobs.idle()
    expect(await search(app, project, 'holiday')).toHaveLength(1)
  })

  it('deleting while the file is being read leaves nothing', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const { body } = await upload(app, project, handbook)
    expect((await app.call('DELETE', `${project}/data-sources/${body.data_sources[0].id}`)).status).toBe(200)
    await app.app.jobs.idle()
    expect(await search(app, project, 'holiday')).toEqual([])
    expect((await app.call('GET', `${project}/data-sources`)).body).toEqual({ data_sources: [] })
    expect((await leftovers(app))['files']).toBe(0)
  })

  it('a restart in the middle goes on with the job', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const { body } = await upload(app, project, handbook)
    await app.restart()
    const path = `${project}/data-sources/${body.data_sources[0].id}`
    const source = await until(
      async () => (await app.call('GET', path)).body,
      ({ status }) => status !== 'syncing',
    )
    expect(source).toMatchObject({ status: 'connected', error: null })
    expect(await search(app, project, 'holiday')).toHaveLength(1)
    expect((await leftovers(app))['temporary']).toBe(0)
  })

  it('files that cannot be read say why and harm nothing', async () => {
    await using app = await startTestApp({ engine, env: { QUORY_PARSE_TIMEOUT_SECONDS: '60' } })
    const project = await aProject(app)
    const bomb = makeZip({ 'word/document.xml': new Uint8Array(300_000_000), '[Content_Types].xml': '<a/>' })
    const bad: [string, string | Uint8Array][] = [
      ['empty.txt', ''],
      ['picture.pdf', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
      ['truncated.docx', makeZip({ 'word/document.xml': '<w:document/>' }).subarray(0, 60)],
      ['bomb.docx', bomb],
      ['locked.pdf', '%PDF-1.7\n1 0 obj\n<< /Encrypt 2 0 R >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF'],
    ]
    const form = aForm(...bad.map(([name, content]) => ['files', aFile(content), name] as const))
    const response = await app.call('POST', `${project}/data-sources/upload`, form)
    expect(response.body.data_sources).toHaveLength(bad.length)
    await uploaded(app, project, handbook)
    const { data_sources: sources } = (await app.call('GET', `${project}/data-sources`)).body
    for (const [name] of bad) {
      const source = sources.find((each: { name: string }) => each.name === name)
      expect(source, name).toMatchObject({ status: 'error', error: expect.stringMatching(/^[A-Z].{10,}\.$/) })
      const validation = await app.call('POST', `${project}/data-sources/${source.id}/validate`)
      expect(validation.body).toEqual({ status: 'error', message: source.error })
    }
    expect(await search(app, project, 'holiday')).toHaveLength(1)
  })

  it('the original comes back byte for byte, whole or in part, as an attachment under its own name', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const bytes = new Uint8Array(600_000).map((_, i) => 32 + ((i * 7) % 90))
    const name = '../Prüfung „März“ 1.txt'
    const source = await uploaded(app, project, bytes, name)
    expect(source.file_name).toBe('Prüfung „März“ 1.txt')
    const path = `${project}/data-sources/${source.id}/content`
    const whole = await app.call('GET', path)
    expect(whole.text).toBe(Buffer.from(bytes).toString())
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'text/plain',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      'content-length': '600000',
      'content-disposition': `attachment; filename="Pr_fung _M_rz_ 1.txt"; filename*=UTF-8''Pr%C3%BCfung%20%E2%80%9EM%C3%A4rz%E2%80%9C%201.txt`,
    })
    const ranges: [string, string, string][] = [
      ['bytes=0-9', '0-9', Buffer.from(bytes.subarray(0, 10)).toString()],
      ['bytes=262140-262150', '262140-262150', Buffer.from(bytes.subarray(262_140, 262_151)).toString()],
      ['bytes=-5', '599995-599999', Buffer.from(bytes.subarray(-5)).toString()],
      ['bytes=599990-', '599990-599999', Buffer.from(bytes.subarray(599_990)).toString()],
    ]
    for (const [range, sent, text] of ranges) {
      const part = await app.call('GET', path, undefined, { range })
      expect([part.status, part.headers.get('content-range'), part.text]).toEqual([206, `bytes ${sent}/600000`, text])
    }
    const beyond = await app.call('GET', path, undefined, { range: 'bytes=600000-' })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */600000'])
    const head = await app.call('HEAD', path)
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '600000'])
  })

  it('viewers read and search, editors manage, strangers see nothing, and keys for chatting change nothing', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const source = await uploaded(app, project, handbook)
    const person = async (email: string, scope?: string) => {
      const user = (await app.call('POST', '/v1/users', { email })).body
      const key = (await app.call('POST', `/v1/users/${user.id}/api-keys`, scope === undefined ? {} : { scope })).body
        .key
      return { id: user.id, call: app.as(key) }
    }
    const [viewer, editor, stranger] = [
      await person('viewer@example.com'),
      await person('editor@example.com'),
      await person('stranger@example.com'),
    ]
    const reader = await person('reader@example.com', 'chat')
    await app.call('PUT', `${project}/members/${viewer.id}`, { role: 'viewer' })
    await app.call('PUT', `${project}/members/${editor.id}`, { role: 'editor' })
    await app.call('PUT', `${project}/members/${reader.id}`, { role: 'editor' })
    const form = () => aForm(['file', aFile('Something else altogether.'), 'b.txt'])
    const path = `${project}/data-sources/${source.id}`
    const statuses = async ({ call }: { call: TestApp['call'] }) => [
      (await call('GET', `${project}/data-sources`)).status,
      (await call('GET', `${path}/content`)).status,
      (await call('POST', `${project}/search`, { query: 'holiday' })).status,
      (await call('PUT', path, { name: 'n' })).status,
      (await call('POST', `${project}/training`, { data_source_ids: [] })).status,
      (await call('POST', `${project}/data-sources/upload`, form())).status,
    ]
    expect(await statuses(viewer)).toEqual([200, 200, 200, 403, 403, 403])
    expect(await statuses(reader)).toEqual([200, 200, 200, 403, 403, 403])
    expect(await statuses(editor)).toEqual([200, 200, 200, 200, 201, 201])
    expect(await statuses(stranger)).toEqual([404, 404, 404, 404, 404, 404])
    const foreign = await stranger.call('DELETE', path)
    const unknown = await stranger.call('DELETE', path.replaceAll(/[0-9a-f]{12}/g, '000000000000'))
    expect(foreign.status).toBe(404)
    expect(foreign.body.detail.replaceAll(/[0-9a-f-]{36}/g, 'X')).toBe(
      unknown.body.detail.replaceAll(/[0-9a-f-]{36}/g, 'X'),
    )
    await app.app.jobs.idle()
  })
})
