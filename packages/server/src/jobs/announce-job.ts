import { announceChange } from '../database/change-notice.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ChatId, SourceId, TrainingId } from '../ids.ts'
import type { ClaimedJob } from './job.ts'

/** Whoever looks at a source, a training or a chat sees how far it is. */
export function announceJob(wakeUp: WakeUp, { projectId, payload }: ClaimedJob): void {
  // Written by whoever enqueued the job.
  const { sourceId, trainingId, chatId } = payload as { sourceId?: SourceId; trainingId?: TrainingId; chatId?: ChatId }
  if (chatId !== undefined) announceChange(wakeUp, { type: 'chat', projectId, chatId })
  if (sourceId !== undefined) announceChange(wakeUp, { type: 'source', projectId, sourceId })
  if (trainingId !== undefined) announceChange(wakeUp, { type: 'training', projectId, trainingId })
}
