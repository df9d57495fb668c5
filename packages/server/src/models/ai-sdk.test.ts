import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig } from '../config.ts'
import { createAiSdkModel } from './ai-sdk.ts'
import type { ModelEvent, ModelRequest } from './language-model.ts'
import { createModelRegistry } from './model-registry.ts'

type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | readonly unknown[]

/** Answers each POST with the next reply: a list goes out as SSE, one event per entry, broken off by `null`, held open by `hang`. */
async function startEventServer(replies: readonly Reply[], models: unknown = {}) {
  const requests: { path: string; headers: Readonly<Record<string, unknown>>; body: Record<string, unknown> }[] = []
  let settle: (isClosed: boolean) => void
  const closed = new Promise<boolean>((resolve) => {
    settle = resolve
  })
  const server = createServer(async (request, response) => {
    response.on('close', () => settle(!response.writableFinished))
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    if (request.method === 'GET') return void response.end(JSON.stringify(models))
    const reply = replies[Math.min(requests.length, replies.length - 1)] ?? []
    requests.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) })
    if ('status' in reply) {
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
      return void response.end(JSON.stringify(reply.body))
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of reply) {
      if (event === 'hang') return
      if (event === null) return void response.write('data: {"ty', () => response.socket?.resetAndDestroy())
      const type = typeof event === 'object' && event !== null && 'type' in event ? `event: ${event.type}\n` : ''
      response.write(`${type}data: ${JSON.stringify(event)}\n\n`)
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  // A TCP server that listens has an AddressInfo.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, closed }
}

function modelOf(provider: 'anthropic' | 'google', baseUrl: string) {
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.destroy())
  return createAiSdkModel(
    { provider, apiKey: 'key-of-ours', baseUrl, timeoutMs: 5_000, retryDelayMs: 5, dispatcher },
    'some-model',
  )
}

async function collect(model: ReturnType<typeof modelOf>, request: Partial<ModelRequest> = {}): Promise<ModelEvent[]> {
  const all: ModelEvent[] = []
  const whole = {
    messages: [{ role: 'user', content: 'Hello' }],
    signal: new AbortController().signal,
    ...request,
  } as const
  for await (const event of model.stream(whole)) all.push(event)
  return all
}

const contextTool = {
  name: 'get_context',
  description: 'Searches',
  inputSchema: { type: 'object', properties: { query: { type: 'string' } } },
}
const start = {
  type: 'message_start',
  message: {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'some-model',
    content: [],
    stop_reason: null,
    usage: { input_tokens: 12, output_tokens: 1 },
  },
}
const textDelta = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
const textStart = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
const stop = [
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } },
  { type: 'message_stop' },
]
const answer = [start, textStart, textDelta('Hel'), textDelta('lo'), { type: 'content_block_stop', index: 0 }, ...stop]

