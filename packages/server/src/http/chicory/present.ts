import type { FastifyReply } from 'fastify'
import type { QueuePositions } from '../../answers/queue/queue-positions.ts'
import type { Chat, Message } from '../../chats/chat.ts'
import type { Page } from '../../database/page.ts'
import { unpagedCap } from '../../database/page.ts'
import type { Project } from '../../projects/project.ts'
import { presentCited } from '../cited-content.ts'

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
  }
}

export function presentMessage(message: Message, queuePosition: number | null) {
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
  }
}

/** Asks for its place in the queue only when the message waits. */
export async function presentMessageInQueue(queue: QueuePositions, message: Message) {
  const isWaiting = message.status === 'queued' && message.answerId !== null
  return presentMessage(message, isWaiting ? await queue.find(message.answerId) : null)
}

/** The rows of a list published without paging; headers say how to go on, and how many an unpaged call returns at most. */
export function presentPage<T, P>(reply: FastifyReply, page: Page<T>, present: (item: T) => P): P[] {
  reply.header('x-list-cap', String(unpagedCap))
  if (page.nextCursor !== undefined) reply.header('x-next-cursor', page.nextCursor)
  return page.items.map(present)
}
