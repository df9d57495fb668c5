import { z } from 'zod'
import { isAddressOrRange, parseAllowedHost } from './allowed-host.ts'

/** A value that never prints: not in logs, JSON, or an inspected object. Call `reveal()` where it is used. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toJSON(): string {
    return '********'
  }
  toString(): string {
    return '********'
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '********'
  }
}

export const secret = z
  .string()
  .min(1)
  .transform((value) => new Secret(value))
/** Short enough to be guessed is as good as none. */
export const longSecret = z
  .string()
  .min(16, 'must have at least 16 characters')
  .transform((value) => new Secret(value))
export const secretList = z
  .string()
  .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [new Secret(part.trim())])))
export const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
  .transform((url) => new Secret(url))
export const port = z.coerce.number().int().min(0).max(65_535)
export const count = (min: number) => z.coerce.number().int().min(min)

/** One OpenAI-compatible endpoint: `{"name": "vllm", "base_url": "http://…/v1", "api_key": "…"}`. */
const endpoint = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  base_url: z.url(),
  api_key: secret.optional(),
})
export type ModelEndpoint = z.infer<typeof endpoint>

export const endpoints = z.string().transform((text, context): ModelEndpoint[] => {
  try {
    return z.array(endpoint).parse(JSON.parse(text))
  } catch (error) {
    context.addIssue({ code: 'custom', message: `must be a JSON list of {name, base_url, api_key?}: ${String(error)}` })
    return z.NEVER
  }
})

export const allowedHosts = z.string().superRefine((text, context) => {
  for (const entry of entriesOf(text).filter((each) => parseAllowedHost(each) === undefined)) {
    context.addIssue({ code: 'custom', message: `${entry} is no host, host:port or range such as 10.1.0.0/16` })
  }
})

export const webOrigin = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text).origin)
export const addresses = z.string().superRefine((text, context) => {
  for (const entry of entriesOf(text)) {
    if (isAddressOrRange(entry)) continue
    context.addIssue({ code: 'custom', message: `${entry} is no address or range such as 10.1.0.0/16` })
  }
})

export function entriesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '')
}

export const price = z.strictObject({
  input: z.number().min(0),
  output: z.number().min(0),
  currency: z.string().min(1).default('USD'),
})
export const prices = z.string().transform((text, context): Record<string, z.infer<typeof price>> => {
  try {
    return z.record(z.string(), price).parse(JSON.parse(text))
  } catch (error) {
    const message = `must be a JSON object of {"model": {input, output, currency?}}: ${String(error)}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
})
