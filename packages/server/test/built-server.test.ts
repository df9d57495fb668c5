import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { makePdf, pdfPage } from './fixtures/make-files.ts'
import { aFile, aForm } from './support/forms.ts'
import { writeOnnxModel } from './support/onnx-model.ts'
import { programs, startServerProcess } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

// Each program of its own is found and runs: parsing, unpacking, tables, queries, embedding, vectors.
describe.each(Object.entries(programs))('the server as %s', { timeout: 60_000 }, (_name, program) => {
  it('parses, unpacks, embeds, searches and queries, shows its pages, and stops in order', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quory-built-'))
    const modelDir = await mkdtemp(join(tmpdir(), 'quory-model-'))
    try {
      writeOnnxModel(modelDir, { zebra: 3, striped: 3, horse: 5, lion: 7 })
      const env = { QUORY_DATA_DIR: dataDir, QUORY_EMBEDDING_MODEL: `local:${modelDir}` }
      await using server = await startServerProcess(env, { program })
      const { body } = await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
      const project = `/v1/projects/${body.id}`
      const files = aForm(
        ['f', aFile(makePdf([pdfPage(['The lion sleeps.'])])), 'lion.pdf'],
        ['f', aFile(zipSync({ 'zebra.txt': strToU8('Zebra horse.') })), 'zoo.zip'],
        ['f', aFile('region,amount\nNorth,2\nSouth,5\n'), 'sales.csv'],
      )
      await server.call('POST', `${project}/data-sources/upload`, files)
      const { data_sources: sources } = await until(
        async () => (await server.call('GET', `${project}/data-sources`)).body,
        ({ data_sources: all }) =>
          all.every(({ status }: { status: string }) => status === 'connected' || status === 'error'),
      )
      expect(sources).toHaveLength(3)
      expect(sources.every(({ status }: { status: string }) => status === 'connected')).toBe(true)
      await until(
        async () => (await server.call('GET', `${project}/embedding`)).body,
        ({ state, total }) => state === 'ready' && total === 3,
      )
      const found = (await server.call('POST', `${project}/search`, { query: 'striped' })).body
      expect(found.passages[0]).toMatchObject({ document_name: 'zebra.txt', scores: { bm25: null } })
      const asked = await server.call('POST', `${project}/tables/query`, { sql: 'select sum(amount) from sales' })
      expect(asked.body.rows).toEqual([[7]])
      expect((await server.call('GET', '/docs/swagger-ui-bundle.js')).status).toBe(200)
      expect(await server.kill('SIGTERM')).toBe(0)
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
      rmSync(modelDir, { recursive: true, force: true })
    }
  })
})
