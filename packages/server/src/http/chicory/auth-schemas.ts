import { z } from 'zod'
import { text } from '../fields.ts'

export const minPasswordLength = 10
const maxPasswordLength = 1_000

const email = text({ min: 3, max: 320 }).meta({ example: 'ada@example.org' })
const name = text({ min: 1, max: 100 }).meta({ example: 'Ada' })
/** What somebody entered before: any length, so that the answer to a wrong one is always the same. */
const password = text({ max: maxPasswordLength }).meta({ example: 'correct horse battery' })
const newPassword = text({ min: minPasswordLength, max: maxPasswordLength }).meta({ example: 'correct horse battery' })
const linkToken = text({ min: 1, max: 200 }).meta({ example: 'Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR' })

export const signInOptions = z.object({
  password: z.boolean(),
  oidc: z.object({ name: z.string().meta({ example: 'Example Inc.' }) }).nullable(),
  first_run: z.boolean().meta({ description: 'Nobody can sign in yet: the server printed a link at its start' }),
})
export const linkQuestion = z.object({ token: linkToken })
export const linkAnswer = z.object({
  email: z.string().nullable().meta({ description: "The invited user's; null: theirs to choose" }),
  name: z.string(),
})
export const welcome = z.object({
  token: linkToken,
  password: newPassword,
  name: name.nullish(),
  email: email.nullish(),
})
export const signIn = z.object({ email: text({ min: 1, max: 320 }).meta({ example: 'ada@example.org' }), password })
export const passwordChange = z
  .object({ current_password: password, new_password: newPassword })
  .meta({ example: { current_password: 'correct horse battery', new_password: 'battery staple horse' } })
export const oidcStart = z.object({ next: text({ max: 2_000 }).optional() })
/** What a provider adds to the address; its own words besides these are left to the library. */
export const oidcCallback = z.object({ state: text({ max: 2_000 }).optional() })

export const signInLink = z.object({
  token: z.string(),
  url: z.string().meta({ example: 'https://quory.example.org/welcome?token=Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR' }),
  expires_at: z.string().meta({ format: 'date-time', example: '2026-11-29T20:13:48.123Z' }),
})
