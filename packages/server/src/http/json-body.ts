import type { FastifyRequest } from 'fastify'
import { type ParseError, parse } from 'jsonc-parser'
import { invalidField, QuoryError } from '../errors.ts'

/** Far more than any request has, and far less than what fills the stack of whoever walks the value. */
const maxDepth = 200

type Done = (error: Error | null, body?: unknown) => void

/** JSON as FastAPI reads it: UTF-8, and a fault names its offset. An empty body counts as none. */
export function parseJsonBody(_request: FastifyRequest, body: Buffer | string, done: Done): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  let text = ''
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const deepOffset = findTooDeep(text)
    if (deepOffset !== undefined) {
      done(jsonInvalid(deepOffset, `Nested more than ${maxDepth} levels deep`))
      return
    }
    value = text === '' ? undefined : withoutPrototypeKeys(JSON.parse(text))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    done(jsonInvalid(faultOffset(text), message))
    return
  }
  done(null, value)
}

/** Where the nesting goes too deep; brackets within strings do not count. */
function findTooDeep(text: string): number | undefined {
  let depth = 0
  let isInString = false
  for (let offset = 0; offset < text.length; offset++) {
    const character = text.charCodeAt(offset)
    if (character === 0x22) isInString = !isInString
    else if (isInString) {
      if (character === 0x5c) offset++
    } else if (character === 0x5b || character === 0x7b) {
      if (++depth > maxDepth) return offset
    } else if (character === 0x5d || character === 0x7d) depth--
  }
  return undefined
}

/** Where broken JSON breaks; V8's own message does not always say. */
function faultOffset(text: string): number {
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true })
  return errors[0]?.offset ?? text.length
}

/** Plain text is no JSON object: it goes on as a string, which every schema refuses in its own words. */
export function parsePlainBody(_request: FastifyRequest, body: Buffer | string, done: Done): void {
  done(null, body.length === 0 ? undefined : body.toString())
}

/** A body without a content type is taken for JSON, as clients of either dialect have sent it; any other type is refused. */
export function parseUntypedBody(request: FastifyRequest, body: Buffer | string, done: Done): void {
  if (request.headers['content-type'] === undefined) parseJsonBody(request, body, done)
  else done(new QuoryError('unsupported_media_type', 'This route does not take that content type'))
}

function jsonInvalid(offset: number, error: string) {
  return invalidField({
    type: 'json_invalid',
    loc: ['body', offset],
    msg: 'JSON decode error',
    input: {},
    ctx: { error },
  })
}

/** `__proto__` as an own key would turn into a prototype when the object is copied. */
function withoutPrototypeKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (const item of value) withoutPrototypeKeys(item)
    return value
  }
  // The own key of that name, which JSON.parse makes; never the prototype itself.
  Reflect.deleteProperty(value, '__proto__')
  for (const item of Object.values(value)) withoutPrototypeKeys(item)
  return value
}
