import { z } from 'zod'
import { ping } from '../database/database.ts'
import { QuoryError } from '../errors.ts'
import type { Services } from './services.ts'
import type { Server } from './validation.ts'

const status = z.object({ status: z.string().meta({ example: 'ok' }) })

/** The service itself: is it alive, is it ready. */
export function registerServiceRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  const config = { isPublic: true }
  server.get(
    '/health',
    { config, schema: { tags: ['service'], summary: 'The process is alive', response: { 200: status } } },
    async () => ({ status: 'ok' }),
  )
  server.get(
    '/ready',
    { config, schema: { tags: ['service'], summary: 'The database answers', response: { 200: status } } },
    async () => {
      try {
        await ping(db)
      } catch (error) {
        throw new QuoryError('storage_unavailable', 'The database does not answer', { cause: error })
      }
      return { status: 'ok' }
    },
  )
}