describe('Anthropic', () => {
  it('streams text, sends the key in its header, and counts tokens', async () => {
    const server = await startEventServer([answer])
    const events = await collect(modelOf('anthropic', `${server.url}/v1`), {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      temperature: 0.5,
      maxTokens: 100,
    })
    expect(events).toEqual([
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo' },
      { type: 'finish', reason: 'stop', usage: { inputTokens: 12, outputTokens: 4 } },
    ])
    expect(server.requests[0]).toMatchObject({
      path: '/v1/messages',
      headers: { 'x-api-key': 'key-of-ours' },
      body: {
        model: 'some-model',
        stream: true,
        temperature: 0.5,
        max_tokens: 100,
        system: [{ type: 'text', text: 'Be brief.' }],
      },
    })
  })

  it('calls tools, and gets its thoughts back with their signature and the results in one message', async () => {
    const call = (index: number, id: string, json: string) => [
      { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name: 'get_context', input: {} } },
      { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: json.slice(0, 5) } },
      { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: json.slice(5) } },
      { type: 'content_block_stop', index },
    ]
    const thinking = [
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Search.' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2lnbmVk' } },
      { type: 'content_block_stop', index: 0 },
    ]
    const calls = [...call(1, 'toolu_1', '{"query":"owls"}'), ...call(2, 'toolu_2', '{"query":"eggs"}')]
    const end = [
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
      { type: 'message_stop' },
    ]
    const server = await startEventServer([[start, ...thinking, ...calls, ...end], answer])
    const model = modelOf('anthropic', `${server.url}/v1`)
    const events = await collect(model, { tools: [contextTool] })
    const toolCalls = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []))
    expect(toolCalls.map(({ id, input }) => [id, input])).toEqual([
      ['toolu_1', { query: 'owls' }],
      ['toolu_2', { query: 'eggs' }],
    ])
    expect(events[0]).toEqual({ type: 'reasoning-delta', text: 'Search.' })
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool-calls' })

    await collect(model, {
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: '', toolCalls },
        { role: 'tool', toolCallId: 'toolu_1', toolName: 'get_context', content: 'Owls fly.' },
        { role: 'tool', toolCallId: 'toolu_2', toolName: 'get_context', content: 'Owls lay eggs.' },
      ],
    })
    expect(server.requests[1]?.body).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Search.', signature: 'c2lnbmVk' },
            { type: 'tool_use', id: 'toolu_1', name: 'get_context', input: { query: 'owls' } },
            { type: 'tool_use', id: 'toolu_2', name: 'get_context', input: { query: 'eggs' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: 'Owls fly.' },
            { type: 'tool_result', tool_use_id: 'toolu_2', content: 'Owls lay eggs.' },
          ],
        },
      ],
      // Tools in the conversation must be declared; none may be called any more.
      tools: [{ name: 'get_context' }],
      tool_choice: { type: 'none' },
    })
  })

  it.each([
    [
      {
        status: 401,
        body: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key key-of-ours' } },
      },
      'refused',
      1,
    ],
    [
      { status: 529, body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } },
      'unavailable',
      3,
    ],
    [
      {
        status: 400,
        body: {
          type: 'error',
          error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 5 maximum' },
        },
      },
      'context_too_long',
      1,
    ],
    [[start, textStart, textDelta('Half'), null], 'unavailable', 1],
    [
      [
        start,
        textStart,
        textDelta('Half'),
        { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      ],
      'unavailable',
      1,
    ],
    [[start, textStart, textDelta('Half')], 'broken_stream', 1],
  ] as const)('fails with its own reason and no key: %j', async (reply, reason, tries) => {
    const server = await startEventServer([reply])
    const error = await collect(modelOf('anthropic', `${server.url}/v1`)).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'ModelError', reason })
    expect(String(error)).not.toContain('key-of-ours')
    expect(server.requests).toHaveLength(tries)
  })

  it('closes the socket at once when the signal is aborted', async () => {
    const server = await startEventServer([[start, textStart, textDelta('Hel'), 'hang']])
    const stopped = new AbortController()
    const read = async () => {
      const request = { messages: [{ role: 'user', content: 'Hello' }], signal: stopped.signal } as const
      for await (const _ of modelOf('anthropic', `${server.url}/v1`).stream(request))
        stopped.abort(new Error('cancelled'))
    }
    await expect(read()).rejects.toThrow('cancelled')
    expect(await server.closed).toBe(true)
  })

  it('is found by the registry at ANTHROPIC_BASE_URL, with the newest Sonnet by default', async () => {
    const list = {
      data: [
        { type: 'model', id: 'claude-opus-4-1', created_at: '2025-08-05T00:00:00Z' },
        { type: 'model', id: 'claude-sonnet-4-5', created_at: '2025-09-29T00:00:00Z' },
      ],
    }
    const server = await startEventServer([answer], list)
    await using registry = createModelRegistry(
      readConfig({ ANTHROPIC_API_KEY: 'key-of-ours', ANTHROPIC_BASE_URL: server.url }).models,
    )
    const model = await registry.resolve(undefined)
    if (model === 'extractive') throw new Error('No model was found')
    expect(model.id).toBe('anthropic/claude-sonnet-4-5')
    expect(await collect(model)).toHaveLength(3)
  })
})

describe('Google', () => {
  it('streams text, calls tools, and gets the signature of its call back', async () => {
    const part = (parts: unknown, finishReason?: string) => ({
      candidates: [{ content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
      usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 3, totalTokenCount: 11 },
    })
    const call = { functionCall: { name: 'get_context', args: { query: 'owls' } }, thoughtSignature: 'c2ln' }
    const server = await startEventServer([
      [part([{ text: 'Let me' }]), part([{ text: ' look.' }]), part([call], 'STOP')],
      [part([{ text: 'Done.' }], 'STOP')],
    ])
    const model = modelOf('google', `${server.url}/v1beta`)
    const events = await collect(model, { tools: [contextTool] })
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : event.type))).toEqual([
      'Let me',
      ' look.',
      'tool-call',
      'finish',
    ])
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls', usage: { inputTokens: 8, outputTokens: 3 } })
    const toolCalls = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []))
    expect(toolCalls[0]?.input).toEqual({ query: 'owls' })
    await collect(model, {
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Let me look.', toolCalls },
        { role: 'tool', toolCallId: toolCalls[0]?.id ?? '', toolName: 'get_context', content: 'Owls fly.' },
      ],
    })
    expect(server.requests[1]?.path).toContain('/models/some-model:streamGenerateContent')
    expect(JSON.stringify(server.requests[1]?.body)).toContain('"thoughtSignature":"c2ln"')
  })
})
