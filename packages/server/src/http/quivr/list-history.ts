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
  // A reply whose question stands on the page before is left to that page, which the cursor then begins at.
  const first = hasMore ? messages.findIndex((message) => !isReply(message) || known.has(message.parentId)) : 0
  const kept = messages.slice(Math.max(first, 0))
  const answered = new Set(kept.filter(isReply).map((message) => message.parentId))
  const items: HistoryItem[] = []
  for (const message of kept) {
    if (isReply(message)) {
      const question = known.get(message.parentId) ?? (await findMessage(db, ref, message.parentId))
      items.push(presentHistoryItem(question?.content ?? '', message))
    } else if (message.role === 'user' && !answered.has(message.id)) {
      // Its reply was deleted.
      items.push(presentHistoryItem(message.content, { ...message, content: '' }))
    }
  }
  const oldest = kept[0]
  return { items, nextCursor: hasMore && oldest !== undefined ? encodeCursor([oldest.id]) : undefined }
}

function isReply(message: Message): message is Message & { parentId: NonNullable<Message['parentId']> } {
  return message.role === 'assistant' && message.parentId !== null
}
