import { z } from 'zod'
import { text } from '../fields.ts'
import { projectParams } from './schemas.ts'

const id = z.string().meta({ example: '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b' })
const time = z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' })
const role = z.enum(['admin', 'user'])
const scope = z.enum(['read', 'chat', 'admin'])

export const userParams = z.object({ user_id: id })
export const apiKeyParams = userParams.extend({ key_id: id })
export const memberParams = projectParams.extend({ user_id: id })
export const invitationParams = projectParams.extend({ invitation_id: id })

export const user = z.object({
  id,
  email: z.string().meta({ example: 'ada@example.org' }),
  name: z.string().meta({ example: 'Ada' }),
  role,
  created_at: time,
  updated_at: time,
})
export const newUser = z
  .object({ email: text({ min: 3, max: 320 }), name: text({ min: 1, max: 100 }).nullish(), role: role.nullish() })
  .meta({ example: { email: 'ada@example.org', name: 'Ada' } })
export const me = user.extend({
  scope,
  default_project_id: id,
  recalls_other_chats: z.boolean().meta({ description: 'Whether answers may search your other chats of the project' }),
  has_password: z.boolean().meta({ description: 'Whether you can sign in with a password' }),
  projects: z.array(z.object({ id, name: z.string(), role: z.enum(['owner', 'editor', 'viewer']) })),
})

export const meChange = z
  .object({ name: text({ min: 1, max: 100 }).nullish(), recalls_other_chats: z.boolean().nullish() })
  .meta({ example: { recalls_other_chats: true } })

export const apiKey = z.object({
  id,
  user_id: id,
  name: z.string(),
  prefix: z.string().meta({ example: 'qk_3fK9' }),
  scope,
  created_at: time,
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
})
export const createdApiKey = apiKey.extend({ key: z.string().meta({ description: 'Shown this once' }) })
export const newApiKey = z
  .object({
    name: text({ min: 1, max: 100 }).nullish(),
    scope: scope.nullish(),
    expires_at: z.iso.datetime({ offset: true }).nullish(),
  })
  .nullish()
  .meta({ example: { name: 'website', scope: 'chat' } })

const memberRole = z.enum(['owner', 'editor', 'viewer'])
export const member = z.object({ user_id: id, email: z.string(), name: z.string(), role: memberRole, created_at: time })
export const invitation = z.object({ id, email: z.string(), role: memberRole, created_at: time, expires_at: time })
export const newInvitation = z
  .object({ email: text({ min: 3, max: 320 }), role: memberRole })
  .meta({ example: { email: 'grace@example.org', role: 'editor' } })
export const memberChange = z.object({ role: memberRole }).meta({ example: { role: 'editor' } })
