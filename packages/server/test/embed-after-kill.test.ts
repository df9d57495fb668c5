import { describe, expect, it } from 'vitest'
import { createTestDatabase, engines, settingsOf } from './support/databases.ts'
import { startEmbeddingServer } from './support/embedding-server.ts'
import { aFile, aForm } from './support/forms.ts'
import { startServerProcess } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

const paragraphs = 120

describe.each(engines)('embedding on %s', (engine) => {
  it('that was killed in the middle goes on, and asks for nothing that came before', async () => {
    await using place = await createTestDatabase(engine)
    await using server = await startEmbeddingServer()
    const env = {
      ...settingsOf(place),
      QUORY_EMBEDDING_MODEL: 'words',
      QUORY_EMBEDDING_BASE_URL: server.url,
    }
    // Two requests at once: two are answered, the next ones never.
    server.befall((_body, index) => (index < 2 ? undefined : 'hang'))
    const sentence = (chapter: number, i: number) =>
      `Thing ${chapter * 100 + i} of the long list stands on its own shelf.`
    const rows = Array.from({ length: paragraphs }, (_, chapter) => {
      const sentences = Array.from({ length: 14 }, (_, i) => sentence(chapter, i))
      return `# Chapter ${chapter}\n\n${sentences.join(' ')}\n`
    })
    const project = await (async () => {
      await using first = await startServerProcess(env)
      const { body } = await first.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
      const path = `/v1/projects/${body.id}`
      await first.call('POST', `${path}/data-sources/upload`, aForm(['files', aFile(rows.join('\n')), 'things.md']))
      await until(
        async () => server.requests.length,
        (count) => count >= 4,
        30_000,
      )
      await first.kill()
      return path
    })()
    const before = server.embedded.length
    expect(before).toBeGreaterThan(0)
    server.befall(() => undefined)
    await using second = await startServerProcess(env)
    const state = await until(
      async () => (await second.call('GET', `${project}/embedding`)).body,
      ({ state, total }) => state === 'ready' && total > 0,
      60_000,
    )
    expect(state).toMatchObject({ total: state.embedded })
    const texts = server.embedded.map(({ text }) => text)
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts.length).toBeGreaterThan(before)
    // Most of the time is the dead node's lease running out.
  }, 60_000)
})
