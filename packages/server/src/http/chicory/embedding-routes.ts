import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { requireProject } from '../../projects/project-store.ts'
import { describeEmbedding } from '../../retrieval/vectors/describe-embedding.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { projectIdOf } from './path-ids.ts'
import { projectParams, refusals } from './schemas.ts'

const embedding = z.object({
  state: z.enum(['off', 'building', 'ready', 'failing']).meta({
    description:
      '`off`: no embedding model is configured; `building`: passages still get their vectors; `failing`: the model ' +
      'is not to be had, and is tried again from time to time. Words find everything in every state.',
  }),
  model: z.string().nullable().meta({ example: 'openai/text-embedding-3-small' }),
  embedded: z.int().meta({ description: 'Passages that have a vector of this model' }),
  total: z.int().meta({ description: 'Passages of the project' }),
  error: z.string().nullable().meta({ description: 'What the last attempt came to' }),
})

export function registerEmbeddingRoutes(server: Server, { db, config }: Pick<Services, 'db' | 'config'>): void {
  server.get(
    '/projects/:project_id/embedding',
    {
      schema: {
        tags: ['search'],
        summary: 'Get Embedding State',
        params: projectParams,
        response: { 200: embedding, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'read')
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      return await describeEmbedding(db, projectId, config.embedding?.model)
    },
  )
}
