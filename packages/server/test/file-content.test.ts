import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import type { FileId, ProjectId } from '../src/ids.ts'
import { openFileStore } from '../src/ingestion/files/open-file-store.ts'
import { makePdf, pdfPage } from './fixtures/make-files.ts'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'
import { startWebServer } from './support/web-server.ts'

async function aProject(app: TestApp) {
  const { body } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  const path = `/v1/projects/${body.id}`
  return {
    id: body.id as ProjectId,
    path,
    ask: async (content: string) => {
      const chat = `${path}/chats/${(await app.call('POST', `${path}/chats`, { name: 'c' })).body.id}`
      const { metadata } = (await app.call('POST', `${chat}/messages`, { content })).body
      const message = `${chat}/messages/${metadata.assistant_message_id}`
      const { body } = await until(
        () => app.call('GET', message),
        (response) => response.body.status === 'completed',
      )
      const citation = body.citations[0]
      const detail = (await app.call('GET', `${message}/citations/${citation.id}`)).body
      return { citation, detail, stream: (await app.call('GET', `${chat}/stream`)).text }
    },
  }
}

async function filesOf(app: TestApp, source: string): Promise<Record<string, { id: FileId; status: string }>> {
  const { files } = (await app.call('GET', `${source}/files`)).body
  return Object.fromEntries(files.map((file: { key: string }) => [file.key, file]))
}

describe.each(engines)('the files of a source with many, on %s', (engine) => {
  it('a citation of a file in an archive opens that file, whole or in part', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const lion = 'The lion sleeps in the shade of the acacia.'
    const script = '<script>alert(1)</script><p>A zebra runs from the hyena.</p>'
    const archive = zipSync({ 'notes/lion.txt': strToU8(lion), 'zebra.html': strToU8(script) })
    const form = aForm(['f', aFile(archive), 'zoo.zip'])
    const source = (await app.call('POST', `${project.path}/data-sources/upload`, form)).body.data_sources[0].id
    await app.app.jobs.idle()
    const { citation, detail, stream } = await project.ask('Where does the lion sleep?')
    const path = `${project.path}/data-sources/${source}/files/${citation.file_id}/content`
    expect(citation).toMatchObject({ document_name: 'lion.txt', url: null, content_url: path })
    expect(detail).toMatchObject({ url: path, citation: { content_url: path } })
    expect(stream).toContain(`"content_url":"${path}"`)

    const whole = await app.call('GET', path)
    expect([whole.status, whole.text]).toEqual([200, lion])
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-disposition': `attachment; filename="lion.txt"; filename*=UTF-8''lion.txt`,
      'x-content-type-options': 'nosniff',
      'x-content-form': 'original',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      etag: `"${citation.content_hash}"`,
    })
    const part = await app.call('GET', path, undefined, {
      range: 'bytes=4-7',
      'if-range': `"${citation.content_hash}"`,
    })
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([
      206,
      'lion',
      `bytes 4-7/${lion.length}`,
    ])
    const beyond = await app.call('GET', path, undefined, { range: 'bytes=900-' })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${lion.length}`])
    const head = await app.call('HEAD', path)
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', String(lion.length)])

    const files = await filesOf(app, `${project.path}/data-sources/${source}`)
    const html = await app.call('GET', path.replace(citation.file_id, files['zoo.zip!/zebra.html']?.id ?? ''))
    expect([html.text, html.headers.get('content-disposition')]).toEqual([
      script,
      expect.stringMatching(/^attachment;/),
    ])

    const other = aForm(['f', aFile('The heron waits.'), 'heron.txt'])
    const foreign = (await app.call('POST', `${project.path}/data-sources/upload`, other)).body.data_sources[0].id
    for (const id of [foreign, project.id, 'nonsense']) {
      const refused = await app.call('GET', path.replace(citation.file_id, id))
      expect([refused.status, refused.body.code]).toEqual([404, 'file_not_found'])
    }
    const elsewhere = await aProject(app)
    expect((await app.call('GET', path.replace(project.id, elsewhere.id))).status).toBe(404)
  })

  it('a citation of a synced file names its place at the source and the copy here, or its text when that is gone', async () => {
    await using site = await startWebServer({
      '/': '<html><body><main><p>The walrus rests on the ice floe. <a href="/deep">More</a> <a href="/atlas">Atlas</a></p></main></body></html>',
      '/deep': {
        headers: { 'content-type': 'text/plain; charset="ütf-8"' },
        body: 'The anglerfish lives in the deep sea, where it is dark.',
      },
      '/atlas': {
        headers: { 'content-type': 'application/pdf' },
        body: makePdf([pdfPage(['Of charts.']), pdfPage(['The narwhal swims below the pack ice of the fjord.'])]),
      },
    })
    await using app = await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: '127.0.0.1' } })
    const project = await aProject(app)
    const web = { type: 'web', name: 'Sea', configuration: { url: `${site.url}/`, crawl: 'site' } }
    const source = (await app.call('POST', `${project.path}/data-sources`, web)).body.id
    await app.call('POST', `${project.path}/data-sources/${source}/sync`)
    await app.app.jobs.idle()
    const { citation, detail } = await project.ask('Where does the anglerfish live?')
    const path = `${project.path}/data-sources/${source}/files/${citation.file_id}/content`
    expect(citation).toMatchObject({ url: `${site.url}/deep`, content_url: path })
    expect(detail.url).toBe(`${site.url}/deep`)
    const narwhal = await project.ask('Where does the narwhal swim?')
    expect(narwhal.detail.url).toBe(`${site.url}/atlas#page=2`)
    expect(narwhal.citation).toMatchObject({ page: 2, content_url: expect.stringMatching(/\/content#page=2$/) })
    const original = await app.call('GET', path)
    expect(original.headers.get('x-content-form')).toBe('original')
    expect(original.text).toContain('anglerfish')
    const { docs } = (await app.call('POST', `/brains/${project.id}/documents`, { question: 'anglerfish' })).body
    expect(docs).toMatchObject([{ file_url: path, file_size: 55 }])

    await using db = await openDatabase(app.config)
    const files = await openFileStore(db, app.config)
    const ref = { projectId: project.id, fileId: citation.file_id as FileId }
    await inTransaction(db, (tx) => files.remove(tx, ref))
    await files.discard(ref)
    const text = await app.call('GET', path, undefined, { range: 'bytes=0-13' })
    expect([text.status, text.text]).toEqual([206, 'The anglerfish'])
    expect(Object.fromEntries(text.headers)).toMatchObject({ 'x-content-form': 'text', 'content-type': 'text/plain' })
  })
})
