import type { FastifyReply } from 'fastify'
import { costOf } from '../../answers/model-prices.ts'
import type { Chat, Message } from '../../chats/chat.ts'
import type { ModelPrices } from '../../config.ts'
import type { Page } from '../../database/page.ts'
import { unpagedCap } from '../../database/page.ts'
import type { Project } from '../../projects/project.ts'
import { presentCited } from '../cited-content.ts'
import type { Services } from '../services.ts'

export function presentProject(project: Project) {
  return {
    id: project.id,
    organization_id: project.organization_id,
    name: project.name,
    description: project.description,
    created_at: project.created_at,
    updated_at: project.updated_at,
    instructions: project.instructions,
    model: project.model,
    role: project.role,
  }
}

export function presentChat(chat: Chat) {
  return {
    id: chat.id,
    project_id: chat.projectId,
    name: chat.name,
    description: chat.description,
    owner: chat.owner,
    message_count: chat.messageCount,
    created_at: chat.createdAt,
    updated_at: chat.updatedAt,
    is_named: chat.nameOrigin === 'given',
    is_running: chat.isRunning,
    leaf_id: chat.leafId,
    pinned_at: chat.pinnedAt,
    archived_at: chat.archivedAt,
    deleted_at: chat.deletedAt,
  }
}

export function presentMessage(prices: ModelPrices, message: Message, queuePosition: number | null) {
  return {
    id: message.id,
    chat_id: message.chatId,
    project_id: message.projectId,
    role: message.role,
    content: message.content,
    status: message.status,
    metadata: message.metadata,
    created_at: message.createdAt,
    completed_at: message.completedAt,
    parent_id: message.parentId,
    answer_id: message.answerId,
    model: message.model,
    usage: message.usage,
    citations: message.citations.map(presentCited),
    details: message.details,
    error: message.error,
    queue_position: queuePosition,
    cancel_requested_at: message.cancelRequestedAt,
    rating: message.rating === null ? null : message.rating === 1 ? ('up' as const) : ('down' as const),
    cost: costOf(prices, message),
  }
}

/** Asks for its place in the queue only when the message waits. */
export async function presentMessageInQueue({ queue, config }: Pick<Services, 'queue' | 'config'>, message: Message) {
  const isWaiting = message.status === 'queued' && message.answerId !== null
  return presentMessage(config.modelPrices, message, isWaiting ? await queue.find(message.answerId) : null)
}

/** The rows of a list published without paging; headers say how to go on, and how many an unpaged call returns at most. */
export function presentPage<T, P>(reply: FastifyReply, page: Page<T>, present: (item: T) => P): P[] {
  reply.header('x-list-cap', String(unpagedCap))
  if (page.nextCursor !== undefined) reply.header('x-next-cursor', page.nextCursor)
  return page.items.map(present)
}
