import { setTimeout as wait } from 'node:timers/promises'
import { Agent } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ModelServer, startModelServer } from '../../test/support/model-server.ts'
import { ModelError, type ModelEvent, type ModelRequest } from './language-model.ts'
import { createOpenAiModels } from './openai-compatible.ts'

const user = [{ role: 'user', content: 'Hello' }] as const
const contextTool = { name: 'get_context', description: 'Searches', inputSchema: { type: 'object', properties: {} } }

function modelOf(url: string, options: { apiKey?: string; timeoutMs?: number } = {}) {
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.destroy())
  return createOpenAiModels({
    provider: 'openai',
    baseUrl: url,
    apiKey: options.apiKey,
    timeoutMs: options.timeoutMs ?? 5_000,
    retryDelayMs: 5,
    dispatcher,
  })('gpt-4o')
}

async function collect(
  server: ModelServer,
  request: Partial<ModelRequest> = {},
  apiKey?: string,
): Promise<ModelEvent[]> {
  const model = modelOf(server.url, apiKey === undefined ? {} : { apiKey })
  return readAll(model.stream({ messages: user, signal: new AbortController().signal, ...request }))
}

async function readAll(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

/** What was yielded before the failure, and the failure. */
async function fail(events: AsyncIterable<ModelEvent>): Promise<{ before: ModelEvent[]; error: ModelError }> {
  const before: ModelEvent[] = []
  try {
    for await (const event of events) before.push(event)
  } catch (error) {
    if (error instanceof ModelError) return { before, error }
    throw error
  }
  throw new Error('The stream ended without a failure')
}

function text(events: readonly ModelEvent[], type: 'text-delta' | 'reasoning-delta' = 'text-delta'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('')
}

describe('the client of OpenAI-compatible servers', () => {
  it('streams text and reasoning as they come, and finishes with the usage', async () => {
    await using server = await startModelServer()
    server.script([
      {
        reasoning: ['Let me', ' think.'],
        text: ['Hel', 'lo', ' 🦉'],
        usage: { prompt_tokens: 7, completion_tokens: 3 },
      },
    ])
    const events = await collect(server)
    expect(text(events, 'reasoning-delta')).toBe('Let me think.')
    expect(text(events)).toBe('Hello 🦉')
    expect(events[0]?.type).toBe('reasoning-delta')
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: { inputTokens: 7, outputTokens: 3 } })
  })

  it('hands on as one piece what came while the reader of the first text kept it waiting', async () => {
    await using server = await startModelServer()
    server.script([{ text: ['Hel', 'lo', ' there', '!'], tokenDelayMs: 20 }])
    let paces = 0
    const pace = () => {
      paces += 1
      return wait(100)
    }
    const events = await collect(server, { pace })
    expect(text(events)).toBe('Hello there!')
    expect(paces).toBeGreaterThan(0)
    expect(events.filter(({ type }) => type === 'text-delta').length).toBeLessThan(4)
  })

  it('asks in the published form', async () => {
    await using server = await startModelServer({ apiKey: 'sk-test-1234' })
    const call = { id: 'call_a', name: 'get_context', input: { query: 'owls' } }
    await collect(
      server,
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          ...user,
          { role: 'assistant', content: '', toolCalls: [call] },
          { role: 'tool', toolCallId: 'call_a', toolName: 'get_context', content: 'Owls fly.' },
        ],
        tools: [contextTool],
        temperature: 0,
        maxTokens: 20,
      },
      'sk-test-1234',
    )
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-test-1234')
    expect(server.requests[0]?.body).toEqual({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_a', type: 'function', function: { name: 'get_context', arguments: '{"query":"owls"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_a', content: 'Owls fly.' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      max_tokens: 20,
      tools: [
        {
          type: 'function',
          function: { name: 'get_context', description: 'Searches', parameters: { type: 'object', properties: {} } },
        },
      ],
    })
  })

  it('puts tool calls together from their pieces, several at once', async () => {
    await using server = await startModelServer()
    server.script([
      {
        toolCalls: [
          { name: 'get_context', arguments: { query: 'owls "at" night' } },
          { name: 'get_history' },
          { name: 'get_context', arguments: '{"query": broken' },
        ],
      },
    ])
    expect(await collect(server)).toEqual([
      { type: 'tool-call', call: { id: 'call_1', name: 'get_context', input: { query: 'owls "at" night' } } },
      { type: 'tool-call', call: { id: 'call_2', name: 'get_history', input: {} } },
      { type: 'tool-call', call: { id: 'call_3', name: 'get_context', input: {} } },
      { type: 'finish', reason: 'tool-calls', usage: { inputTokens: 10, outputTokens: 5 } },
    ])
  })

  it('takes the older function_call for a tool call', async () => {
    await using server = await startModelServer()
    server.script([{ functionCall: { name: 'get_context', arguments: { query: 'owls' } } }])
    const [event, finish] = await collect(server)
    expect(event).toMatchObject({ type: 'tool-call', call: { name: 'get_context', input: { query: 'owls' } } })
    expect(event?.type === 'tool-call' && event.call.id).toMatch(/^call_/)
    expect(finish).toMatchObject({ type: 'finish', reason: 'tool-calls' })
  })

  it('reads one JSON object from a server that does not stream', async () => {
    await using server = await startModelServer()
    server.script([{ text: 'All at once', toolCalls: [{ name: 'get_history' }], ignoreStream: true }])
    expect((await collect(server)).map((event) => event.type)).toEqual(['text-delta', 'tool-call', 'finish'])
  })

  it('gives a thinking model its thoughts back with its tool call', async () => {
    await using server = await startModelServer()
    server.script([{ reasoning: ['I need', ' context.'], toolCalls: [{ name: 'get_context' }] }, 'Done.'])
    const event = (await collect(server)).find((found) => found.type === 'tool-call')
    if (event === undefined) throw new Error('No tool call came')
    await collect(server, { messages: [...user, { role: 'assistant', content: '', toolCalls: [event.call] }] })
    expect(server.requests[1]?.body.messages[1]).toMatchObject({ reasoning_content: 'I need context.' })
  })

  it.each([
    ['max_tokens', { maxTokens: 50 }, { max_completion_tokens: 50 }],
    ['temperature', { temperature: 0.5 }, {}],
    ['stream_options', {}, { stream: true }],
  ] as const)('leaves out %s for a model that refuses it, and remembers that', async (parameter, request, instead) => {
    await using server = await startModelServer()
    server.script((body) =>
      parameter in body
        ? {
            status: 400,
            error: {
              message: `Unsupported parameter: '${parameter}' is not supported with this model.`,
              param: parameter,
            },
          }
        : 'Fine.',
    )
    const model = modelOf(server.url)
    const ask = () => readAll(model.stream({ messages: user, signal: new AbortController().signal, ...request }))
    expect(text(await ask())).toBe('Fine.')
    expect(text(await ask())).toBe('Fine.')
    expect(server.requests).toHaveLength(3)
    expect(server.requests[2]?.body).toMatchObject(instead)
    expect(server.requests[2]?.body).not.toHaveProperty(parameter)
  })
})

