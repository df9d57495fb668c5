import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { aFile, aForm } from './support/forms.ts'
import { writeOnnxModel } from './support/onnx-model.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'quory-model-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function upload(app: TestApp, files: Readonly<Record<string, string>>): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  const parts = Object.entries(files).map(([name, text]) => ['files', aFile(text), name] as const)
  await app.call('POST', `/v1/projects/${body.id}/data-sources/upload`, aForm(...parts))
  return `/v1/projects/${body.id}`
}

it('a model in a folder of this machine finds by meaning, and asks nobody', async () => {
  const words = { car: 3, automobile: 3, red: 5, stands: 7, tomato: 11, grows: 13, well: 17 }
  writeOnnxModel(folder, words)
  await using app = await startTestApp({ env: { QUORY_EMBEDDING_MODEL: `local:${folder}` } })
  const project = await upload(app, {
    'car.txt': 'Red car stands.',
    'tomato.txt': 'Tomato grows well.',
    'long.txt': 'well '.repeat(150),
  })
  const state = await until(
    async () => (await app.call('GET', `${project}/embedding`)).body,
    ({ state, total, error }) => (state === 'ready' && total === 3) || error !== null,
    25_000,
  )
  expect(state).toMatchObject({ state: 'ready', embedded: 3, error: null })
  const { body } = await app.call('POST', `${project}/search`, { query: 'automobile' })
  expect(body.details.vectors).toMatchObject({ state: 'searched', model: `local:${folder}` })
  expect(body.passages[0]).toMatchObject({ document_name: 'car.txt', scores: { bm25: null } })
})

it('a folder without a model is named, and words answer', async () => {
  await using app = await startTestApp({ env: { QUORY_EMBEDDING_MODEL: 'local:/nowhere/at/all' } })
  const project = await upload(app, { 'a.txt': 'Tomatoes grow best in full sun with plenty of water.' })
  const failing = await until(
    async () => (await app.call('GET', `${project}/embedding`)).body,
    ({ state, total }) => state === 'failing' && total === 1,
  )
  expect(failing.error).toBe('There is no folder /nowhere/at/all')
  const { body } = await app.call('POST', `${project}/search`, { query: 'tomatoes' })
  expect(body.passages).toHaveLength(1)
})
