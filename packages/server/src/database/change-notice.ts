import type { ChatId, MessageId, ProjectId, SourceId, TrainingId, UserId } from '../ids.ts'
import type { WakeUp } from './wake-up.ts'

interface InChat {
  /** Whose chat it is; absent when the teller does not know. */
  readonly ownerId?: UserId | undefined
  readonly projectId: ProjectId
  readonly chatId: ChatId
}

/** That something changed which its people may be looking at; the rest stands in the database. */
export type ChangeNotice =
  | ({ readonly type: 'chat' | 'chat-deleted' } & InChat)
  | ({ readonly type: 'answer-started' | 'answer-ended'; readonly messageId: MessageId } & InChat)
  | { readonly type: 'source'; readonly projectId: ProjectId; readonly sourceId?: SourceId | undefined }
  | { readonly type: 'training'; readonly projectId: ProjectId; readonly trainingId?: TrainingId | undefined }
  /** To one of those who were its members, whom nobody could look up any more. */
  | { readonly type: 'project-deleted'; readonly projectId: ProjectId; readonly userId: UserId }

/** Tells every node, which tells those of its readers whom it concerns. After the commit. */
export function announceChange(wakeUp: Pick<WakeUp, 'notify'>, notice: ChangeNotice): void {
  wakeUp.notify('change', encode(notice))
}

function encode(notice: ChangeNotice): string {
  const { type, projectId } = notice
  if (type === 'source') return [type, projectId, notice.sourceId ?? ''].join('/')
  if (type === 'training') return [type, projectId, notice.trainingId ?? ''].join('/')
  if (type === 'project-deleted') return [type, projectId, notice.userId].join('/')
  const place = [type, projectId, notice.ownerId ?? '', notice.chatId]
  return ('messageId' in notice ? [...place, notice.messageId] : place).join('/')
}

/** Undefined for a kind that a newer node knows. */
export function parseChange(text: string): ChangeNotice | undefined {
  // Ids come from our own nodes.
  const [type, project, ...ids] = text.split('/')
  const projectId = project as ProjectId
  switch (type) {
    case 'source':
      return { type, projectId, sourceId: (ids[0] || undefined) as SourceId | undefined }
    case 'training':
      return { type, projectId, trainingId: (ids[0] || undefined) as TrainingId | undefined }
    case 'project-deleted':
      return { type, projectId, userId: ids[0] as UserId }
    case 'chat':
    case 'chat-deleted':
    case 'answer-started':
    case 'answer-ended': {
      const place = { projectId, ownerId: (ids[0] || undefined) as UserId | undefined, chatId: ids[1] as ChatId }
      if (type === 'chat' || type === 'chat-deleted') return { type, ...place }
      return { type, ...place, messageId: ids[2] as MessageId }
    }
    default:
      return undefined
  }
}
