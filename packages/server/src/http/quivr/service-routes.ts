import type { Server } from '../validation.ts'
import { status } from './schemas.ts'

/** One health check per part, as Quivr had them; all parts are this process. */
export function registerQuivrServiceRoutes(server: Server): void {
  const schema = { tags: ['quivr'], summary: 'The service is alive', response: { 200: status } }
  const config = { isPublic: true }
  server.get('/', { config, schema }, async () => ({ status: 'OK' }))
  for (const path of ['/healthz', '/chat/healthz', '/upload/healthz', '/crawl/healthz']) {
    server.get(path, { config, schema }, async () => ({ status: 'ok' }))
  }
}
