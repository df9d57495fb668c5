import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp } from './support/start-test-app.ts'

type App = Awaited<ReturnType<typeof startTestApp>>

async function aFilledProject(app: App, name = 'zoo') {
  const created = await app.call('POST', '/v1/projects', { name, organization_id: 'acme' })
  const project = `/v1/projects/${created.body.id}`
  const upload = async (name: string, content: string) => {
    const { body } = await app.call('POST', `${project}/data-sources/upload`, aForm(['f', aFile(content), name]))
    return body.data_sources[0].id as string
  }
  const guide = await upload('guide.txt', 'The red panda sleeps in the old tree. Feeding the panda is not allowed.')
  const page = await upload('page.md', '# Zoo\n\nA panda that is red sleeps all day, and the old tree is its bed.')
  await app.app.jobs.idle()
  const search = async (query: string, filter?: Record<string, unknown>, more: Record<string, unknown> = {}) => {
    const { status, body } = await app.call('POST', `${project}/search`, { query, filter, ...more })
    expect(status, JSON.stringify(body)).toBe(200)
    return body.passages as { document_name: string; document_id: string; data_source_id: string; score: number }[]
  }
  const names = async (...input: Parameters<typeof search>) =>
    (await search(...input)).map(({ document_name }) => document_name).sort()
  return { project, guide, page, search, names }
}

const both = ['guide.txt', 'page.md']

describe.each(engines)('a search on %s', (engine) => {
  it('finds a quoted phrase only where it stands word by word', async () => {
    await using app = await startTestApp({ engine })
    const { names } = await aFilledProject(app)
    expect(await names('red panda')).toEqual(both)
    expect(await names('"red panda"')).toEqual(['guide.txt'])
    expect(await names('"the old tree"')).toEqual(both)
    expect(await names('“Old Trees” “that is red”')).toEqual(['page.md'])
    expect(await names('panda "tree old"')).toEqual([])
    // Of common words alone, no index knows: what else is asked leads to it.
    expect(await names('panda "is not"')).toEqual(['guide.txt'])
  })

  it('looks only where its filter lets it, with the scores of the whole project', async () => {
    await using app = await startTestApp({ engine })
    const { guide, page, search, names } = await aFilledProject(app)
    const all = await search('panda')
    expect(await names('panda', { data_source_ids: [guide] })).toEqual(['guide.txt'])
    expect(await names('panda', { data_source_ids: [guide, page] })).toEqual(both)
    const [first] = all
    expect(await search('panda', { document_ids: [first?.document_id] })).toEqual([first])
    expect(await names('panda', { media_types: ['text/markdown'] })).toEqual(['page.md'])
    expect(await names('panda', { media_types: ['text'] })).toEqual(both)
    expect(await names('panda', { media_types: ['tex'] })).toEqual([])
    expect(
      await names('panda', { stored_from: '2000-01-01T00:00:00+02:00', stored_before: '2100-01-01T00:00:00Z' }),
    ).toEqual(both)
    expect(await names('panda', { stored_before: '2000-01-01T00:00:00Z' })).toEqual([])
    expect(await names('panda', { pages: { first: 1, last: 9 } })).toEqual([])
    expect(await names('panda', { document_ids: ['nobody'] })).toEqual([])
  })

  it('sees nothing of another project through a filter', async () => {
    await using app = await startTestApp({ engine })
    const [mine, theirs] = [await aFilledProject(app), await aFilledProject(app, 'other')]
    expect(await mine.search('panda', { data_source_ids: [theirs.guide] })).toEqual([])
  })

  it('gives the list in pages, and says what answered', async () => {
    await using app = await startTestApp({ engine })
    const { project, search } = await aFilledProject(app)
    const all = await search('panda')
    expect(await search('panda', undefined, { limit: 1 })).toEqual(all.slice(0, 1))
    expect(await search('panda', undefined, { limit: 1, offset: 1 })).toEqual(all.slice(1, 2))
    expect(await search('panda', undefined, { offset: 2 })).toEqual([])
    const { body } = await app.call('POST', `${project}/search`, { query: 'panda' })
    expect(body.details.words).toMatchObject({ index: 'postings', segments: 2 })
    for (const wrong of [{ stored_from: 'yesterday' }, { pages: { first: 0, last: 1 } }, { data_source_ids: [] }]) {
      expect((await app.call('POST', `${project}/search`, { query: 'panda', filter: wrong })).status).toBe(422)
    }
  })
})