describe('failures of a provider', () => {
  it.each([
    [
      { status: 401, error: { message: 'Incorrect API key provided: sk-abcd****wxyz.' } },
      'refused',
      'answered 401: Incorrect API key provided: ***',
    ],
    [{ status: 404, error: 'The model `gpt-9` does not exist' }, 'refused', 'The model `gpt-9` does not exist'],
    [
      { status: 429, error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
      'refused',
      'exceeded your current quota',
    ],
    [
      {
        status: 400,
        error: { message: "This model's maximum context length is 4097 tokens.", code: 'context_length_exceeded' },
      },
      'context_too_long',
      'maximum context length is 4097',
    ],
    [
      { status: 400, error: 'registry.ollama.ai/library/gemma:2b does not support tools' },
      'tools_unsupported',
      'does not support tools',
    ],
    [
      { status: 400, error: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set' },
      'tools_unsupported',
      'requires --enable-auto-tool-choice',
    ],
    [{ status: 404, error: 'No endpoints found that support tool use.' }, 'tools_unsupported', 'support tool use'],
  ] as const)('are told in its own words, once: %j', async (reply, reason, words) => {
    await using server = await startModelServer()
    server.script([reply])
    const stream = modelOf(server.url).stream({
      messages: user,
      tools: [contextTool],
      signal: new AbortController().signal,
    })
    const { error } = await fail(stream)
    expect(error.reason).toBe(reason)
    expect(error.message).toContain(words)
    expect(server.requests).toHaveLength(1)
  })

  it('never show the key, whole or as the provider masks it', async () => {
    await using server = await startModelServer({ apiKey: 'another' })
    const { error } = await fail(
      modelOf(server.url, { apiKey: 'secret-key-of-ours' }).stream({
        messages: user,
        signal: new AbortController().signal,
      }),
    )
    expect(error.reason).toBe('refused')
    expect(error.message).toContain('Incorrect API key provided')
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('secret-key')
  })

  it('that may pass are tried again before the first event', async () => {
    await using server = await startModelServer()
    server.script([{ status: 500 }, 'reset', 'Here now.'])
    expect(text(await collect(server))).toBe('Here now.')
    expect(server.requests).toHaveLength(3)
  })

  it('wait as long as Retry-After says', async () => {
    await using server = await startModelServer()
    server.script([{ status: 429, error: 'Rate limit reached', headers: { 'retry-after': '0.3' } }, 'Here now.'])
    const before = performance.now()
    expect(text(await collect(server))).toBe('Here now.')
    expect(performance.now() - before).toBeGreaterThan(290)
  })

  it('end after three tries', async () => {
    await using server = await startModelServer()
    server.script([{ status: 503, error: 'Overloaded' }])
    const { error } = await fail(modelOf(server.url).stream({ messages: user, signal: new AbortController().signal }))
    expect(error).toMatchObject({ reason: 'unavailable', message: 'The model provider answered 503: Overloaded' })
    expect(server.requests).toHaveLength(3)
  })

  it.each(['break', 'end', 'error'] as const)('in the middle of a stream are not tried again (%s)', async (ending) => {
    await using server = await startModelServer()
    server.script([{ text: ['Half an', ' answer'], ending }])
    const { before, error } = await fail(
      modelOf(server.url).stream({ messages: user, signal: new AbortController().signal }),
    )
    expect(text(before)).toBe('Half an answer')
    expect(error.reason).toBe(ending === 'end' ? 'broken_stream' : 'unavailable')
    expect(server.requests).toHaveLength(1)
  })

  it('include a provider that is not there', async () => {
    const server = await startModelServer()
    await server[Symbol.asyncDispose]()
    const { error } = await fail(modelOf(server.url).stream({ messages: user, signal: new AbortController().signal }))
    expect(error.reason).toBe('unavailable')
    expect(error.message).toContain('cannot be reached')
  })

  it.each([['hang'], [{ text: ['A word'], ending: 'hang' }]] as const)('include silence (%j)', async (reply) => {
    await using server = await startModelServer()
    server.script([reply])
    const model = modelOf(server.url, { timeoutMs: 150 })
    const { error } = await fail(model.stream({ messages: user, signal: new AbortController().signal }))
    expect(error.reason).toBe('timeout')
    expect(server.requests).toHaveLength(1)
  })
})

describe('stopping', () => {
  it('closes the socket at once when the signal is aborted in the middle', async () => {
    await using server = await startModelServer()
    server.script([{ text: ['A', 'B'], ending: 'hang' }])
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const read = async () => {
      for await (const _ of modelOf(server.url).stream({ messages: user, signal: stop.signal })) {
        stop.abort(reason)
      }
    }
    await expect(read()).rejects.toBe(reason)
    expect(await server.requests[0]?.closed).toBe('aborted')
  })

  it('closes the socket when the reader leaves', async () => {
    await using server = await startModelServer()
    server.script([{ text: ['A', 'B'], ending: 'hang' }])
    for await (const _ of modelOf(server.url).stream({ messages: user, signal: new AbortController().signal })) break
    expect(await server.requests[0]?.closed).toBe('aborted')
  })

  it('is quiet when the reader leaves what has come whole', async () => {
    await using server = await startModelServer()
    const uncaught: unknown[] = []
    const listeners = process.rawListeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error))
    try {
      for (let round = 0; round < 20; round++) {
        const stream = modelOf(server.url).stream({ messages: user, signal: new AbortController().signal })
        for await (const _ of stream) break
        await server.requests[round]?.closed
        await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      process.removeAllListeners('uncaughtException')
      // As they were: they came from this very list.
      for (const listener of listeners) process.on('uncaughtException', listener as NodeJS.UncaughtExceptionListener)
    }
    expect(uncaught).toEqual([])
  })

  it('does not ask at all once it is aborted', async () => {
    await using server = await startModelServer()
    await expect(collect(server, { signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow('cancelled')
    expect(server.requests).toHaveLength(0)
  })

  it('stops waiting for another try', async () => {
    await using server = await startModelServer()
    const stop = new AbortController()
    server.script(() => {
      setImmediate(() => stop.abort(new Error('cancelled')))
      return { status: 503, headers: { 'retry-after': '15' } }
    })
    await expect(collect(server, { signal: stop.signal })).rejects.toThrow('cancelled')
    expect(server.requests).toHaveLength(1)
  })
})
