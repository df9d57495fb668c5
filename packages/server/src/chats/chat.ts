import type { Citation } from '../answers/citations/citation.ts'
import type { AnswerDetails, AnswerFailure, AnswerUsage } from '../answers/log/answer-event.ts'
import type { MessageRole, MessageStatus, NameOrigin, Timestamp } from '../database/schema.ts'
import type { AnswerId, ChatId, MessageId, ProjectId, UserId } from '../ids.ts'

export interface Chat {
  readonly projectId: ProjectId
  readonly id: ChatId
  readonly ownerId: UserId
  /** The label the client sent; its user's id when it sent none. */
  readonly owner: string
  readonly name: string
  readonly nameOrigin: NameOrigin
  readonly description: string | null
  readonly messageCount: number
  /** Ends the active path. */
  readonly leafId: MessageId | null
  /** An answer in it waits or is made. */
  readonly isRunning: boolean
  readonly pinnedAt: Timestamp | null
  readonly archivedAt: Timestamp | null
  readonly deletedAt: Timestamp | null
  readonly createdAt: Timestamp
  readonly updatedAt: Timestamp
}

export interface Message {
  readonly projectId: ProjectId
  readonly chatId: ChatId
  readonly id: MessageId
  readonly position: number
  readonly role: MessageRole
  readonly content: string
  readonly status: MessageStatus
  readonly parentId: MessageId | null
  readonly answerId: AnswerId | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly model: string | null
  readonly usage: AnswerUsage | null
  readonly citations: readonly Citation[]
  readonly details: AnswerDetails | null
  readonly error: AnswerFailure | null
  /** Somebody asked to stop the answer and whoever runs it has not ended it yet; null once it is over. */
  readonly cancelRequestedAt: Timestamp | null
  readonly rating: number | null
  readonly createdAt: Timestamp
  readonly completedAt: Timestamp | null
}

/** Whose removed chats are, until their rows are gone. */
export const nobody = '' as UserId

/** Where a chat is. */
export interface ChatRef {
  readonly projectId: ProjectId
  readonly chatId: ChatId
}
