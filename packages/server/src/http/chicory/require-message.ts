import type { Principal } from '../../accounts/principal.ts'
import type { Chat, ChatRef, Message } from '../../chats/chat.ts'
import type { ChatAccess } from '../../chats/chat-access.ts'
import { requireChat } from '../../chats/chat-store.ts'
import { findMessage } from '../../chats/message-store.ts'
import type { Queryable } from '../../database/database.ts'
import { chatRefOf, messageIdOf, messageNotFound } from './path-ids.ts'

interface MessageParams {
  readonly project_id: string
  readonly chat_id: string
  readonly message_id: string
}

/** The message that a path names, for somebody who may see it. */
export async function requireMessage(
  db: Queryable,
  principal: Principal,
  params: MessageParams,
  access: ChatAccess,
): Promise<{ ref: ChatRef; chat: Chat; found: Message }> {
  const ref = chatRefOf(params)
  const chat = await requireChat(db, principal, ref, access)
  const found = await findMessage(db, ref, messageIdOf(params))
  if (found === undefined) throw messageNotFound()
  return { ref, chat, found }
}
