import { z } from 'zod'
import type { ProjectId, PromptId } from '../../ids.ts'
import { looseText, optionalUuid, uuid } from './fields.ts'
import { id, maxTokens, modelName, temperature, time } from './schemas.ts'

export const brainParams = z.object({ brain_id: uuid<ProjectId>() })
export const brainQuery = z.object({ brain_id: uuid<ProjectId>() })

const name = z.string().meta({ example: 'Handbook' })
const rights = z.enum(['Owner', 'Editor', 'Viewer'])
const visibility = z.enum(['private', 'public'])
const brainType = z.literal('doc')

export const listedBrain = z.object({ id, name, rights, status: visibility, brain_type: brainType })
export const namedBrain = z.object({ id, name, rights })
export const publicBrain = z.object({
  id,
  name,
  description: z.string().nullable(),
  number_of_subscribers: z.int(),
  last_update: time,
  brain_type: brainType,
  brain_definition: z.null(),
})
export const brain = z.object({
  brain_id: id,
  id,
  name,
  description: z.string().nullable(),
  temperature: z.number().nullable(),
  model: z.string().nullable(),
  max_tokens: z.int().nullable(),
  status: visibility,
  prompt_id: id.nullable(),
  last_update: time,
  brain_type: brainType,
  brain_definition: z.null(),
  connected_brains_ids: z.array(id),
})

/** Brains that call an API or other brains are not known here, so their fields may only be empty. */
const otherTypes = {
  brain_type: brainType.nullish(),
  brain_definition: z.null().optional(),
  brain_secrets_values: z.strictObject({}).nullish(),
  connected_brains_ids: z.array(z.unknown()).max(0).nullish(),
}
const settings = {
  description: looseText({ max: 2000 }).nullish(),
  status: visibility.nullish(),
  model: modelName.nullish(),
  temperature: temperature.nullish(),
  max_tokens: maxTokens.nullish(),
  ...otherTypes,
}
const brainName = looseText({ min: 1, max: 200 })
export const newBrain = z
  .strictObject({ name: brainName.nullish(), prompt_id: optionalUuid<PromptId>(), ...settings })
  .meta({ example: { name: 'Handbook', description: 'What everybody here should know' } })
export const brainChange = z
  .strictObject({ name: brainName.nullish(), prompt_id: optionalUuid<PromptId>().optional(), ...settings })
  .meta({ example: { name: 'Staff handbook', prompt_id: null } })

export const brainQuestion = z
  .object({ question: looseText() })
  .meta({ example: { question: 'How many days of holiday do I have?' } })
export const brainDocument = z.object({
  file_name: z.string().meta({ example: 'handbook.pdf' }),
  file_sha1: z.null().meta({ description: 'Files are known by their SHA-256 here' }),
  file_size: z.int().nullable(),
  file_url: z.string(),
  file_id: id,
  file_similarity: z.number().meta({ description: 'BM25 of its best passage; comparable within one answer only' }),
})

export const member = z.object({ email: z.string().meta({ example: 'ada@example.com' }), rights })
export const memberChange = z
  .object({ email: z.string(), rights: rights.nullable() })
  .meta({ example: { email: 'ada@example.com', rights: 'Editor' } })

export const prompt = z.object({
  id,
  title: z.string().meta({ example: 'Short answers' }),
  content: z.string().meta({ example: 'Answer in one sentence.' }),
  status: visibility,
})
export const promptParams = z.object({ prompt_id: uuid<PromptId>() })
const promptFields = {
  title: looseText({ max: 500 }),
  content: looseText({ max: 20_000 }),
}
export const newPrompt = z
  .object({ ...promptFields, status: visibility.default('private') })
  .meta({ example: { title: 'Short answers', content: 'Answer in one sentence.' } })
export const promptChange = z
  .object({
    title: promptFields.title.nullish(),
    content: promptFields.content.nullish(),
    status: visibility.nullish(),
  })
  .meta({ example: { content: 'Answer in two sentences.' } })
