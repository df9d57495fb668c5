import { describe, expect, it } from 'vitest'
import type { AnswerEvent, AnswerSnapshot, ReadEvent } from '../../answers/log/answer-event.ts'
import { emptySnapshot } from '../../answers/log/answer-snapshot.ts'
import type { Message } from '../../chats/chat.ts'
import { newId } from '../../ids.ts'
import { presentAnswerStream, presentClosing, readBeginning } from './answer-stream.ts'

const place = { projectId: newId(), chatId: newId() } as Pick<Message, 'projectId' | 'chatId'>
const question: Message = {
  ...place,
  id: newId(),
  position: 1,
  role: 'user',
  content: 'Count',
  status: 'completed',
  parentId: null,
  answerId: null,
  metadata: {},
  model: null,
  usage: null,
  citations: [],
  details: null,
  error: null,
  cancelRequestedAt: null,
  rating: null,
  createdAt: '2026-11-22T20:13:48.123Z',
  completedAt: null,
}
const reply: Message = { ...question, id: newId(), role: 'assistant', parentId: question.id, content: 'One two' }
const asked = {
  projectId: place.projectId,
  answerId: newId<NonNullable<Message['answerId']>>(),
  question,
  replyId: reply.id,
  labels: { brain_id: null, brain_name: null, prompt_title: null },
}

const start: AnswerEvent = { type: 'answer-start', attempt: 1, model: 'm' }
const restart: AnswerEvent = { type: 'answer-restart', attempt: 2 }
const say = (text: string): AnswerEvent => ({ type: 'text-delta', text })
const end: AnswerEvent = {
  type: 'answer-end',
  status: 'completed',
  completedAt: question.createdAt,
  usage: null,
  details: null,
  error: null,
}

/** The texts of the frames that these batches make. */
async function shown(batches: readonly (readonly ReadEvent['event'][])[], stored: Message | undefined = reply) {
  async function* log(): AsyncGenerator<readonly ReadEvent[], void> {
    for (const events of batches) yield events.map((event, index) => ({ number: index + 1, event }))
  }
  const reading = log()
  const texts: string[] = []
  for await (const frame of presentAnswerStream(asked, readBeginning(reading), reading, async () => stored)) {
    expect(frame).toMatch(/^data: \{[ -~]*\}\n\n$/)
    texts.push(JSON.parse(frame.slice('data: '.length)).assistant)
  }
  return texts
}

describe('the frames of an answer', () => {
  it('are one for each piece of text, and one for the end', async () => {
    expect(await shown([[start], [say('One'), say(' two')], [end]])).toEqual(['One', ' two', ''])
    expect(await shown([[start, say('One two'), end]])).toEqual(['One two', ''])
    expect(await shown([[start, end]])).toEqual([''])
  })

  it('stop where an answer begins again after its first words, for these clients cannot take any back', async () => {
    const stopped = await shown([[start, say('One')], [restart, start, say('Two')], [end]])
    expect(stopped).toEqual(['One', expect.stringContaining('is being made again')])
    expect(await shown([[start], [restart, start, say('One two')], [end]])).toEqual(['One two', ''])
  })

  it('give the whole text at once when only that is left, but not to a reader who holds some', async () => {
    const snapshot: AnswerSnapshot = { ...emptySnapshot, text: 'One two' }
    expect(await shown([[snapshot, end]])).toEqual(['One two', ''])
    expect(await shown([[say('One')], [snapshot, end]])).toEqual(['One', expect.stringContaining('history')])
  })

  it('say in words and for programs why they end before the answer does', () => {
    const record = JSON.parse(presentClosing(asked, 'shutdown').slice('data: '.length))
    expect(record).toMatchObject({
      message_id: reply.id,
      metadata: { sources: [], stream_closed: { reason: 'shutdown' } },
    })
    expect(record.assistant).toContain(record.metadata.stream_closed.message)
  })

  it('say why a failed answer stops', async () => {
    const error = { code: 'model_timeout', message: 'The model fell silent' }
    const failed: Message = { ...reply, status: 'failed', content: 'One', error }
    expect(await shown([[start, say('One')], [end]], failed)).toEqual([
      'One',
      '\n\nThe answer was cut off here: The model fell silent',
    ])
  })

  it('end as usual when the chat was deleted meanwhile', async () => {
    async function* log(): AsyncGenerator<readonly ReadEvent[], void> {
      yield [{ number: 1, event: say('One') }]
      yield [{ number: 2, event: end }]
    }
    const reading = log()
    const frames: string[] = []
    for await (const frame of presentAnswerStream(asked, readBeginning(reading), reading, async () => undefined))
      frames.push(frame)
    expect(JSON.parse(frames.at(-1)?.slice('data: '.length) ?? '')).toMatchObject({ assistant: '', metadata: null })
  })
})
