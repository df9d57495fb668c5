import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ModelScript, type ModelServer, startModelServer } from './support/model-server.ts'
import { startTestApp } from './support/start-test-app.ts'

const csv = 'city,inhabitants\nOslo,700000\nBergen,290000\n'

/** A project of one table, and a model; returns what trains it. */
async function open(models: ModelServer, engine: (typeof engines)[number], seconds: number) {
  const model = { OPENAI_BASE_URL: models.url, OPENAI_API_KEY: 'sk-test', QUORY_MODEL_TIMEOUT_SECONDS: String(seconds) }
  const app = await startTestApp({ engine, env: { ...model, QUORY_LOG_LEVEL: 'silent' } })
  const project = `/v1/projects/${(await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
  const uploaded = await app.call('POST', `${project}/data-sources/upload`, aForm(['f', aFile(csv), 'cities.csv']))
  await app.app.jobs.idle()
  const ids = uploaded.body.data_sources.map(({ id }: { id: string }) => id)
  const train = async (script: ModelScript) => {
    models.script(script)
    const { id } = (await app.call('POST', `${project}/training`, { data_source_ids: ids })).body
    await app.app.jobs.idle()
    const training = (await app.call('GET', `${project}/training/${id}`)).body
    return { training, overview: (await app.call('GET', `${project}/training/${id}/overview`)).text }
  }
  return { train, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

const facts =
  /^1 document with 1 passage.*\n\n## What is here\n\n- \*\*cities\.csv\*\*.*\n(?:.*\n)*- \*\*cities\.csv\*\*, 2 rows: city, inhabitants\n$/m

describe.each(engines)('the overview of a training with a model, on %s', { timeout: 60_000 }, (engine) => {
  it('begins with the model’s words on the facts, and the facts stay ours', async () => {
    await using models = await startModelServer()
    await using project = await open(models, engine, 30)
    const said =
      'This collection holds one table with 2 rows. It has 14 columns about fish.\n\n## Ask\n\nThe [columns](http://x.example) suggest cities.'
    const { training, overview } = await project.train([said])
    expect(training).toMatchObject({ status: 'completed', error: null, progress: { percent_complete: 100 } })
    expect(overview).toMatch(/^# Overview\n\nThis collection holds one table with 2 rows\.\n\n/)
    expect(overview).toMatch(/\n\n\*Written by openai\/test-model from the facts below\.\*\n\n1 document/)
    expect(overview).toMatch(facts)
    // A number of its own, a heading, a link.
    expect(overview).not.toContain('14')
    expect(overview).not.toMatch(/^## Ask/m)
    expect(overview).toContain(String.raw`\[columns\](http://x.example)`)
    const [request, ...others] = models.requests
    expect(others).toEqual([])
    expect(request?.body.messages.at(-1)?.content).toContain('2 rows: city, inhabitants')
    // Of what stands in the documents the model is told only what stands out.
    expect(request?.body.messages.at(-1)?.content).not.toContain('290000')
  })
})

it('the overview of a training is the facts alone when the model fails, hangs or says what is not so', async () => {
  await using models = await startModelServer()
  await using project = await open(models, 'sqlite', 1)
  const scripts: Readonly<Record<string, ModelScript>> = {
    refuses: [{ status: 400, error: 'No' }],
    'hangs before its first word': ['hang'],
    'hangs in the middle': [{ text: 'The table has 2 rows. ', ending: 'hang' }],
    'goes on for ever': [{ text: Array.from({ length: 400 }, () => 'word '), tokenDelayMs: 50 }],
    'breaks off': [{ text: 'The table has 2 rows. ', ending: 'break' }],
    'says nothing': [''],
    'says only what is not so': ['There are 99 tables.'],
  }
  for (const [name, script] of Object.entries(scripts)) {
    const { training, overview } = await project.train(script)
    expect(training, name).toMatchObject({ status: 'completed', error: null })
    expect(overview, name).toMatch(/^# Overview\n\n1 document/)
    expect(overview, name).toMatch(facts)
    expect(overview, name).not.toContain('Written by')
  }
  expect(models.requests.length).toBeGreaterThanOrEqual(7)
}, 120_000)
