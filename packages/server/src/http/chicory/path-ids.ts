import { QuoryError } from '../../errors.ts'
import { type ChatId, type MessageId, type ProjectId, parseId } from '../../ids.ts'
import { projectNotFoundMessage } from '../../projects/project.ts'

/** Path ids are any text on the wire; what cannot be an id of ours is not found, like any other unknown one. */
export function projectIdOf({ project_id }: { project_id: string }): ProjectId {
  const id = parseId<ProjectId>(project_id)
  if (id === undefined) throw new QuoryError('project_not_found', projectNotFoundMessage(project_id))
  return id
}

export function chatRefOf(params: { project_id: string; chat_id: string }): { projectId: ProjectId; chatId: ChatId } {
  const projectId = parseId<ProjectId>(params.project_id)
  const chatId = parseId<ChatId>(params.chat_id)
  if (projectId === undefined || chatId === undefined) throw new QuoryError('chat_not_found', 'Chat not found')
  return { projectId, chatId }
}

export function messageIdOf({ message_id }: { message_id: string }): MessageId {
  const id = parseId<MessageId>(message_id)
  if (id === undefined) throw messageNotFound()
  return id
}

export function messageNotFound(): QuoryError {
  return new QuoryError('message_not_found', 'Message not found')
}
