import { parseFrame } from './http-client.ts'
import type { FinalState, Frame, ModelCall, RoundRecords } from './records.ts'

/** A round as it should be, small and made up: what the self-test spoils. */
export interface CleanRound {
  readonly records: RoundRecords
  readonly final: FinalState
}

const [projectId, chatId, questionId, replyId, secondId, secondReplyId] = ['p', 'c', 'q1', 'r1', 'q2', 'r2']
const node = 'node 1'
const tried = { node, startedAt: 0, endedAt: 1 }

/** The first answer was cut off after some text and begun again; the second went through. */
export function cleanRound(): CleanRound {
  const [dead, first, second] = [
    callOf('t.0', 1, 'aborted'),
    callOf('t.0', 2, 'finished'),
    callOf('t.1', 1, 'finished'),
  ]
  const secondCall: ModelCall = { ...second, history: [first.text] }
  const shown = dead.text.slice(0, 12)
  const firstStream = frames([
    ['message_start', { attempt: 1 }],
    ['message_chunk', { content_chunk: dead.text.slice(0, 5) }],
    ['message_chunk', { content_chunk: dead.text.slice(5, 12) }],
    ['message_restart', { attempt: 2 }],
    ['message_start', { attempt: 2 }],
    ['message_chunk', { content_chunk: first.text.slice(0, 9) }],
    ['message_chunk', { content_chunk: first.text.slice(9) }],
    ['message_complete', { status: 'completed' }],
  ])
  const secondStream = frames([
    ['message_start', { attempt: 1 }],
    ['message_chunk', { content_chunk: second.text }],
    ['message_complete', { status: 'completed' }],
  ])
  const visit = { ...tried, status: 200, isCutByClient: false }
  const reader = { name: 'reader', tag: 't.0', projectId, chatId, replyId, outcome: 'end' as const }
  const contents = ['<q:t.0 > One?', '<q:t.1 > Two?']
  const records: RoundRecords = {
    chats: [{ projectId, chatId, name: 'chat' }],
    questions: [
      {
        tag: 't.0',
        projectId,
        chatId,
        content: contents[0] ?? '',
        key: 'k',
        regenerated: [],
        siblings: [],
        tries: [
          { ...tried, error: 'ECONNRESET' },
          { ...tried, status: 201, questionId, replyId },
        ],
      },
      {
        tag: 't.1',
        projectId,
        chatId,
        content: contents[1] ?? '',
        regenerated: [],
        siblings: [],
        tries: [{ ...tried, status: 201, questionId: secondId, replyId: secondReplyId }],
      },
    ],
    readers: [
      {
        ...reader,
        connections: [
          { ...visit, frames: firstStream.slice(0, 3), isCutByClient: true },
          { ...visit, after: 3, frames: firstStream.slice(3) },
        ],
      },
      {
        ...reader,
        name: 'lost reader',
        connections: [
          { ...visit, after: 1_000_000, frames: [snapshot(6, first.text.slice(0, 9)), ...firstStream.slice(6)] },
        ],
      },
    ],
    looks: [{ replyId, at: 1, status: 'processing', content: shown }],
    cancels: [{ ...tried, status: 200, replyId, chatId, shown: { status: 'completed', content: first.text } }],
    deletes: [],
    uploads: [{ projectId, name: 'f.txt', text: 'Blue.', tries: [{ ...tried, status: 201, sourceId: 's' }] }],
    calls: [dead, first, secondCall],
    refusals: [],
  }
  const message = (id: string, role: string, content: string, parentId: string | null) =>
    ({ id, role, content, parentId, status: 'completed', error: null }) as const
  const messages = [
    message(questionId, 'user', contents[0] ?? '', null),
    message(replyId, 'assistant', first.text, questionId),
    message(secondId, 'user', contents[1] ?? '', replyId),
    message(secondReplyId, 'assistant', second.text, secondId),
  ]
  const answer = { chatId, state: 'completed', firstNumber: 1 }
  const final: FinalState = {
    chats: new Map([[chatId, messages]]),
    streams: new Map([
      [replyId, firstStream],
      [secondReplyId, secondStream],
    ]),
    attempts: new Map([[replyId, [{ attempt: 1, content: shown }]]]),
    rows: messages.map(({ id, role, status, content }) => ({ id, chatId, role, status, content })),
    answers: [
      { ...answer, id: 'a1', messageId: replyId, attempt: 2, eventCount: 8, lastNumber: 8 },
      { ...answer, id: 'a2', messageId: secondReplyId, attempt: 1, eventCount: 3, lastNumber: 3 },
    ],
    chatCounts: new Map([['chat', 1]]),
    orphans: [],
    documents: [{ sourceId: 's', sourceName: 'f.txt', status: 'connected', error: null, texts: ['Blue.'] }],
    complaints: [],
  }
  return { records, final }
}

function callOf(tag: string, number: number, outcome: ModelCall['outcome']): ModelCall {
  const text = `Call ${number} of ${tag}: 漢字 and more.`
  return { tag, number, text, sent: text.length, outcome, startedAt: 0, endedAt: 1, history: [] }
}

function frames(events: readonly (readonly [name: string, data: object])[]): Frame[] {
  return events.map(([name, data], index) => frame(index + 1, name, data))
}

export function frame(id: number, event: string, data: object): Frame {
  return parseFrame(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}`)
}

function snapshot(id: number, content: string): Frame {
  return frame(id, 'message_snapshot', { covers: id, attempt: 2, content })
}
