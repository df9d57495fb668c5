/**
 * Imported into a server's process by a bench: how long after it was published each piece of text was written to each
 * reader's socket. On SIGUSR2 the delays so far go to the file BENCH_DELAYS and are forgotten.
 */
import { writeFileSync } from 'node:fs'
import { ServerResponse } from 'node:http'
import { AnswerLog } from '../packages/server/src/answers/log/answer-log.ts'
import { AnswerTail } from '../packages/server/src/answers/log/answer-tail.ts'

const publishedAt = new Map<string, number>()
const messageOf = new WeakMap<AnswerTail, string>()
const firstWriteAt = new WeakMap<ServerResponse, number>()
let delays: number[] = []
let opening: string | undefined

const { openWriter } = AnswerLog.prototype
AnswerLog.prototype.openWriter = function (answer) {
  // The worker hands over the claimed answer, which knows its message.
  opening = 'messageId' in answer ? String(answer.messageId) : undefined
  try {
    return openWriter.call(this, answer)
  } finally {
    opening = undefined
  }
}

const openTail = AnswerTail.prototype.openWriter
AnswerTail.prototype.openWriter = function (lastNumber) {
  if (opening !== undefined) messageOf.set(this, opening)
  return openTail.call(this, lastNumber)
}

const { publish } = AnswerTail.prototype
AnswerTail.prototype.publish = function (events) {
  const message = messageOf.get(this)
  const now = performance.now()
  if (message !== undefined) for (const { number } of events) publishedAt.set(`${message} ${number}`, now)
  publish.call(this, events)
}

/** Ids go on over a chat's answers, so many numbers apart; see http/chicory/stream-numbers.ts. */
const idsPerAnswer = 1_000_000
const chunkFrame = /id: (\d+)\nevent: message_chunk\ndata: \{"id":"([^"]+)"/g
const { write } = ServerResponse.prototype
ServerResponse.prototype.write = function (this: ServerResponse, ...parameters: unknown[]) {
  const isTaken = Reflect.apply(write, this, parameters)
  const [text] = parameters
  if (typeof text !== 'string' || !(text.startsWith('id: ') || text.startsWith('retry: '))) return isTaken
  const now = performance.now()
  const openedAt = firstWriteAt.get(this) ?? now
  firstWriteAt.set(this, openedAt)
  for (const [, id, message] of text.matchAll(chunkFrame)) {
    const published = publishedAt.get(`${message} ${Number(id) % idsPerAnswer}`)
    // What was said before a reader came is no delay.
    if (published !== undefined && published >= openedAt) delays.push(now - published)
  }
  return isTaken
}

process.on('SIGUSR2', () => {
  writeFileSync(process.env['BENCH_DELAYS'] ?? 'delays.json', JSON.stringify(delays))
  delays = []
  publishedAt.clear()
})
