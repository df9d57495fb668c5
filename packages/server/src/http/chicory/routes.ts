import { z } from 'zod'
import { requireBearer } from '../authentication.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { registerAccountRoutes } from './account-routes.ts'
import { announceChanges } from './announce-changes.ts'
import { registerApiKeyRoutes } from './api-key-routes.ts'
import { registerAuthRoutes } from './auth-routes.ts'
import { registerChatRoutes } from './chat-routes.ts'
import { registerChatSearchRoutes } from './chat-search-routes.ts'
import { registerDataRoutes } from './data-routes.ts'
import { registerFeedRoutes } from './feed-routes.ts'
import { registerInvitationRoutes } from './invitation-routes.ts'
import { registerMemberRoutes } from './member-routes.ts'
import { registerMessageDetailRoutes } from './message-detail-routes.ts'
import { registerMessageListRoutes } from './message-list-routes.ts'
import { registerMessageRoutes } from './message-routes.ts'
import { registerMessageSearchRoutes } from './message-search-routes.ts'
import { registerModelRoutes } from './model-routes.ts'
import { registerNodeRoutes } from './node-routes.ts'
import { registerProjectRoutes } from './project-routes.ts'
import { registerStreamRoutes } from './stream-routes.ts'
import { registerTrashRoutes } from './trash-routes.ts'

/** Chicory's API, which is also the native one. */
export function registerChicory(services: Services) {
  return async (server: Server): Promise<void> => {
    requireBearer(server, services)
    announceChanges(server, services)
    server.get(
      '/',
      {
        config: { isPublic: true },
        schema: { tags: ['service'], summary: 'Health Check', response: { 200: z.object({ message: z.string() }) } },
      },
      async () => ({ message: 'Quory is running' }),
    )
    registerAuthRoutes(server, services)
    registerAccountRoutes(server, services)
    registerApiKeyRoutes(server, services)
    registerFeedRoutes(server, services)
    registerModelRoutes(server, services)
    registerNodeRoutes(server, services)
    registerProjectRoutes(server, services)
    registerMemberRoutes(server, services)
    registerInvitationRoutes(server, services)
    registerChatRoutes(server, services)
    registerChatSearchRoutes(server, services)
    registerTrashRoutes(server, services)
    registerMessageListRoutes(server, services)
    registerMessageRoutes(server, services)
    registerMessageSearchRoutes(server, services)
    registerMessageDetailRoutes(server, services)
    registerStreamRoutes(server, services)
    registerDataRoutes(server, services)
  }
}
