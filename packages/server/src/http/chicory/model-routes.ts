import { z } from 'zod'
import { extractiveModelId } from '../../models/model-registry.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { refusals } from './schemas.ts'

const model = z.object({
  id: z.string().meta({ example: 'quory/extractive' }),
  object: z.literal('model'),
  created: z.int().meta({ description: 'Seconds since 1970; 0 where the provider does not say' }),
  owned_by: z.string().meta({ example: 'quory' }),
})
const modelList = z.object({
  object: z.literal('list'),
  data: z.array(model),
  unavailable: z.array(z.object({ provider: z.string(), reason: z.string() })).readonly(),
})

/** In the shape of OpenAI's list, which this path is published with. */
export function registerModelRoutes(server: Server, { models }: Pick<Services, 'models'>): void {
  server.get(
    '/models',
    {
      schema: {
        tags: ['models'],
        summary: 'List Models',
        description:
          'What the configured providers really have that can hold a conversation, and which of them do not answer.',
        response: { 200: modelList, ...refusals },
      },
    },
    async () => {
      const list = await models.list()
      const data = list.models
        .filter((one) => one.chats)
        .map(({ id, provider, created }) => ({
          id,
          object: 'model' as const,
          created: created ?? 0,
          owned_by: provider,
        }))
      const extractive = { id: extractiveModelId, object: 'model' as const, created: 0, owned_by: 'quory' }
      return {
        object: 'list' as const,
        data: data.some(({ id }) => id === extractiveModelId) ? data : [...data, extractive],
        unavailable: list.unavailable,
      }
    },
  )
}
