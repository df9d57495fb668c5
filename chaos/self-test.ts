import { check } from './checker.ts'
import { type CleanRound, cleanRound, frame } from './clean-records.ts'
import type { FinalMessage, FindingKind, Frame } from './records.ts'

/** A way to spoil the clean round, and what the checker must say to it. */
interface Doctoring {
  readonly name: string
  readonly kind: FindingKind
  spoil(round: CleanRound): CleanRound
}

const [chatId, replyId] = ['c', 'r1']

function withFinal({ records, final }: CleanRound, change: Partial<CleanRound['final']>): CleanRound {
  return { records, final: { ...final, ...change } }
}

function withRecords({ records, final }: CleanRound, change: Partial<CleanRound['records']>): CleanRound {
  return { records: { ...records, ...change }, final }
}

/** Changes a message both where the API shows it and in its row, so that only its meaning is wrong. */
function withMessages(
  round: CleanRound,
  change: (messages: readonly FinalMessage[]) => readonly FinalMessage[],
): CleanRound {
  const messages = change(round.final.chats.get(chatId) ?? [])
  const rows = messages.map(({ id, role, status, content }) => ({ id, chatId, role, status, content }))
  return withFinal(round, { chats: new Map([[chatId, messages]]), rows })
}

function withReply(round: CleanRound, change: Partial<FinalMessage>): CleanRound {
  return withMessages(round, (messages) =>
    messages.map((message) => (message.id === replyId ? { ...message, ...change } : message)),
  )
}

/** Changes what the first reader got over its second connection. */
function withSeen(round: CleanRound, change: (frames: readonly Frame[]) => readonly Frame[]): CleanRound {
  const [reader, ...others] = round.records.readers
  if (reader === undefined) return round
  const connections = reader.connections.map((connection, index) =>
    index === 1 ? { ...connection, frames: change(connection.frames) } : connection,
  )
  return withRecords(round, { readers: [{ ...reader, connections }, ...others] })
}

function withSnapshot(round: CleanRound, data: object): CleanRound {
  const [first, lost] = round.records.readers
  if (first === undefined || lost === undefined) return round
  const connections = lost.connections.map((connection) => ({
    ...connection,
    frames: [frame(6, 'message_snapshot', data), ...connection.frames.slice(1)],
  }))
  return withRecords(round, { readers: [first, { ...lost, connections }] })
}

function withStream(round: CleanRound, change: (frames: readonly Frame[]) => readonly Frame[]): CleanRound {
  const streams = new Map(round.final.streams)
  streams.set(replyId, change(streams.get(replyId) ?? []))
  return withFinal(round, { streams })
}

