import { Agent } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ModelServer, startModelServer } from '../../../test/support/model-server.ts'
import type { DocumentId, FileId, ProjectId, SourceId } from '../../ids.ts'
import { createOpenAiModels } from '../../models/openai-compatible.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import { noTables } from '../table-access.ts'
import { TraceRecorder } from '../traces/trace-recorder.ts'
import { generateFunctionCalling } from './function-calling.ts'
import type { AnswerSources } from './generator.ts'
import { generateRetrievalFirst } from './retrieval-first.ts'

const fact = 'The barn owl of Quarrington weighs 417 grams.'
const turns = [
  { role: 'user', content: 'Tell me about the barn owl.' },
  { role: 'assistant', content: 'It lives in Quarrington [1].' },
] as const

function passage(number: number, text: string): FoundPassage {
  return {
    projectId: 'p' as ProjectId,
    sourceId: 's' as SourceId,
    documentId: 'd' as DocumentId,
    documentName: 'owls.md',
    language: 'en',
    number,
    text,
    headingPath: ['Birds', 'Owls'],
    page: 3,
    sheet: null,
    rowStart: null,
    rowEnd: null,
    changes: null,
    scores: { bm25: null, vector: null, fused: null, rerank: null },
    start: 100 * number,
    end: 100 * number + text.length,
    score: 1,
  }
}

const noDocuments: AnswerSources['catalog'] = {
  documentsNamed: async () => [],
  sourcesNamed: async () => [],
  listDocumentNames: async () => [],
  listSourceNames: async () => [],
  listMediaTypes: async () => [],
}

/** A chat and a project, and what was asked of them. */
function sourcesOf(
  history: readonly { role: 'user' | 'assistant'; content: string }[] = [],
  found = [passage(4, fact)],
) {
  const searches: string[] = []
  let historyReads = 0
  const sources: AnswerSources = {
    readHistory: async () => {
      historyReads += 1
      return history
    },
    search: async (query) => {
      searches.push(query)
      return found
    },
    readCitedHeading: async () => null,
    searchHistory: async () => ({ here: [], elsewhere: [] }),
    readStored: async (_, { start, end }) => {
      const said = found.find((one) => one.start <= start && end <= one.end)
      return said === undefined
        ? undefined
        : {
            text: said.text.slice(start - said.start, end - said.start),
            contentHash: 'h',
            fileId: 'f' as FileId,
            url: null,
          }
    },
    tables: noTables,
    catalog: noDocuments,
    searchInDetail: async () => {
      throw new Error('Only the extractive generator asks for weights')
    },
  }
  return { sources, searches, historyReads: () => historyReads }
}

function inputOf(server: ModelServer, model: string, sources: AnswerSources) {
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.destroy())
  const options = {
    provider: 'openai',
    baseUrl: server.url,
    apiKey: undefined,
    timeoutMs: 5_000,
    retryDelayMs: 5,
    dispatcher,
  }
  return {
    question: 'And how heavy is it?',
    instructions: null,
    temperature: 0,
    maxTokens: 256,
    sources,
    signal: new AbortController().signal,
    trace: new TraceRecorder(),
    model: createOpenAiModels(options)(model),
  }
}

