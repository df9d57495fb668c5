import { z } from 'zod'
import type { PromptId } from '../../ids.ts'
import { createPrompt, findPrompt, listPublicPrompts, type Prompt, updatePrompt } from '../../projects/prompt-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { newPrompt, promptChange, promptParams, prompt as promptSchema } from './brain-schemas.ts'
import { sendNull, setPageHeaders } from './present.ts'
import { pageQuery, refusals } from './schemas.ts'

const tags = ['quivr']

export function registerPromptRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  server.get(
    '/prompts',
    {
      schema: {
        tags,
        summary: 'List public prompts',
        querystring: pageQuery,
        response: { 200: z.array(promptSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const page = await listPublicPrompts(db.query, request.query)
      setPageHeaders(reply, page)
      return page.items.map(presentPrompt)
    },
  )
  server.get(
    '/prompts/:prompt_id',
    {
      schema: {
        tags,
        summary: "Read one's own prompt or a public one; null when there is none",
        params: promptParams,
        response: { 200: promptSchema.nullable(), ...refusals },
      },
    },
    async (request, reply) => {
      const found = await findPrompt(db.query, request.principal, request.params.prompt_id)
      return found === undefined ? sendNull(reply) : presentPrompt(found)
    },
  )
  server.post(
    '/prompts',
    { schema: { tags, summary: 'Create a prompt', body: newPrompt, response: { 200: promptSchema, ...refusals } } },
    async (request) => {
      const id = request.ids.next<PromptId>()
      return presentPrompt(await createPrompt(db.query, request.principal, { id, ...request.body }))
    },
  )
  server.put(
    '/prompts/:prompt_id',
    {
      schema: {
        tags,
        summary: "Change one's own prompt; null leaves a field as it is",
        params: promptParams,
        body: promptChange,
        response: { 200: promptSchema, ...refusals },
      },
    },
    async (request) => {
      const { title, content, status } = request.body
      return presentPrompt(
        await updatePrompt(db.query, request.principal, request.params.prompt_id, {
          ...(typeof title === 'string' ? { title } : {}),
          ...(typeof content === 'string' ? { content } : {}),
          status: status ?? undefined,
        }),
      )
    },
  )
}

function presentPrompt({ id, title, content, status }: Prompt) {
  return { id, title, content, status }
}
