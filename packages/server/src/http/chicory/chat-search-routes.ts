import { z } from 'zod'
import { searchChats } from '../../chats/search-chats.ts'
import { requireProject } from '../../projects/project-store.ts'
import { queryInteger, wordedText } from '../fields.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { projectIdOf } from './path-ids.ts'
import { presentChat } from './present.ts'
import { chat, projectParams, refusals } from './schemas.ts'

const id = z.string().meta({ example: '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b' })
const foundInChats = z.object({
  results: z.array(
    z.object({
      chat,
      message_id: id.nullable().meta({ description: 'Null when it is the name of the chat that fits' }),
      role: z.enum(['user', 'assistant', 'system']).nullable(),
      snippet: z
        .array(z.object({ text: z.string(), is_match: z.boolean() }))
        .meta({ description: 'The piece that fits best; together the texts are it' }),
      created_at: z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' }),
    }),
  ),
  next_cursor: z.string().nullable().meta({ description: 'Looks on, also after a page with fewer results than asked' }),
})

export function registerChatSearchRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  server.get(
    '/projects/:project_id/chats/search',
    {
      schema: {
        tags: ['chats'],
        summary: 'Search Chats',
        description:
          'Your own chats of the project, but not those in the trash: first names that have all the words, newest first, then what was said, of the newest chats first.',
        params: projectParams,
        querystring: z.object({
          q: wordedText({ max: 1_000 }).meta({ example: 'holiday' }),
          limit: queryInteger({ min: 1, max: 50 }).default(20),
          cursor: z.string().optional().meta({ description: '`next_cursor` of the page before' }),
        }),
        response: { 200: foundInChats, ...refusals },
      },
    },
    async ({ principal, params, query }) => {
      const projectId = projectIdOf(params)
      await requireProject(db.query, principal, projectId, 'viewer')
      const { q, limit, cursor } = query
      const { results, nextCursor } = await searchChats(db.query, principal, { projectId, query: q, limit, cursor })
      return {
        results: results.map((found) => ({
          chat: presentChat(found.chat),
          message_id: found.message?.id ?? null,
          role: found.message?.role ?? null,
          snippet: found.snippet.map(({ text, isMatch }) => ({ text, is_match: isMatch })),
          created_at: found.createdAt,
        })),
        next_cursor: nextCursor,
      }
    },
  )
}
