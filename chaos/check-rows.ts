import { isDeleted } from './check-deleted.ts'
import type { FinalState, Finding, RoundRecords } from './records.ts'

/** The database by itself, and beside what the API says of it. */
export function checkRows(records: RoundRecords, final: FinalState): Finding[] {
  const findings: Finding[] = []
  const say = (kind: Finding['kind'], text: string) => findings.push({ kind, text })
  for (const complaint of [...final.orphans, ...final.complaints]) say('broken', complaint)
  for (const { chatId, name } of records.chats) {
    const count = final.chatCounts.get(name) ?? 0
    if (count > 1) say('duplicated', `one key made ${count} chats named ${name}`)
    const shown = final.chats.get(chatId)
    const rows = final.rows.filter((row) => row.chatId === chatId)
    const told = records.deletes.some(
      (call) => call.kind !== 'message' && call.chatId === chatId && call.status === 200,
    )
    if (told && shown !== undefined) say('broken', `chat ${chatId} was deleted and is still there`)
    if (shown === undefined) {
      if (rows.length > 0) say('broken', `${rows.length} messages are left of the deleted chat ${chatId}`)
      if (!isDeleted(records, chatId)) say('lost', `chat ${chatId} is gone`)
      continue
    }
    const asText = (list: readonly { id: string; status: string; content: string }[]) =>
      JSON.stringify(list.map(({ id, status, content }) => [id, status, content]))
    if (asText(rows) !== asText(shown)) say('lost', `the history of chat ${chatId} is not what its rows say`)
  }
  for (const answer of final.answers) {
    const { id, eventCount, firstNumber, lastNumber } = answer
    const isWhole = firstNumber === 1 && lastNumber === eventCount
    if (!isWhole) say('gaps', `the log of answer ${id} has ${eventCount} events from ${firstNumber} to ${lastNumber}`)
    const message = final.rows.find((row) => row.id === answer.messageId)
    if (message !== undefined && message.status !== answer.state)
      say('broken', `answer ${id} is ${answer.state}, its message ${message.status}`)
  }
  for (const upload of records.uploads) checkUpload(upload, final, say)
  for (const { status, route, body } of records.refusals)
    if (status <= 500) say('broken', `${route}: ${status} ${body}`)
  return findings
}

function checkUpload(
  { name, text, tries }: RoundRecords['uploads'][number],
  final: FinalState,
  say: (kind: Finding['kind'], text: string) => void,
): void {
  const stored = final.documents.filter(({ sourceName }) => sourceName === name)
  const isTold = tries.some(({ status }) => status === 201 || status === 409)
  if (stored.length > 1) say('duplicated', `upload ${name} made ${stored.length} sources`)
  const [source] = stored
  if (source === undefined) {
    if (isTold) say('lost', `upload ${name} was accepted and is not there`)
    return
  }
  if (source.status !== 'connected') say('stuck', `upload ${name} is ${source.status}: ${source.error}`)
  else if (source.texts.length !== 1 || source.texts[0]?.trim() !== text) say('lost', `upload ${name} has another text`)
}
