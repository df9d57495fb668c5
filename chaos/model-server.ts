import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Random } from './random.ts'
import type { ModelCall } from './records.ts'

export interface ChaosModel {
  readonly url: string
  /** Every call so far, oldest first; cleared by whoever starts a new round. */
  readonly calls: ModelCall[]
  [Symbol.asyncDispose](): Promise<void>
}

interface WireMessage {
  readonly role: string
  readonly content: string | null
}

const tagPattern = /<q:([\w.-]+)(?: pace:(\d+))?(?: words:(\d+))?>/

/** What stands in a question to name it, with the milliseconds between its answer's pieces and their number. */
export function tagText(tag: string, { paceMs, words }: { paceMs: number; words: number }): string {
  return `<q:${tag} pace:${paceMs} words:${words}>`
}

/** What is hard on framing and encoding, between plain words. */
const spices = ['é', '漢字', '👩‍🚀', '\n', '\n\n', 'data: x', 'id: 7', '\r\n', '"quote"', '\\', '\u2028', '<b>', '\t']

/** The text of the nth call for a question: a function of both, so that the checker knows it too. */
function answerPieces(tag: string, call: number, words: number): string[] {
  const random = new Random(`${tag}/${call}`)
  const pieces = [`Call ${call} of ${tag}:`]
  for (let index = 1; index < words; index++) {
    pieces.push(random.chance(0.15) ? ` ${random.pick(spices)}` : ` w${index}x${random.between(0, 99_999)}`)
  }
  return [...pieces, ` end of call ${call}.`]
}

/** Speaks OpenAI's protocol, slowly: `/v1/models` and a streamed `/v1/chat/completions`. */
export async function startChaosModel(): Promise<ChaosModel> {
  const calls: ModelCall[] = []
  const counts = new Map<string, number>()
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    request.setEncoding('utf8')
    for await (const piece of request) body += piece
    if (request.url?.startsWith('/v1/models') === true) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ object: 'list', data: [{ id: 'chaos', object: 'model', created: 1, owned_by: 'x' }] }),
      )
      return
    }
    const { messages }: { messages: readonly WireMessage[] } = JSON.parse(body)
    const asked = messages.findLast(({ role }) => role === 'user')?.content ?? ''
    const found = tagPattern.exec(asked)
    const tag = found?.[1] ?? 'none'
    const number = (counts.get(tag) ?? 0) + 1
    counts.set(tag, number)
    const pieces = answerPieces(tag, number, Number(found?.[3] ?? 20))
    const history = messages.filter(({ role }) => role === 'assistant').map(({ content }) => content ?? '')
    const call: ModelCall = {
      tag,
      number,
      text: pieces.join(''),
      sent: 0,
      outcome: 'running',
      startedAt: Date.now(),
      history,
    }
    calls.push(call)
    response.once('close', () => {
      call.outcome = response.writableFinished ? 'finished' : 'aborted'
      call.endedAt = Date.now()
    })
    await stream(response, call, pieces, Number(found?.[2] ?? 10))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function stream(
  response: ServerResponse,
  call: ModelCall,
  pieces: readonly string[],
  paceMs: number,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  const head = {
    id: `chatcmpl-${call.tag}-${call.number}`,
    object: 'chat.completion.chunk',
    created: 1,
    model: 'chaos',
  }
  const write = (value: unknown) => response.write(`data: ${JSON.stringify({ ...head, ...(value as object) })}\n\n`)
  write({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] })
  for (const content of pieces) {
    if (response.destroyed) return
    call.sent += content.length
    write({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
    await wait(paceMs)
  }
  write({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  write({
    choices: [],
    usage: { prompt_tokens: 10, completion_tokens: pieces.length, total_tokens: 10 + pieces.length },
  })
  response.end('data: [DONE]\n\n')
}