async function collect(events: AsyncIterable<GeneratedEvent>): Promise<GeneratedEvent[]> {
  const all: GeneratedEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

function textOf(events: readonly GeneratedEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
}

function toolsOf(server: ModelServer): string[][] {
  return server.requests.map(({ body }) => (body.tools ?? []).map((tool) => tool.function.name))
}

function contentOf(server: ModelServer, request: number): string {
  return JSON.stringify(server.requests[request]?.body.messages)
}

describe.each(['gpt-4-0613', 'gpt-3.5-turbo-0613'])('the tree of %s', (name) => {
  it('makes one call and fetches nothing when the model answers at once', async () => {
    await using server = await startModelServer()
    server.script(['Good morning!'])
    const { sources, searches, historyReads } = sourcesOf(turns)
    const events = await collect(generateFunctionCalling(inputOf(server, name, sources)))
    expect(textOf(events)).toBe('Good morning!')
    expect(toolsOf(server)).toEqual([['get_history', 'get_context']])
    expect(server.requests[0]?.body.messages.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(server.requests[0]?.body.tools?.map((tool) => tool.function.parameters)).toEqual([
      { type: 'object', properties: {} },
      { type: 'object', properties: {} },
    ])
    expect(searches).toEqual([])
    expect(historyReads()).toBe(0)
  })

  it('makes two calls and reads no history when the model asks for context', async () => {
    await using server = await startModelServer()
    server.script([{ toolCalls: [{ name: 'get_context' }] }, 'It weighs 417 grams [1].'])
    const { sources, searches, historyReads } = sourcesOf(turns)
    const events = await collect(generateFunctionCalling(inputOf(server, name, sources)))
    expect(textOf(events)).toBe('It weighs 417 grams [1].')
    expect(toolsOf(server)).toEqual([['get_history', 'get_context'], ['get_history']])
    expect(searches).toEqual(['And how heavy is it?'])
    expect(historyReads()).toBe(0)
    expect(server.requests[1]?.body.messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_context', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: `[1] owls.md, page 3, Birds > Owls\n${fact}` },
    ])
    expect(events.find((event) => event.type === 'citation')?.citation).toMatchObject({
      number: 1,
      document_id: 'd',
      passage: 4,
      start: 400,
      end: 400 + fact.length,
      quote: fact,
    })
  })

  it.each([
    [
      ['get_history', 'get_context'],
      ['And how heavy is it?', 'Tell me about the barn owl. And how heavy is it?'],
    ],
    [
      ['get_context', 'get_history'],
      ['And how heavy is it?', 'Tell me about the barn owl. And how heavy is it?'],
    ],
  ])('makes three calls, the third without tools, when the model asks for %j', async (asked, queries) => {
    await using server = await startModelServer()
    server.script([
      ...asked.map((tool) => ({ toolCalls: [{ name: tool, id: `call_${tool}` }] })),
      'It weighs 417 grams [1].',
    ])
    const { sources, searches } = sourcesOf(turns)
    const events = await collect(generateFunctionCalling(inputOf(server, name, sources)))
    expect(toolsOf(server)).toEqual([['get_history', 'get_context'], [asked[1]], []])
    expect(server.requests[2]?.body).not.toHaveProperty('tools')
    expect(contentOf(server, 2)).toContain(fact)
    expect(contentOf(server, 2)).toContain('Tell me about the barn owl.')
    expect(contentOf(server, 2)).toContain('It lives in Quarrington.')
    expect(searches).toEqual(queries)
    expect(events.map((event) => event.type)).toEqual([
      'usage',
      'tool-call',
      'tool-result',
      'usage',
      'tool-call',
      'tool-result',
      ...events.slice(6).map((event) => event.type),
    ])
    expect(events.filter((event) => event.type === 'usage')).toHaveLength(3)
  })

  it('makes two calls when the model asks for both at once', async () => {
    await using server = await startModelServer()
    server.script([{ toolCalls: [{ name: 'get_history' }, { name: 'get_context' }] }, 'It weighs 417 grams [1].'])
    const { sources } = sourcesOf(turns)
    await collect(generateFunctionCalling(inputOf(server, name, sources)))
    expect(toolsOf(server)).toEqual([['get_history', 'get_context'], []])
    expect(server.requests[1]?.body.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
    ])
  })

  it('takes an unknown tool for both, and the older function_call for a tool call', async () => {
    await using server = await startModelServer()
    server.script([{ functionCall: { name: 'get_everything' } }, 'It weighs 417 grams [1].'])
    const { sources, searches, historyReads } = sourcesOf(turns)
    await collect(generateFunctionCalling(inputOf(server, name, sources)))
    expect(toolsOf(server)).toEqual([['get_history', 'get_context'], []])
    expect(contentOf(server, 1)).toContain(fact)
    expect(contentOf(server, 1)).toContain('Tell me about the barn owl.')
    expect(searches).toHaveLength(2)
    expect(historyReads()).toBeGreaterThan(0)
  })

  it('never makes a fourth call, whatever the model wants', async () => {
    await using server = await startModelServer()
    server.script([
      { toolCalls: [{ name: 'get_history' }] },
      { toolCalls: [{ name: 'get_context' }] },
      { text: 'So be it.', toolCalls: [{ name: 'get_context' }] },
    ])
    const { sources } = sourcesOf(turns)
    expect(textOf(await collect(generateFunctionCalling(inputOf(server, name, sources))))).toBe('So be it.')
    expect(server.requests).toHaveLength(3)
  })

  it('says so when the conversation is empty and the documents hold nothing', async () => {
    await using server = await startModelServer()
    server.script([{ toolCalls: [{ name: 'get_history' }, { name: 'get_context' }] }, 'I do not know.'])
    await collect(generateFunctionCalling(inputOf(server, name, sourcesOf([], []).sources)))
    expect(contentOf(server, 1)).toContain('first message of the conversation')
    expect(contentOf(server, 1)).toContain('No document found')
  })
})

