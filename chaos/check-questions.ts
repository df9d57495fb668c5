import { isDeleted } from './check-deleted.ts'
import type { FinalState, Finding, QuestionRecord, RoundRecords } from './records.ts'

/** Each question that was taken is there, once per POST at most, once per key, with its exact text and one reply. */
export function checkQuestions(records: RoundRecords, final: FinalState): Finding[] {
  return records.questions.flatMap((question) => checkQuestion(question, records, final))
}

function checkQuestion(question: QuestionRecord, records: RoundRecords, final: FinalState): Finding[] {
  const { tag, chatId, content, key, tries } = question
  const taken = tries.filter((tried) => tried.questionId !== undefined)
  const findings: Finding[] = []
  const say = (kind: Finding['kind'], text: string) => findings.push({ kind, text: `question ${tag}: ${text}` })

  const ids = new Set(taken.map(({ questionId }) => questionId))
  const isChatDeleted = isDeleted(records, chatId)
  const messages = final.chats.get(chatId)
  if (messages === undefined) {
    if (taken.length > 0 && !isChatDeleted) say('lost', 'its chat is not there')
    return findings
  }
  const same = messages.filter((message) => message.role === 'user' && message.content === content)
  for (const { questionId, replyId } of taken) {
    if (isDeleted(records, chatId, [questionId, replyId])) continue
    const kept = messages.find(({ id }) => id === questionId)
    if (kept === undefined) say('lost', `${questionId} was accepted and is not in the history`)
    else if (kept.content !== content) say('lost', `its text is now ${JSON.stringify(kept.content)}`)
    if (messages.every(({ id }) => id !== replyId)) say('lost', `its reply ${replyId} is not in the history`)
  }
  if (key !== undefined && ids.size > 1) say('duplicated', `one key was told of ${ids.size} questions`)
  const most = key === undefined ? tries.length : 1
  if (same.length > most)
    say('duplicated', `${same.length} messages for ${key === undefined ? `${most} requests` : 'one key'}`)
  const unknown = messages.filter(
    (message) => message.role === 'user' && message.content.includes(`<q:${tag} `) && message.content !== content,
  )
  if (unknown.length > 0) say('lost', 'a message holds its tag but not its text')
  for (const { id } of same) {
    const replies = messages.filter((message) => message.role === 'assistant' && message.parentId === id)
    const asked = question.regenerated.filter((replyId) => isReplyTo(question, replyId, id)).length
    if (replies.length > 1 + asked) say('duplicated', `${replies.length} replies, ${asked} of them asked for`)
  }
  for (const sibling of question.siblings) {
    const isKept = messages.some(({ id }) => id === sibling) || isDeleted(records, chatId, [sibling, ...ids])
    if (!isKept) say('lost', `the other reply ${sibling} is not in the history`)
  }
  return findings
}

function isReplyTo({ tries }: QuestionRecord, replyId: string, questionId: string): boolean {
  return tries.some((tried) => tried.replyId === replyId && tried.questionId === questionId)
}
