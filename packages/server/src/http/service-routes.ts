import { z } from 'zod'
import { ping } from '../database/database.ts'
import { storageFailureOf } from '../database/storage-failure.ts'
import { QuoryError } from '../errors.ts'
import type { Services } from './services.ts'
import type { Server } from './validation.ts'

const status = z.object({ status: z.string().meta({ example: 'ok' }) })

/** Anybody may ask `/ready`, and asking costs the database something: one answer serves everybody for this long. */
const pingMs = 500

/** The service itself: is it alive, is it ready. */
export function registerServiceRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  const config = { isPublic: true }
  const pinged = atMostEvery(pingMs, () => ping(db))
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
        await pinged()
      } catch (error) {
        const isFull = storageFailureOf(error) === 'full'
        const message = isFull ? 'There is no room left to store anything' : 'The database does not answer'
        throw new QuoryError('storage_unavailable', message, { cause: error })
      }
      return { status: 'ok' }
    },
  )
}

function atMostEvery(ms: number, ask: () => Promise<void>): () => Promise<void> {
  let answer: Promise<void> | undefined
  let askedAt = 0
  return () => {
    if (answer === undefined || performance.now() - askedAt >= ms) {
      askedAt = performance.now()
      answer = ask()
    }
    return answer
  }
}
