import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { requireQuivrBearer } from './authentication.ts'
import { registerBrainRoutes } from './brain-routes.ts'
import { registerChatRoutes } from './chat-routes.ts'
import { registerDownloadRoutes } from './download-routes.ts'
import { registerKeyRoutes } from './key-routes.ts'
import { registerKnowledgeRoutes } from './knowledge-routes.ts'
import { registerMemberRoutes } from './member-routes.ts'
import { sendQuivrProblem } from './problem.ts'
import { registerPromptRoutes } from './prompt-routes.ts'
import { registerQuestionRoutes } from './question-routes.ts'
import { registerQuivrServiceRoutes } from './service-routes.ts'
import { registerUserRoutes } from './user-routes.ts'

/** Quivr's API. */
export function registerQuivr(services: Services) {
  return async (server: Server): Promise<void> => {
    server.setErrorHandler((error, request, reply) => sendQuivrProblem(error, request, reply))
    requireQuivrBearer(server, services)
    registerQuivrServiceRoutes(server)
    registerChatRoutes(server, services)
    registerQuestionRoutes(server, services)
    registerBrainRoutes(server, services)
    registerMemberRoutes(server, services)
    registerKnowledgeRoutes(server, services)
    registerDownloadRoutes(server, services)
    registerKeyRoutes(server, services)
    registerPromptRoutes(server, services)
    registerUserRoutes(server, services)
  }
}