describe('the loop of every other model', () => {
  it('has the recent turns in the prompt, and searches with the query of the model', async () => {
    await using server = await startModelServer()
    server.script([
      { text: 'Let me look.', toolCalls: [{ name: 'get_context', arguments: { query: 'weight of the barn owl' } }] },
      'It weighs 417 grams [1].',
    ])
    const { sources, searches } = sourcesOf(turns)
    const input = { ...inputOf(server, 'gpt-4o', sources), instructions: 'Always mention feathers.' }
    const events = await collect(generateFunctionCalling(input))
    expect(textOf(events)).toBe('Let me look.\n\nIt weighs 417 grams [1].')
    expect(searches).toEqual(['weight of the barn owl'])
    expect(server.requests[0]?.body.messages.slice(1)).toEqual([
      { role: 'user', content: 'Tell me about the barn owl.' },
      { role: 'assistant', content: 'It lives in Quarrington.' },
      { role: 'user', content: 'And how heavy is it?' },
    ])
    expect(server.requests[0]?.body.messages[0]?.content).toContain('Always mention feathers.')
    expect(server.requests[0]?.body).toMatchObject({ temperature: 0, max_tokens: 256 })
    expect(events.filter((event) => event.type === 'tool-call' || event.type === 'tool-result')).toEqual([
      { type: 'tool-call', id: 'call_1', name: 'get_context', input: { query: 'weight of the barn owl' } },
      {
        type: 'tool-result',
        id: 'call_1',
        name: 'get_context',
        output: {
          passages: [
            {
              number: 1,
              document_id: 'd',
              document_name: 'owls.md',
              page: 3,
              heading_path: ['Birds', 'Owls'],
              quote: fact,
            },
          ],
          repeated: [],
        },
        error: null,
      },
    ])
  })

  it('answers several calls of one step, numbering passages across searches and joining neighbours', async () => {
    await using server = await startModelServer()
    const first = passage(4, fact)
    const neighbour = {
      ...passage(5, 'grams. It hunts at night.'),
      start: 400 + fact.length - 6,
      end: 400 + fact.length + 19,
    }
    const other = passage(9, 'Owls lay eggs.')
    server.script([
      {
        toolCalls: [
          { name: 'get_context', arguments: { query: 'weight' } },
          { name: 'get_context', arguments: { query: 'eggs' } },
        ],
      },
      'It lays eggs [2], hunts at night [1] and weighs 417 grams [1][3].',
    ])
    const { sources } = sourcesOf([], [first, neighbour, other])
    const search = async (query: string) => (query === 'weight' ? [neighbour, first] : [first, other])
    const events = await collect(generateFunctionCalling(inputOf(server, 'gpt-4o', { ...sources, search })))
    const [weight, eggs] = server.requests[1]?.body.messages.slice(-2) ?? []
    expect(weight?.content).toBe(`[1] owls.md, page 3, Birds > Owls\n${fact} It hunts at night.`)
    expect(eggs?.content).toBe('[2] owls.md, page 3, Birds > Owls\nOwls lay eggs.\n\nFound again: [1]')
    expect(textOf(events)).toBe('It lays eggs [2], hunts at night [1] and weighs 417 grams [1].')
    expect(
      events.flatMap((event) =>
        event.type === 'citation' && event.citation.type === 'passage'
          ? [[event.citation.number, event.citation.passage, event.citation.quote]]
          : [],
      ),
    ).toEqual([
      [2, 9, 'Owls lay eggs.'],
      [1, 5, 'It hunts at night.'],
      [1, 4, fact],
    ])
  })

  it('offers history until it was read, and no tools at all in the sixth call', async () => {
    await using server = await startModelServer()
    server.script((body, index) =>
      body.tools === undefined
        ? 'Enough.'
        : {
            toolCalls: [
              {
                name: index === 0 ? 'get_history' : 'get_context',
                id: `call_${index}`,
                arguments: index === 0 ? {} : { query: `try ${index}` },
              },
            ],
          },
    )
    const { sources, searches } = sourcesOf(turns)
    expect(textOf(await collect(generateFunctionCalling(inputOf(server, 'gpt-4o', sources))))).toBe('Enough.')
    expect(toolsOf(server)).toEqual([['get_history', 'get_context'], ...Array(4).fill(['get_context']), []])
    expect(searches).toEqual(['try 1', 'try 2', 'try 3', 'try 4'])
  })

  it('tells the model that a tool does not exist', async () => {
    await using server = await startModelServer()
    server.script([{ toolCalls: [{ name: 'get_weather' }] }, 'No weather then.'])
    const events = await collect(generateFunctionCalling(inputOf(server, 'gpt-4o', sourcesOf().sources)))
    expect(events.find((event) => event.type === 'tool-result')?.error).toContain('There is no tool "get_weather"')
    expect(textOf(events)).toBe('No weather then.')
  })

  it('shortens a prompt that the model finds too long, from the oldest turn on', async () => {
    await using server = await startModelServer()
    server.script((body) =>
      body.messages.length > 2
        ? {
            status: 400,
            error: { message: "This model's maximum context length is 4097 tokens", code: 'context_length_exceeded' },
          }
        : 'Short enough.',
    )
    const { sources } = sourcesOf(
      Array.from({ length: 6 }, (_, turn) => ({ role: 'user' as const, content: `Turn ${turn}` })),
    )
    expect(textOf(await collect(generateFunctionCalling(inputOf(server, 'gpt-4o', sources))))).toBe('Short enough.')
    expect(server.requests.map(({ body }) => body.messages.length)).toEqual([8, 5, 3, 2])
  })

  it('fails, instead of storing an empty answer, when the model says nothing', async () => {
    await using server = await startModelServer()
    server.script([{ text: '', finishReason: 'length' }])
    await expect(collect(generateFunctionCalling(inputOf(server, 'gpt-4o', sourcesOf().sources)))).rejects.toThrow(
      'limit of tokens before it wrote any text',
    )
  })

  it('keeps what came before the stream broke', async () => {
    await using server = await startModelServer()
    server.script([{ text: ['Half', ' an answer'], ending: 'break' }])
    const seen: GeneratedEvent[] = []
    const read = async () => {
      for await (const event of generateFunctionCalling(inputOf(server, 'gpt-4o', sourcesOf().sources)))
        seen.push(event)
    }
    await expect(read()).rejects.toMatchObject({ name: 'ModelError' })
    expect(textOf(seen)).toBe('Half an answer')
  })

  it('closes the connection to the model when it is cancelled', async () => {
    await using server = await startModelServer()
    server.script([{ text: ['Half', ' an answer'], ending: 'hang' }])
    const stop = new AbortController()
    const input = { ...inputOf(server, 'gpt-4o', sourcesOf().sources), signal: stop.signal }
    const read = async () => {
      for await (const event of generateFunctionCalling(input))
        if (event.type === 'text-delta') stop.abort(new Error('cancelled'))
    }
    await expect(read()).rejects.toThrow('cancelled')
    expect(await server.requests[0]?.closed).toBe('aborted')
  })

  it('searches first for a provider that refuses tools, and does not offer them again', async () => {
    await using server = await startModelServer()
    server.script((body) =>
      body.tools === undefined ? '417 grams [1].' : { status: 400, error: 'gemma:2b does not support tools' },
    )
    const { sources, searches } = sourcesOf()
    const input = inputOf(server, 'gemma:2b', sources)
    expect(textOf(await collect(generateFunctionCalling(input)))).toBe('417 grams [1].')
    expect(searches).toEqual(['And how heavy is it?'])
    expect(server.requests).toHaveLength(2)
    await collect(generateFunctionCalling(input))
    expect(server.requests).toHaveLength(3)
  })
})

