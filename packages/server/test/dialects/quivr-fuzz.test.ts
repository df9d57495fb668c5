import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { engines } from '../support/databases.ts'
import { aBrain, aChat } from '../support/quivr-people.ts'
import { startTestApp } from '../support/start-test-app.ts'

const fields = [
  'name',
  'chat_name',
  'question',
  'answer',
  'model',
  'temperature',
  'max_tokens',
  'brain_id',
  'prompt_id',
  'thumbs',
  'description',
  'status',
  'brain_type',
  'brain_definition',
  'brain_secrets_values',
  'connected_brains_ids',
  'email',
  'rights',
  'title',
  'content',
  'days',
  'only_chat',
  'openai_api_key',
]
const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    'data: ',
    '__proto__',
    '99999999999999999999',
    '1e400',
    "'; drop table chats;--",
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const oddValue = fc.oneof(
  oddText,
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
  fc.array(oddText, { maxLength: 3 }),
  fc.dictionary(oddText, oddText, { maxKeys: 3 }),
)
const json = fc.dictionary(fc.constantFrom(...fields), oddValue, { maxKeys: 6 }).map((body) => JSON.stringify(body))
const broken = fc.constantFrom('', '{', '[]', 'null', '"x"', '{"question": "x"', '{"question": "\ud800"}', '\ufeff{}')
const oddBytes = fc.uint8Array({ maxLength: 60 })
const contentType = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/xml',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
)

describe.each(engines)('bad input to any route of Quivr on %s', (engine) => {
  it('is never an error of the server', async () => {
    await using app = await startTestApp({ engine })
    const chat = await aChat(app)
    const brain = await aBrain(app)
    const routes = app.app.server.routeList.filter(
      ({ method, url, isHidden }) => method !== 'OPTIONS' && !url.startsWith('/v1') && !isHidden,
    )
    expect(routes.length).toBeGreaterThan(30)
    const known: Readonly<Record<string, string>> = { ':chat_id': chat, ':brain_id': brain }
    const request = fc.record({
      route: fc.constantFrom(...routes),
      isKnown: fc.boolean(),
      id: oddText,
      query: fc.dictionary(fc.constantFrom('brain_id', 'limit', 'cursor', 'chat_id', 'x'), oddText, { maxKeys: 3 }),
      isBrainKnown: fc.boolean(),
      body: fc.oneof({ weight: 5, arbitrary: json }, broken, oddBytes),
      contentType: fc.oneof({ weight: 5, arbitrary: fc.constant('application/json') }, contentType),
    })
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(request, async ({ route, isKnown, id, query, isBrainKnown, body, contentType: type }) => {
        const path = route.url.replaceAll(/:\w+/g, (name) =>
          // What the other requests are about stays.
          isKnown && route.method !== 'DELETE' ? (known[name] ?? chat) : encodeURIComponent(id.toWellFormed()),
        )
        const parameters = new URLSearchParams({ ...query, ...(isBrainKnown ? { brain_id: brain } : {}) })
        const hasBody = route.method !== 'GET' && route.method !== 'HEAD'
        const response = await app.call(route.method, `${path}?${parameters}`, hasBody ? body : undefined, {
          'content-type': type,
        })
        accepted += response.status === 200 ? 1 : 0
        expect(response.status, response.text).toBeLessThan(500)
        expect(response.text).not.toMatch(/ at .*\.ts:\d+/)
      }),
      { numRuns: 600 },
    )
    expect(accepted).toBeGreaterThan(30)
  }, 120_000)
})
