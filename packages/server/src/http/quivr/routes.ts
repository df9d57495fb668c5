import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { requireQuivrBearer } from './authentication.ts'
import { registerChatRoutes } from './chat-routes.ts'
import { sendQuivrProblem } from './problem.ts'
import { registerQuestionRoutes } from './question-routes.ts'
import { registerQuivrServiceRoutes } from './service-routes.ts'

/** Quivr's API. */
export function registerQuivr(services: Services) {
  return async (server: Server): Promise<void> => {
    server.setErrorHandler((error, request, reply) => sendQuivrProblem(error, request, reply))
    requireQuivrBearer(server, services)
    registerQuivrServiceRoutes(server)
    registerChatRoutes(server, services)
    registerQuestionRoutes(server, services)
  }
}
