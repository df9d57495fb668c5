import { firstOf, textOfAttempts } from './event-text.ts'
import type { FinalMessage, FinalState, Finding, ModelCall, RoundRecords } from './records.ts'

const finished = new Set(['completed', 'failed', 'cancelled'])

/** One answer in the end: over, whole, of one author, in the order asked, and as everybody was told. */
export function checkReply(
  records: RoundRecords,
  final: FinalState,
  { chatId, reply }: { chatId: string; reply: FinalMessage },
): Finding[] {
  const findings: Finding[] = []
  const messages = final.chats.get(chatId) ?? []
  const question = messages.find(({ id }) => id === reply.parentId)
  const tag = /<q:([\w.-]+) /.exec(question?.content ?? '')?.[1] ?? 'deleted'
  const say = (kind: Finding['kind'], text: string) =>
    findings.push({ kind, text: `reply ${reply.id} to ${tag}: ${text}` })
  if (!finished.has(reply.status)) say('stuck', `is still ${reply.status}`)

  const calls = records.calls.filter((call) => call.tag === tag)
  if (tag !== 'deleted') {
    for (const text of checkTexts(reply, final, calls)) say('lost', text)
    if (reply.status === 'failed' && calls.length < 3)
      say('broken', `failed after ${calls.length} calls of the model: ${JSON.stringify(reply.error)}`)
  }
  for (const text of checkStream(reply, final)) say('gaps', text)
  for (const text of checkTold(reply, records, final)) say('lost', text)
  for (const text of checkOrder(reply, messages, calls)) say('broken', text)
  return findings
}

/** The texts are what the model sent: whole when completed, else from the start of one call. */
function checkTexts(reply: FinalMessage, final: FinalState, calls: readonly ModelCall[]): string[] {
  const problems: string[] = []
  const isOfOneCall = (text: string) => calls.some((call) => call.text.slice(0, call.sent).startsWith(text))
  if (reply.status === 'completed' && !calls.some(({ text }) => text === reply.content)) {
    problems.push(`completed with another text than the model sent: ${JSON.stringify(reply.content)}`)
  }
  for (const [name, text] of [
    ['message', reply.content],
    ...(final.attempts.get(reply.id) ?? []).map(({ attempt, content }) => [`attempt ${attempt}`, content] as const),
  ] as const) {
    if (!isOfOneCall(text) && text !== '')
      problems.push(`the text of ${name} is not of one call of the model: ${JSON.stringify(text)}`)
  }
  return problems
}

/** A fresh read is whole: numbers from 1, one end that says what the message says, and the message's text. */
function checkStream(reply: FinalMessage, final: FinalState): string[] {
  const frames = (final.streams.get(reply.id) ?? []).filter((frame) => frame.id !== undefined)
  const problems: string[] = []
  const first = firstOf(frames[0]?.id ?? 1)
  for (const [index, frame] of frames.entries()) {
    if (frame.id !== first + index) {
      problems.push(`a fresh read has number ${frame.id} where ${first + index} was due`)
      break
    }
  }
  const ends = frames.filter(({ event }) => event === 'message_complete')
  if (ends.length !== 1 || frames.at(-1)?.event !== 'message_complete')
    problems.push(`a fresh read has ${ends.length} ends`)
  const status = statusOf(ends[0]?.data)
  if (status !== reply.status) problems.push(`the stream ends as ${status}, the message as ${reply.status}`)
  const last = textOfAttempts(frames).at(-1)
  // A failed answer keeps the longest of its attempts, one that was cancelled between two attempts too.
  if (reply.status === 'completed' && last?.text !== reply.content)
    problems.push('the text of the stream is not that of the message')
  return problems
}

function checkTold(reply: FinalMessage, records: RoundRecords, final: FinalState): string[] {
  const kept = [reply.content, ...(final.attempts.get(reply.id) ?? []).map(({ content }) => content)]
  const shown = [
    ...records.looks.filter(({ replyId }) => replyId === reply.id),
    ...records.cancels.flatMap((cancel) =>
      cancel.replyId === reply.id && cancel.shown !== undefined ? [cancel.shown] : [],
    ),
  ]
  return shown.flatMap(({ status, content }) => [
    ...(finished.has(status) && status !== reply.status ? [`was shown as ${status}, is ${reply.status}`] : []),
    ...(finished.has(status) && content !== reply.content ? ['was shown with another final text'] : []),
    ...(kept.some((text) => text.startsWith(content))
      ? []
      : [`was shown with a text that nothing keeps: ${JSON.stringify(content)}`]),
  ])
}

/** Whoever came after a completed answer was generated with it in the prompt. */
function checkOrder(reply: FinalMessage, messages: readonly FinalMessage[], calls: readonly ModelCall[]): string[] {
  const question = messages.findIndex(({ id }) => id === reply.parentId)
  const before = messages[question - 1]
  if (question < 0 || before?.role !== 'assistant' || before.status !== 'completed') return []
  // Asked twice without a key: nobody can tell which call was for which.
  const isTwice =
    messages.filter(({ role, content }) => role === 'user' && content === messages[question]?.content).length > 1
  if (isTwice || messages[question]?.parentId !== before.id) return []
  return calls
    .filter(({ history }) => !history.includes(before.content))
    .map(({ number }) => `call ${number} began before the answer before it had ended`)
}

function statusOf(data: string | undefined): string | undefined {
  if (data === undefined) return undefined
  const { status }: { status?: string } = JSON.parse(data)
  return status
}
