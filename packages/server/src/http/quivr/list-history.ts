import type { ChatRef, Message } from '../../chats/chat.ts'
import { findMessage, listMessages } from '../../chats/message-store.ts'
import type { Queryable } from '../../database/database.ts'
import { decodeCursor, encodeCursor, type Page, type PageRequest, pageLimit } from '../../database/page.ts'
import { type MessageId, parseId } from '../../ids.ts'
import { presentHistoryItem } from './present.ts'

type HistoryItem = ReturnType<typeof presentHistoryItem>

/**
 * The chat's questions with their replies, oldest first: the newest of them, and a cursor to those before. Messages go
 * by pairs, so a page is read as twice as many messages. A reply made anew is an item of its own.
 */
export async function listHistory(db: Queryable, ref: ChatRef, page: PageRequest): Promise<Page<HistoryItem>> {
  const before = page.cursor === undefined ? undefined : parseId<MessageId>(decodeCursor(page.cursor, ['id'])[0])
  const { messages, hasMore } = await listMessages(db, ref, { limit: 2 * pageLimit(page), before })
  const known = new Map(messages.map((message) => [message.id, message]))
  const find = async (id: MessageId) => known.get(id) ?? (await findMessage(db, ref, id))
  const items: HistoryItem[] = []
  for (const message of messages) {
    if (message.role === 'assistant') {
      const question = message.parentId === null ? undefined : await find(message.parentId)
      items.push(presentHistoryItem(question?.content ?? '', message))
    } else if (message.role === 'user' && (await isLeftAlone(message, find))) {
      items.push(presentHistoryItem(message.content, { ...message, content: '' }))
    }
  }
  const oldest = messages[0]
  return { items, nextCursor: hasMore && oldest !== undefined ? encodeCursor([oldest.id]) : undefined }
}

/** Its reply was deleted, so no other item shows the question. */
async function isLeftAlone(
  { metadata }: Message,
  find: (id: MessageId) => Promise<Message | undefined>,
): Promise<boolean> {
  const replyId = parseId<MessageId>(String(metadata['assistant_message_id']))
  return replyId === undefined || (await find(replyId)) === undefined
}
