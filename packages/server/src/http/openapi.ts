import swagger from '@fastify/swagger'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import type { Server } from './validation.ts'

/** Collects every route's schemas as it is registered; `/openapi.json` and `/docs` are made from them when first asked for. */
export async function registerOpenApi(server: Server): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Quory',
        version: '0.1.0',
        description: 'A self-hosted conversation server: people and programs chat with their own data.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      security: [{ bearer: [] }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a JWT' } },
      },
    },
    transform: jsonSchemaTransform,
  })
  server.get('/openapi.json', { config: { isPublic: true }, schema: { hide: true } }, async () => server.swagger())
}
