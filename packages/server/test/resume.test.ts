import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { pruneEvents } from '../src/answers/log/prune-events-store.ts'
import { now } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { framesOf, numberOf, openStream } from './support/event-streams.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ChatBody, type ModelServer, startModelServer } from './support/model-server.ts'
import { parseEvents, startTestApp, type TestApp, until } from './support/start-test-app.ts'

const handbook = 'Members have twelve lockers in the boat house. The lockers are opened with a brass key.'
const finalText = 'There are twelve lockers [1]. “Schlüssel” 🗝 open them [1], and more words come here .'

describe.each(engines)('a reader that comes back on %s', (engine) => {
  let place: DatabasePlace
  let model: ModelServer
  let nodes: TestApp[]
  let path: string
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
    await model[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  /** SQLite has one node, which then stands for both. */
  const node = (index: number): TestApp => nodes[index % nodes.length] as TestApp

  async function start() {
    place = await createTestDatabase(engine)
    model = await startModelServer()
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
    nodes = [await startTestApp({ place, env })]
    if (engine === 'postgres') nodes.push(await startTestApp({ place, env }))
    const project = (await node(0).call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const upload = aForm(['files', aFile(handbook), 'handbook.md'])
    const uploaded = await node(0).call('POST', `/v1/projects/${project}/data-sources/upload`, upload)
    await until(
      () => node(0).call('GET', `/v1/projects/${project}/data-sources/${uploaded.body.data_sources[0].id}`),
      ({ body }) => body.status === 'connected',
    )
    const chat = (await node(0).call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    path = `/v1/projects/${project}/chats/${chat}`
  }

  async function ask(content = 'How many lockers are there?'): Promise<string> {
    const { body } = await node(0).call('POST', `${path}/messages`, { content })
    return body.metadata.assistant_message_id
  }

  async function completed(message: string) {
    await until(
      () => node(0).call('GET', `${path}/messages/${message}`),
      ({ body }) => body.status === 'completed',
    )
  }

  /** Thinks, searches, begins to speak and falls silent; the attempt after a take-over says it all. */
  function scriptTwoAttempts() {
    const calls = { attempt: 1 }
    model.script((body: ChatBody) => {
      if (body.messages.at(-1)?.role !== 'tool')
        return {
          reasoning: ['Hm, ', 'lockers…'],
          toolCalls: [{ name: 'get_context', arguments: { query: 'lockers' } }],
        }
      if (calls.attempt === 1) return { text: ['There ', 'are ', 'eleven'], tokenDelayMs: 40, ending: 'hang' }
      return { text: finalText.match(/\s*\S+/g) ?? [], tokenDelayMs: 40 }
    })
    return calls
  }

  async function takeAnswerAway(message: string) {
    await using db = await openDatabase(node(0).config)
    await db.query
      .updateTable('answers')
      .set({ lease_owner: 'a dead node', lease_expires_at: now() })
      .where('message_id', '=', message as never)
      .execute()
  }

  /** Leaves again and again, mostly within a frame, and goes on at the other node. */
  async function readInPieces(message: string, first: number): Promise<string[]> {
    const frames: string[] = []
    for (let piece = first; !frames.at(-1)?.includes('event: message_complete'); piece++) {
      const after = frames.length === 0 ? undefined : numberOf(frames.at(-1))
      const stream = await openStream(node(piece), `${path}/stream?message_id=${message}`, after)
      await Promise.race([stream.ended, wait(20 + ((piece * 37) % 110))])
      stream.cut()
      const text = await stream.ended
      // What the cut left of the last frame is worth nothing.
      const received =
        stream.isEnded && text.includes('message_complete') ? text : text.slice(0, text.length - (piece % 5))
      frames.push(...framesOf(received))
    }
    return frames
  }

  it('gets the rest byte for byte, wherever it was cut, from either node, before, during and after', async () => {
    await start()
    const calls = scriptTwoAttempts()
    const message = await ask()
    const uninterrupted = await openStream(node(0), `${path}/stream?message_id=${message}`)
    const pieces = [0, 1, 2, 3, 4].map((first) => readInPieces(message, first))
    await until(
      async () => uninterrupted.text,
      (text) => text.includes('eleven'),
    )
    calls.attempt = 2
    await takeAnswerAway(message)
    const whole = framesOf(await uninterrupted.ended)
    for (const name of [
      'thinking',
      'tool_use',
      'tool_result',
      'message_chunk',
      'citation',
      'message_restart',
      'message_complete',
    ])
      expect(whole.join('')).toContain(`event: ${name}\n`)
    expect(whole.map(numberOf)).toEqual(whole.map((_, index) => index + 1))
    for (const frames of await Promise.all(pieces)) expect(frames).toEqual(whole)
    for (const [index, frame] of whole.slice(0, -1).entries()) {
      const stream = await openStream(node(index), `${path}/stream`, numberOf(frame))
      expect(framesOf(await stream.ended)).toEqual(whole.slice(index + 1))
    }
    await completed(message)
  })

  it('to its chat goes on in the answer it was reading, and then in the newest, without a gap', async () => {
    await start()
    const calls = scriptTwoAttempts()
    await ask()
    const first = await openStream(node(0), `${path}/stream`)
    await until(
      async () => framesOf(first.text).length,
      (count) => count > 2,
    )
    first.cut()
    calls.attempt = 2
    const seen = framesOf(first.text)
    // A newer answer waits behind the one that was cut off; a browser says only where it was.
    const second = await ask()
    const rest = await openStream(node(1), `${path}/stream`, numberOf(seen.at(-1)))
    const firstReply = parseEvents(first.text)[0]?.data.id
    expect((await node(0).call('POST', `${path}/messages/${firstReply}/cancel`)).body.status).toBe('cancelled')
    expect([...seen, ...framesOf(await rest.ended)]).toEqual(
      framesOf((await node(0).call('GET', `${path}/stream?message_id=${firstReply}`)).text),
    )
    await completed(second)
    const next = await openStream(node(1), `${path}/stream`, numberOf(framesOf(await rest.ended).at(-1)))
    const whole = (await node(0).call('GET', `${path}/stream?message_id=${second}`)).text
    expect(framesOf(await next.ended)).toEqual(framesOf(whole))
    const numbers = framesOf(whole).map(numberOf)
    expect(numbers[0]).toBeGreaterThan(numberOf(framesOf(await rest.ended).at(-1)))
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
    // Who counts within a named answer is understood as well.
    const counted = await openStream(node(0), `${path}/stream?message_id=${second}`, 2)
    expect(framesOf(await counted.ended)).toEqual(framesOf(whole).slice(2))
    const done = await node(0).call('GET', `${path}/stream?after=${numbers.at(-1)}`)
    expect(done.status).toBe(204)
  })

  it('is told that nothing is left by 204, after the end it has seen', async () => {
    await start()
    const message = await ask()
    await completed(message)
    const events = parseEvents((await node(0).call('GET', `${path}/stream`)).text)
    const again = await node(1).call('GET', `${path}/stream`, undefined, { 'last-event-id': String(events.at(-1)?.id) })
    expect(again).toMatchObject({ status: 204, text: '' })
  })

  it('may say where it was in the address; the header wins, and nonsense is refused', async () => {
    await start()
    await completed(await ask())
    const whole = parseEvents((await node(0).call('GET', `${path}/stream`)).text)
    const get = async (query: string, headers?: Record<string, string>) =>
      parseEvents((await node(0).call('GET', `${path}/stream?${query}`, undefined, headers)).text)
    expect(await get('after=1')).toEqual(whole.slice(1))
    expect(await get('after=0')).toEqual(whole)
    expect(await get('after=1', { 'last-event-id': '2' })).toEqual(whole.slice(2))
    expect(await get('after=1', { 'last-event-id': '' })).toEqual(whole.slice(1))
    expect((await node(0).call('GET', `${path}/stream?after=-1`)).status).toBe(422)
    expect((await node(0).call('GET', `${path}/stream?after=x`)).status).toBe(422)
  })

  it('with a number that the log does not have gets a snapshot of what there is, then the rest', async () => {
    await start()
    scriptTwoAttempts()
    const message = await ask()
    const live = await openStream(node(0), `${path}/stream?message_id=${message}`)
    await until(
      async () => live.text,
      (text) => text.includes('eleven'),
    )
    for (const number of ['999999', '99999999999999999999999', 'no number', '-3']) {
      const stream = await openStream(node(1), `${path}/stream`, number as never)
      const [snapshot] = await until(
        async () => parseEvents(stream.text),
        (events) => events.length > 0,
      )
      const last = framesOf(live.text).at(-1)
      expect(snapshot).toMatchObject({
        id: numberOf(last),
        event: 'message_snapshot',
        data: {
          id: message,
          covers: numberOf(last),
          attempt: 1,
          model: 'openai/test-model',
          content: 'There are eleven',
          thinking: 'Hm, lockers…',
          tool_calls: [{ tool_name: 'get_context', input: { query: 'lockers' }, result: { is_error: false } }],
          citations: [],
        },
      })
      stream.cut()
    }
    const waiting = await openStream(node(1), `${path}/stream`, 999_999)
    expect((await node(1).call('POST', `${path}/messages/${message}/cancel`)).body.status).toBe('cancelled')
    const rest = parseEvents(await waiting.ended)
    expect(rest.map(({ event }) => event)).toEqual(['message_snapshot', 'message_complete'])
    // Finished, with its log: the same for whoever comes now.
    const late = parseEvents(
      (await node(0).call('GET', `${path}/stream`, undefined, { 'last-event-id': '999999' })).text,
    )
    expect(late).toEqual(rest)
    live.cut()
  })

  it('after the log was pruned gets the stored answer, under the numbers that the log had', async () => {
    await start()
    const calls = scriptTwoAttempts()
    calls.attempt = 2
    const message = await ask()
    await completed(message)
    const whole = parseEvents((await node(0).call('GET', `${path}/stream`)).text)
    const end = whole.at(-1)
    const last = end?.id ?? 0
    await using db = await openDatabase(node(0).config)
    await pruneEvents(db, new Date(Date.now() + 4 * 86_400_000))
    const after = async (number: number) =>
      await node(1).call('GET', `${path}/stream`, undefined, { 'last-event-id': String(number) })
    for (const number of [1, last - 2, last + 1]) {
      const [snapshot, ...rest] = parseEvents((await after(number)).text)
      expect(snapshot).toMatchObject({
        id: last - 1,
        event: 'message_snapshot',
        data: { covers: last - 1, attempt: 1, thinking: null, tool_calls: null },
      })
      const cited = whole.filter(({ event }) => event === 'citation').map(({ data }) => data.quote)
      expect(snapshot?.data.citations.map(({ quote }: { quote: string }) => quote)).toEqual(cited)
      expect(snapshot?.data.content).toContain('twelve lockers')
      expect(rest).toEqual([end])
    }
    expect(parseEvents((await after(last - 1)).text)).toEqual([end])
    expect((await after(last)).status).toBe(204)
    const fresh = await node(1).call('GET', `${path}/stream`)
    const events = parseEvents(fresh.text)
    expect(events.map(({ event }) => event)).toEqual([
      'message_start',
      'message_chunk',
      ...whole.filter(({ event }) => event === 'citation').map(() => 'citation'),
      'message_complete',
    ])
    expect(events.at(-1)).toEqual(end)
    // Who is cut off before the whole text came begins again.
    expect(framesOf(fresh.text).map(numberOf)).toEqual([last - 1, last])
  })
})