const doctorings: readonly Doctoring[] = [
  { name: 'an accepted question is gone', kind: 'lost', spoil: (round) => withMessages(round, (all) => all.slice(2)) },
  {
    name: "a question's text has changed",
    kind: 'lost',
    spoil: (round) =>
      withMessages(round, (all) => all.map((one, index) => (index === 0 ? { ...one, content: '<q:t.0 > One' } : one))),
  },
  { name: 'a chat is gone', kind: 'lost', spoil: (round) => withFinal(round, { chats: new Map(), rows: [] }) },
  {
    name: 'the text of a dead attempt is gone',
    kind: 'lost',
    spoil: (round) => withFinal(round, { attempts: new Map() }),
  },
  {
    name: 'a dead attempt kept less than was shown',
    kind: 'lost',
    spoil: (round) => withFinal(round, { attempts: new Map([[replyId, [{ attempt: 1, content: 'Call 1' }]]]) }),
  },
  {
    name: 'a completed answer lacks its last word',
    kind: 'lost',
    spoil: (round) => withReply(round, { content: 'Call 2 of t.0: 漢字 and' }),
  },
  {
    name: 'a text of two authors',
    kind: 'lost',
    spoil: (round) => withReply(round, { status: 'cancelled', content: 'Call 1 of t.0: 漢Call 2' }),
  },
  {
    name: 'what was shown as ended changed after',
    kind: 'lost',
    spoil: (round) => withRecords(round, { looks: [{ replyId, at: 1, status: 'cancelled', content: 'Call 1' }] }),
  },
  {
    name: 'the API shows another history than the rows',
    kind: 'lost',
    spoil: (round) => withFinal(round, { rows: round.final.rows.slice(1) }),
  },
  {
    name: 'an upload is gone',
    kind: 'lost',
    spoil: (round) => withFinal(round, { documents: [] }),
  },
  {
    name: 'one key made two messages',
    kind: 'duplicated',
    spoil: (round) => withMessages(round, (all) => [...all, ...all.slice(0, 1).map((one) => ({ ...one, id: 'q3' }))]),
  },
  {
    name: 'one request made two messages',
    kind: 'duplicated',
    spoil: (round) => withMessages(round, (all) => [...all, ...all.slice(2, 3).map((one) => ({ ...one, id: 'q3' }))]),
  },
  {
    name: 'one key made two chats',
    kind: 'duplicated',
    spoil: (round) => withFinal(round, { chatCounts: new Map([['chat', 2]]) }),
  },
  {
    name: 'a question has two replies',
    kind: 'duplicated',
    spoil: (round) => withMessages(round, (all) => [...all, ...all.slice(1, 2).map((one) => ({ ...one, id: 'r3' }))]),
  },
  {
    name: 'a number came twice',
    kind: 'duplicated',
    spoil: (round) => withSeen(round, (all) => [...all.slice(0, 1), ...all]),
  },
  {
    name: 'a frame is missing',
    kind: 'gaps',
    spoil: (round) => withSeen(round, (all) => [...all.slice(0, 2), ...all.slice(3)]),
  },
  {
    name: 'the first frame after a resume is missing',
    kind: 'gaps',
    spoil: (round) => withSeen(round, (all) => all.slice(1)),
  },
  {
    name: 'a frame has another byte',
    kind: 'gaps',
    spoil: (round) =>
      withSeen(round, (all) => all.map((one, index) => (index === 2 ? { ...one, raw: `${one.raw} ` } : one))),
  },
  {
    name: 'a fresh read lacks a frame',
    kind: 'gaps',
    spoil: (round) => withStream(round, (all) => [...all.slice(0, 3), ...all.slice(4)]),
  },
  { name: 'a fresh read has no end', kind: 'gaps', spoil: (round) => withStream(round, (all) => all.slice(0, -1)) },
  {
    name: 'a snapshot lacks text',
    kind: 'gaps',
    spoil: (round) => withSnapshot(round, { covers: 6, attempt: 2, content: 'Call' }),
  },
  {
    name: 'a snapshot is of a dead attempt',
    kind: 'gaps',
    spoil: (round) => withSnapshot(round, { covers: 6, attempt: 1, content: 'Call 2 of' }),
  },
  {
    name: 'the stored log has a hole',
    kind: 'gaps',
    spoil: (round) => withFinal(round, { answers: round.final.answers.map((one) => ({ ...one, eventCount: 2 })) }),
  },
  { name: 'an answer never ended', kind: 'stuck', spoil: (round) => withReply(round, { status: 'processing' }) },
  {
    name: 'a reader never saw an end',
    kind: 'stuck',
    spoil: (round) =>
      withRecords(round, { readers: round.records.readers.map((one) => ({ ...one, outcome: 'stuck' as const })) }),
  },
  {
    name: 'a request had no answer',
    kind: 'stuck',
    spoil: (round) =>
      withRecords(round, {
        cancels: [{ node: 'node 1', startedAt: 0, endedAt: 40_000, error: 'Error: timeout', replyId, chatId }],
      }),
  },
  {
    name: 'an upload was never read',
    kind: 'stuck',
    spoil: (round) =>
      withFinal(round, { documents: round.final.documents.map((one) => ({ ...one, status: 'syncing' })) }),
  },
  {
    name: 'an answer was begun before the one before it had ended',
    kind: 'broken',
    spoil: (round) => withRecords(round, { calls: round.records.calls.map((one) => ({ ...one, history: [] })) }),
  },
  {
    name: 'a deleted chat left rows',
    kind: 'broken',
    spoil: (round) =>
      withRecords(withFinal(round, { chats: new Map() }), {
        deletes: [{ kind: 'chat', projectId: 'p', chatId, node: 'node 1', startedAt: 0, endedAt: 1, status: 200 }],
      }),
  },
  { name: 'a row without its parent', kind: 'broken', spoil: (round) => withFinal(round, { orphans: ['1 row'] }) },
  { name: 'a process ended by itself', kind: 'broken', spoil: (round) => withFinal(round, { complaints: ['node 1'] }) },
  {
    name: 'a 500',
    kind: 'broken',
    spoil: (round) => withRecords(round, { refusals: [{ status: 500, route: 'GET /', body: '' }] }),
  },
]

/** The checker has nothing to say of the clean round, and finds each thing that is done to it. */
export function testChecker(): { text: string; isGood: boolean } {
  const clean = cleanRound()
  const wrong = check(clean.records, clean.final).map(({ kind, text }) => `  finds ${kind} in a clean round: ${text}`)
  for (const { name, kind, spoil } of doctorings) {
    const { records, final } = spoil(cleanRound())
    if (!check(records, final).some((finding) => finding.kind === kind)) wrong.push(`  does not see: ${name}`)
  }
  const head = `checker: ${doctorings.length} doctored records, ${wrong.length === 0 ? 'each found' : 'not right'}`
  return { text: [head, ...wrong].join('\n'), isGood: wrong.length === 0 }
}