describe('searching first', () => {
  it('makes one call when there is no history', async () => {
    await using server = await startModelServer()
    server.script(['It weighs 417 grams [1].'])
    const { sources, searches } = sourcesOf()
    const events = await collect(generateRetrievalFirst(inputOf(server, 'llama', sources)))
    expect(searches).toEqual(['And how heavy is it?'])
    expect(toolsOf(server)).toEqual([[]])
    expect(server.requests[0]?.body.messages[0]?.content).toContain(`[1] owls.md, page 3, Birds > Owls\n${fact}`)
    expect(events.map((event) => event.type).filter((type) => type !== 'text-delta')).toEqual([
      'tool-call',
      'tool-result',
      'citation',
      'citation-counts',
      'usage',
      'citation-counts',
    ])
  })

  it('makes the question stand alone first when there is', async () => {
    await using server = await startModelServer()
    server.script(['Weight of the barn owl of Quarrington', 'It weighs 417 grams [1].'])
    const { sources, searches } = sourcesOf(turns)
    const events = await collect(generateRetrievalFirst(inputOf(server, 'llama', sources)))
    expect(searches).toEqual(['Weight of the barn owl of Quarrington'])
    expect(contentOf(server, 0)).toContain('Tell me about the barn owl.')
    expect(textOf(events)).toBe('It weighs 417 grams [1].')
    expect(events.filter((event) => event.type === 'usage')).toHaveLength(2)
    expect(server.requests[1]?.body.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  })

  it('searches with words of earlier questions when the model makes no query of it', async () => {
    await using server = await startModelServer()
    server.script([`${'The owl is heavy. '.repeat(100)}`, 'It weighs 417 grams [1].'])
    const { sources, searches } = sourcesOf(turns)
    await collect(generateRetrievalFirst(inputOf(server, 'llama', sources)))
    expect(searches).toEqual(['Tell me about the barn owl. And how heavy is it?'])
  })
})
