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
  ]
}
