import { describe, expect, it } from 'vitest'
import { aFile, aForm } from './support/forms.ts'
import { startRerankServer } from './support/rerank-server.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'

const texts = {
  'one.txt': 'Penguins swim. Penguins swim in cold water.',
  'two.txt': 'Penguins walk on ice for many miles in the winter.',
  'three.txt': 'Penguins and other birds that cannot fly, among them the ostrich.',
}
/** The reranker loves ostriches, which words do not ask for. */
const score = (text: string) => (text.includes('ostrich') ? 0.9 : text.includes('ice') ? 0.5 : 0.1)

async function aProject(app: TestApp): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name: crypto.randomUUID(), organization_id: 'o' })
  const files = Object.entries(texts).map(([name, text]) => ['files', aFile(text), name] as const)
  await app.call('POST', `/v1/projects/${body.id}/data-sources/upload`, aForm(...files))
  await app.app.jobs.idle()
  return `/v1/projects/${body.id}`
}

async function search(app: TestApp, project: string, limit = 10) {
  const { body } = await app.call('POST', `${project}/search`, { query: 'penguins swim', limit })
  const names = body.passages.map(({ document_name: name }: { document_name: string }) => name)
  return { ...body, names }
}

describe.each(['cohere', 'jina', 'tei'] as const)('a reranker of the shape of %s', (shape) => {
  it('orders the best passages anew, also where fewer are asked for', async () => {
    await using server = await startRerankServer(shape, { score })
    await using app = await startTestApp({ env: { QUORY_RERANK_URL: server.url, QUORY_RERANK_MODEL: 'r' } })
    const project = await aProject(app)
    const { names, passages, details } = await search(app, project)
    expect(names).toEqual(['three.txt', 'two.txt', 'one.txt'])
    expect(passages[0]).toMatchObject({ score: 0.9, scores: { rerank: 0.9 } })
    expect(passages[0].scores.bm25).toBeLessThan(passages[2].scores.bm25)
    expect(details.rerank).toEqual({ state: 'reranked', model: 'r', reason: null })
    expect((await search(app, project, 1)).names).toEqual(['three.txt'])
    expect(server.requests.at(-1)).toMatchObject({ query: 'penguins swim' })
  })
})

describe('a reranker', () => {
  it('that judges some passages leaves the others behind them in the order they had', async () => {
    await using server = await startRerankServer('jina', { score, most: 1 })
    await using app = await startTestApp({ env: { QUORY_RERANK_URL: server.url } })
    const { names, passages } = await search(app, await aProject(app))
    expect(names).toEqual(['three.txt', 'one.txt', 'two.txt'])
    expect(passages[1].scores.rerank).toBeNull()
  })

  it.each([
    [{ status: 500 }, 'answered 500'],
    [{ status: 401 }, 'answered 401'],
    [{ text: '<html>' }, 'cannot be used'],
    [{ text: '{"results": "none"}' }, 'in no known form'],
    ['hang', 'within 3 s'],
  ] as const)(
    'that fails (%j) leaves the order of the words, says why, and is left alone for a while',
    async (how, reason) => {
      await using server = await startRerankServer('jina', { score })
      server.fail(how)
      await using app = await startTestApp({ env: { QUORY_RERANK_URL: server.url } })
      const project = await aProject(app)
      const { names, details } = await search(app, project)
      expect(names[0]).toBe('one.txt')
      expect(details.rerank).toMatchObject({ state: 'skipped', reason: expect.stringContaining(reason) })
      expect((await search(app, project)).details.rerank.state).toBe('skipped')
      expect(server.requests).toHaveLength(1)
    },
  )
})
