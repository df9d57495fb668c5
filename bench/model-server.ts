import { randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { benchModel, benchTokens, silentModel } from './bench-answer.ts'
import { announce } from './bench-process.ts'

/** A process of its own that speaks OpenAI's chat completions: the first token at once, then one every 20 ms. */
const tokenEveryMs = 20

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    const data = [benchModel, silentModel].map((id) => ({ id, object: 'model', created: 0, owned_by: 'bench' }))
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data }))
    return
  }
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    // The silent model keeps its caller waiting until that one hangs up.
    if (JSON.parse(body).model !== silentModel) stream(response)
  })
})

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const id = `chatcmpl-${randomUUID()}`
  const created = Math.floor(Date.now() / 1000)
  const send = (delta: object, finish: string | null, more: object = {}) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }]
    const chunk = { id, object: 'chat.completion.chunk', created, model: benchModel, choices, ...more }
    response.write(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  let next = 0
  const sendToken = () => {
    send({ content: benchTokens[next] }, null)
    next += 1
    if (next < benchTokens.length) return
    clearInterval(timer)
    const usage = { prompt_tokens: 10, completion_tokens: next, total_tokens: 10 + next }
    send({}, 'stop', { usage })
    response.end('data: [DONE]\n\n')
  }
  send({ role: 'assistant', content: '' }, null)
  const timer = setInterval(sendToken, tokenEveryMs)
  response.on('close', () => clearInterval(timer))
  sendToken()
}

announce(server)
