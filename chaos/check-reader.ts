import { isDeleted } from './check-deleted.ts'
import { firstOf, textOfAttempts } from './event-text.ts'
import type { FinalState, Finding, Frame, ReaderRecord, RoundRecords } from './records.ts'

/** One reader over all its connections, against a fresh read and against what is kept. */
export function checkReader(reader: ReaderRecord, records: RoundRecords, final: FinalState): Finding[] {
  const findings: Finding[] = []
  const say = (kind: Finding['kind'], text: string) => findings.push({ kind, text: `${reader.name}: ${text}` })
  const question = records.questions.find(({ tag }) => tag === reader.tag)
  const ids = [reader.replyId, ...(question?.tries.map(({ questionId }) => questionId) ?? [])]
  const isGone = isDeleted(records, reader.chatId, ids)
  if (reader.outcome === 'stuck' || reader.outcome === 'open') say('stuck', 'no end within the bound')
  if (reader.outcome === 'gone' && !isGone) say('lost', 'was told that the answer is not there')
  checkConnections(reader, say)

  const frames = numbered(reader)
  const truth = new Map(numberedOf(final.streams.get(reader.replyId) ?? []).map((frame) => [frame.id, frame]))
  if (truth.size === 0) {
    if (!isGone) say('lost', 'the answer cannot be read any more')
    return findings
  }
  const wrong = frames.find((frame) => frame.event !== 'message_snapshot' && truth.get(frame.id)?.raw !== frame.raw)
  if (wrong !== undefined && !(isGone && wrong.event === 'message_complete')) {
    say('gaps', `saw ${JSON.stringify(wrong.raw)} where a fresh read has ${JSON.stringify(truth.get(wrong.id)?.raw)}`)
  }
  for (const snapshot of frames.filter(({ event }) => event === 'message_snapshot')) checkSnapshot(snapshot, truth, say)
  checkKept(reader, frames, final, say)
  return findings
}

type Say = (kind: Finding['kind'], text: string) => void
interface NumberedFrame extends Frame {
  readonly id: number
}

function numberedOf(frames: readonly Frame[]): NumberedFrame[] {
  return frames.flatMap((frame) => (frame.id === undefined ? [] : [{ ...frame, id: frame.id }]))
}

function numbered(reader: ReaderRecord): NumberedFrame[] {
  return numberedOf(reader.connections.flatMap(({ frames }) => frames))
}

/** Each connection goes on exactly where it was asked to; the first begins where the answer's numbers do. */
function checkConnections(reader: ReaderRecord, say: Say): void {
  const first = numbered(reader)[0]?.id ?? 1
  for (const { after, frames, status, node } of reader.connections) {
    if (status !== undefined && status !== 200 && status !== 404 && status < 500)
      say('broken', `${node} answered ${status}`)
    let due = after === undefined ? firstOf(first) : after + 1
    for (const { id, event } of numberedOf(frames)) {
      // What a snapshot covers need not follow what was asked for.
      if (event === 'message_snapshot') due = id
      if (id < due) say('duplicated', `${node} sent number ${id} after ${due - 1}`)
      else if (id > due) say('gaps', `${node} sent number ${id} after ${due - 1}`)
      due = id + 1
    }
  }
}

/** A snapshot says what it covers; its text is that of the attempt under way at that number. */
function checkSnapshot(snapshot: NumberedFrame, truth: ReadonlyMap<number, Frame>, say: Say): void {
  const { content, attempt }: { content?: string; attempt?: number } = JSON.parse(snapshot.data ?? '{}')
  const covered = [...truth].filter(([id]) => id <= snapshot.id).map(([, frame]) => frame)
  const last = textOfAttempts(covered).at(-1)
  if ((last?.text ?? '') !== content)
    say('gaps', `a snapshot up to ${snapshot.id} has another text than the events: ${snapshot.raw}`)
  if (last !== undefined && last.attempt !== attempt)
    say('gaps', `a snapshot is of attempt ${attempt}, not ${last.attempt}`)
}

/** Whatever text it was shown is kept: in the message, or with its attempt. */
function checkKept(reader: ReaderRecord, frames: readonly Frame[], final: FinalState, say: Say): void {
  const message = final.chats.get(reader.chatId)?.find(({ id }) => id === reader.replyId)
  if (message === undefined) return
  const attempts = final.attempts.get(reader.replyId) ?? []
  const shown = textOfAttempts(frames)
  for (const { attempt, text } of shown) {
    const stored = attempts.find((kept) => kept.attempt === attempt)?.content
    if (text === '' || stored?.startsWith(text) === true || message.content.startsWith(text)) continue
    say('lost', `was shown ${JSON.stringify(text)} of attempt ${attempt}, which is not kept`)
  }
  const numbers = shown.map(({ attempt }) => attempt)
  if (numbers.some((attempt, index) => index > 0 && attempt < (numbers[index - 1] ?? 0))) {
    say('gaps', `saw attempts in the order ${numbers.join(', ')}`)
  }
}
