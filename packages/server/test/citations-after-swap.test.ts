import { expect, it } from 'vitest'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { ageCut, ageIndex, countOldCut, countPassages, cutOtherwise, endPauses } from './support/old-index.ts'
import { RemoteSource } from './support/remote-source.ts'
import { startTestApp, type TestApp, type TestResponse, until } from './support/start-test-app.ts'

const around = (what: string) =>
  Array.from({ length: 20 }, (_, i) => `Of ${what} number ${i} there is 🔔 much to say.`).join(' ')
const quote = 'The great bell of Ardal weighs 4170 kilograms.'
const text = `# Ardal\n\n${around('tower')}\n\n## Bells\n\n${around('rope')} ${quote} ${around('ringer')}\n`
const changed = `# Ardal\n\n${around('clock')}\n\n## Weights\n\n${around('scale')} ${quote} ${around('hook')}\n`

/** Makes the index look old, starts anew, and asks until it was swapped; every answer is the same. */
async function askThroughSwap(app: TestApp, place: DatabasePlace, ask: () => Promise<TestResponse>, expected: unknown) {
  await ageIndex(place)
  await ageCut(place)
  await app.restart()
  await until(
    async () => {
      expect((await ask()).body).toEqual(expected)
      return await countOldCut(place)
    },
    (left) => left === 0,
    30_000,
  )
  expect((await ask()).body).toEqual(expected)
}

/** Once swapped: what was replaced is gone, and counted no more. */
async function isWhole(place: DatabasePlace): Promise<boolean> {
  const { passages, named } = await countPassages(place)
  return passages === named
}

it.each(engines)(
  'a citation shows its quote, range and context through a change of passages, and where it went afterwards, on %s',
  async (engine) => {
    await using place = await createTestDatabase(engine)
    const remote = new RemoteSource()
    remote.put('ardal.md', text, '1')
    await using app = await startTestApp({ place, openConnector: remote.open })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const path = `/v1/projects/${project}`
    const configuration = { username: 'a', access_token: 'b' }
    const made = await app.call('POST', `${path}/data-sources`, { type: 'github', name: 'Code', configuration })
    const sync = async () => {
      await app.call('POST', `${path}/data-sources/${made.body.id}/sync`)
      await app.app.jobs.idle()
    }
    await sync()
    const { passages } = await countPassages(place)
    await cutOtherwise(place, project)
    expect((await countPassages(place)).passages).toBeGreaterThan(2 * passages)

    const chat = `${path}/chats/${(await app.call('POST', `${path}/chats`, { name: 'c' })).body.id}`
    const content = 'How much does the great bell of Ardal weigh?'
    const { metadata } = (await app.call('POST', `${chat}/messages`, { content })).body
    const message = `${chat}/messages/${metadata.assistant_message_id}`
    const { body: answer } = await until(
      () => app.call('GET', message),
      ({ body }) => body.status === 'completed',
    )
    const [citation] = answer.citations
    expect(citation.quote).toBe(quote)
    const cited = () => app.call('GET', `${message}/citations/${citation.id}`)
    const { body: before } = await cited()
    const characters = [...text.trimEnd()]
    expect(characters.slice(citation.start, citation.end).join('')).toBe(quote)
    expect(before).toMatchObject({ citation, source_state: 'current', changed_at: null, newer: null })
    expect([...before.before, ...quote, ...before.after]).toEqual(
      characters.slice(citation.start - 300, citation.end + 300),
    )

    await askThroughSwap(app, place, cited, before)
    // As long as what was replaced is still there, and when it is cleared away.
    await until(
      async () => {
        await endPauses(place)
        expect((await cited()).body).toEqual(before)
        return await isWhole(place)
      },
      Boolean,
      30_000,
    )
    expect((await countPassages(place)).passages).toBe(passages)

    remote.put('ardal.md', changed, '2')
    await sync()
    const { body: moved } = await cited()
    const start = [...changed.slice(0, changed.indexOf(quote))].length
    expect(moved).toMatchObject({ citation, source_state: 'changed', before: null, after: null })
    expect(moved.newer.place).toMatchObject({
      start,
      end: start + quote.length,
      heading_path: ['Ardal', 'Weights'],
    })
    expect(Date.parse(moved.changed_at)).toBeGreaterThan(Date.parse(answer.completed_at))
    await askThroughSwap(app, place, cited, moved)
  },
  60_000,
)
