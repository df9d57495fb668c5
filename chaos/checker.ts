import { checkQuestions } from './check-questions.ts'
import { checkReader } from './check-reader.ts'
import { checkReply } from './check-reply.ts'
import { checkRows } from './check-rows.ts'
import type { FinalState, Finding, RoundRecords } from './records.ts'

/**
 * Compares what clients saw and were told with how things are in the end, and with each other. Knows nothing of the
 * server but its API, the names of its tables and what the model server sent.
 */
export function check(records: RoundRecords, final: FinalState): Finding[] {
  return [
    ...checkQuestions(records, final),
    ...[...final.chats].flatMap(([chatId, messages]) =>
      messages
        .filter(({ role }) => role === 'assistant')
        .flatMap((reply) => checkReply(records, final, { chatId, reply })),
    ),
    ...records.readers.flatMap((reader) => checkReader(reader, records, final)),
    ...checkRows(records, final),
    ...checkTries(records),
  ]
}

/** Faults end long before a client's patience does, so whoever waited in vain was forgotten by the server. */
function checkTries({ questions, readers, cancels, deletes, uploads }: RoundRecords): Finding[] {
  const tries = [questions, readers.map(({ connections }) => ({ tries: connections })), uploads].flatMap((list) =>
    list.flatMap((one) => one.tries),
  )
  return [...tries, ...cancels, ...deletes]
    .filter(({ error }) => error?.includes('timeout'))
    .map(({ node, startedAt, endedAt }) => ({
      kind: 'stuck',
      text: `a request to ${node} had no answer for ${endedAt - startedAt} ms, begun at ${new Date(startedAt).toISOString()}`,
    }))
}
