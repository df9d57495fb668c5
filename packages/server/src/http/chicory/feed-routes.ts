import { z } from 'zod'
import { isFinished } from '../../answers/answer.ts'
import { queryInteger } from '../fields.ts'
import type { Services } from '../services.ts'
import { checkCredential } from '../stream-access.ts'
import type { FeedEvent } from '../user-feeds.ts'
import type { Server } from '../validation.ts'
import { presentChat } from './present.ts'
import { refusals } from './schemas.ts'

const description = `What changes in your own chats and in the data of your projects, as server-sent events, for as long as you listen. Nothing is kept: \`feed_start\` comes first, and again whenever something may have been missed; whoever reads it fetches anew what they show.

\`chat_changed\` has the \`chat\`, also one that went to the trash; \`chat_deleted\` its \`project_id\` and \`id\`; \`answer_started\` and \`answer_ended\` a \`project_id\`, \`chat_id\`, \`message_id\` and \`status\`; \`source_changed\` a \`project_id\` and \`data_source_id\`, which is null when a source came or several changed; \`training_changed\` a \`project_id\` and \`training_id\`; \`project_deleted\` the \`id\` of a project that was yours to see. \`stream_closed\` is the last event of a stream that the server ends: come back.`

export function registerFeedRoutes(
  server: Server,
  services: Pick<Services, 'authenticator' | 'config' | 'installation' | 'db' | 'feeds' | 'streams'>,
): void {
  server.get(
    '/me/events',
    {
      schema: {
        tags: ['users'],
        summary: 'Stream My Events',
        description,
        querystring: z.object({
          seconds: queryInteger({ min: 0, max: 86_400 }).optional().meta({
            description: 'Ends the stream after so long, for whoever is behind something that cuts long ones',
          }),
        }),
        response: { 200: z.string().meta({ description: 'text/event-stream' }), ...refusals },
      },
    },
    async (request, reply) => {
      const { seconds } = request.query
      let isOver = false
      const frames = async function* (signal: AbortSignal) {
        const until = seconds === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(seconds * 1_000)])
        yield 'retry: 1000\n\n'
        for await (const events of services.feeds.read(request.principal.userId, until))
          yield events.map(presentFrame).join('')
        isOver = !signal.aborted
      }
      await services.streams.send(request, reply, frames, {
        heartbeat: ': keep-alive\n\n',
        closing: (reason) => (isOver ? '' : writeFrame('stream_closed', { reason })),
        mayRead: checkCredential(services, request),
      })
      return reply
    },
  )
}

function presentFrame(event: FeedEvent): string {
  switch (event.type) {
    case 'start':
      return writeFrame('feed_start', {})
    case 'chat':
      return writeFrame('chat_changed', { chat: presentChat(event.chat) })
    case 'chat-deleted':
      return writeFrame('chat_deleted', { project_id: event.projectId, id: event.chatId })
    case 'answer': {
      const { projectId: project_id, chatId: chat_id, messageId: message_id, status } = event
      const name = isFinished(status) ? 'answer_ended' : 'answer_started'
      return writeFrame(name, { project_id, chat_id, message_id, status })
    }
    case 'source':
      return writeFrame('source_changed', { project_id: event.projectId, data_source_id: event.sourceId ?? null })
    case 'project-deleted':
      return writeFrame('project_deleted', { id: event.projectId })
    case 'training':
      return writeFrame('training_changed', { project_id: event.projectId, training_id: event.trainingId ?? null })
  }
}

function writeFrame(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
