import type { FastifyRequest } from 'fastify'
import { announceChange } from '../../database/change-notice.ts'
import type { WakeUp } from '../../database/wake-up.ts'
import { type ChatId, type ProjectId, parseId, type SourceId, type TrainingId } from '../../ids.ts'
import type { Server } from '../validation.ts'

/** After a request that changed something of a project: tells those who look at it. */
export function announceChanges(server: Server, { wakeUp }: { readonly wakeUp: WakeUp }): void {
  server.addHook('onResponse', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || reply.statusCode >= 300) return
    announce(wakeUp, request)
  })
}

function announce(wakeUp: WakeUp, { method, params, routeOptions }: FastifyRequest): void {
  const ids = params as Readonly<Record<string, string | undefined>>
  const projectId = parseId<ProjectId>(ids['project_id'] ?? '')
  if (projectId === undefined) return
  const url = routeOptions.url ?? ''
  const chatId = parseId<ChatId>(ids['chat_id'] ?? '')
  // What deletes a chat tells it itself, while it knows whose it was.
  if (chatId !== undefined && !(method === 'DELETE' && url.endsWith('/:chat_id'))) {
    announceChange(wakeUp, { type: 'chat', projectId, chatId })
  } else if (url.includes('/data-sources')) {
    const sourceId = parseId<SourceId>(ids['data_source_id'] ?? '')
    announceChange(wakeUp, { type: 'source', projectId, sourceId })
  } else if (url.includes('/training')) {
    const trainingId = parseId<TrainingId>(ids['training_id'] ?? '')
    announceChange(wakeUp, { type: 'training', projectId, trainingId })
  }
}
