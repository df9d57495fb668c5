import type { RoundRecords } from './records.ts'

/** Whether a client asked for its end. Calls that broke off count: they may have been carried out. */
export function isDeleted(
  records: RoundRecords,
  chatId: string,
  messageIds: readonly (string | undefined)[] = [],
): boolean {
  return records.deletes.some((call) =>
    call.kind === 'message' ? messageIds.includes(call.messageId) : call.chatId === chatId,
  )
}
