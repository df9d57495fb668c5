import { gzipSync, strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { makeTar } from './fixtures/make-files.ts'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'

async function aProject(app: TestApp): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  return `/v1/projects/${body.id}`
}

async function upload(app: TestApp, project: string, content: string | Uint8Array, name: string): Promise<string> {
  const { body } = await app.call('POST', `${project}/data-sources/upload`, aForm(['f', aFile(content), name]))
  await app.app.jobs.idle()
  return body.data_sources[0].id
}

async function search(app: TestApp, project: string, query: string): Promise<string[]> {
  const { body } = await app.call('POST', `${project}/search`, { query })
  return body.passages.map((passage: { document_name: string }) => passage.document_name)
}

describe.each(engines)('archives and trainings on %s', { timeout: 60_000 }, (engine) => {
  it('an uploaded archive is as many files as it holds, each with its own end, and goes with them', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const archive = zipSync({
      'notes/lion.txt': strToU8('The lion sleeps in the shade.'),
      'notes/copy.txt': strToU8('The lion sleeps in the shade.'),
      'zebra.md': strToU8('# Zebras\n\nA zebra runs from the lion.'),
      'broken.pdf': strToU8('%PDF-1.7 and nothing else'),
    })
    const id = await upload(app, project, archive, 'zoo.zip')
    const path = `${project}/data-sources/${id}`
    const { files } = (await app.call('GET', `${path}/files`)).body
    expect(Object.fromEntries(files.map((file: { key: string; status: string }) => [file.key, file.status]))).toEqual({
      'zoo.zip': 'unpacked',
      'zoo.zip!/notes/lion.txt': 'indexed',
      'zoo.zip!/notes/copy.txt': 'indexed',
      'zoo.zip!/zebra.md': 'indexed',
      'zoo.zip!/broken.pdf': 'failed',
    })
    const failed = (await app.call('GET', `${path}/files?status=failed`)).body.files
    expect(failed).toMatchObject([{ name: 'broken.pdf', reason: expect.any(String), document_id: null }])
    const source = (await app.call('GET', path)).body
    expect(source).toMatchObject({ status: 'connected', error: '1 of 4 files in it could not be read.' })
    expect(source.documents).toHaveLength(2)
    expect((await search(app, project, 'lion')).toSorted()).toEqual(['copy.txt', 'zebra.md'].toSorted())
    expect((await app.call('DELETE', path)).status).toBe(200)
    expect(await search(app, project, 'lion')).toEqual([])
  })

  it('members of an archive have names of any length and script, each told from the others', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    // No two alike, which PostgreSQL would pack.
    const folders = Array.from({ length: 960 }, (_, i) => String.fromCodePoint(0x4e00 + i * 17)).join('')
    const archive = zipSync({
      'lion.txt': strToU8('The lion sleeps in the shade.'),
      [`${folders}/一/zebra.txt`]: strToU8('A zebra runs.'),
      [`${folders}/二/heron.txt`]: strToU8('A heron waits.'),
      [`${folders}/三/otter.csv`]: strToU8('animal,legs\notter,4\n'),
      [`${folders}${folders}/too-long.txt`]: strToU8('A giraffe.'),
    })
    const id = await upload(app, project, archive, 'zoo.zip')
    const files = async () => (await app.call('GET', `${project}/data-sources/${id}/files`)).body.files
    const before = await files()
    expect(
      Object.fromEntries(before.map((file: { name: string; status: string }) => [file.name, file.status])),
    ).toEqual({
      'zoo.zip': 'unpacked',
      'lion.txt': 'indexed',
      'zebra.txt': 'indexed',
      'heron.txt': 'indexed',
      'otter.csv': 'indexed',
      [`${folders}${folders}`.slice(0, 200)]: 'skipped',
    })
    expect((await app.call('GET', `${project}/data-sources/${id}`)).body).toMatchObject({ status: 'connected' })
    expect(await search(app, project, 'zebra')).toEqual(['zebra.txt'])
    // Unpacked again it finds each under its name.
    await app.call('POST', `${project}/training`, { data_source_ids: [id] })
    await app.app.jobs.idle()
    const after = await files()
    expect(after.map((file: { id: string }) => file.id)).toEqual(before.map((file: { id: string }) => file.id))
  })

  it('an uploaded tar.gz becomes documents that are found, pages in the encoding they declare', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const page = Buffer.from(
      '<meta charset="windows-1251"><p>\xcd\xe0\xf1\xee\xf1 \xf0\xe0\xe1\xee\xf2\xe0\xe5\xf2</p>',
      'latin1',
    )
    const members = { 'docs/pump.html': page, 'docs/lion.txt': 'The lion sleeps in the shade.' }
    const id = await upload(app, project, gzipSync(makeTar(members)), 'docs.tar.gz')
    const source = (await app.call('GET', `${project}/data-sources/${id}`)).body
    expect(source).toMatchObject({ status: 'connected', error: null })
    expect(source.documents).toHaveLength(2)
    expect(await search(app, project, 'lion')).toEqual(['lion.txt'])
    expect(await search(app, project, 'насос')).toEqual(['pump.html'])
  })

  it('a training ends with a report, and with an overview of what there is', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const none = await app.call('GET', `${project}/training/latest/overview`)
    expect([none.status, none.body.code]).toEqual([404, 'training_not_found'])
    const ids = [
      await upload(app, project, 'The lion and the lioness sleep. Lions hunt at night. A zebra runs.', 'lions.txt'),
      await upload(app, project, 'city,inhabitants\nOslo,700000\nBergen,290000\n', 'cities.csv'),
      await upload(app, project, '%PDF-1.7 and nothing else', 'broken.pdf'),
    ]
    const { id } = (await app.call('POST', `${project}/training`, { data_source_ids: ids })).body
    await app.app.jobs.idle()
    const training = (await app.call('GET', `${project}/training/${id}`)).body
    expect(training).toMatchObject({
      status: 'completed',
      progress: { percent_complete: 100, message: '3 of 3 data sources read, but for 1 file' },
      error: null,
      report: {
        documents: 2,
        passages: 2,
        skipped_count: 1,
        skipped: [{ data_source_id: ids[2], name: 'broken.pdf', reason: expect.any(String) }],
      },
    })
    expect(training.report.words).toBeGreaterThan(5)
    const overview = await app.call('GET', `${project}/training/${id}/overview`)
    expect(overview.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(overview.text).toContain('# Overview')
    expect(overview.text).toMatch(/lions\.txt/)
    expect(overview.text).toMatch(/## Main topics\n\n.*[Ll]ion/)
    expect(overview.text).toContain('broken.pdf')
    expect((await app.call('GET', `${project}/training/latest/overview`)).text).toBe(overview.text)
  })

  it('a training that could read nothing has failed, and says why', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    const ids = [await upload(app, project, '%PDF-1.7 and nothing else', 'broken.pdf')]
    const { id } = (await app.call('POST', `${project}/training`, { data_source_ids: ids })).body
    await app.app.jobs.idle()
    const training = (await app.call('GET', `${project}/training/${id}`)).body
    expect(training).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^Nothing could be read\. "broken\.pdf": ./),
      report: { documents: 0, skipped_count: 1 },
    })
    const forged = await app.call('PUT', `${project}/training/${id}`, { status: 'completed', error: null })
    expect(forged.body).toMatchObject({ status: 'failed', error: training.error })
  })
})
