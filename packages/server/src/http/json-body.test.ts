import type { FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { QuoryError } from '../errors.ts'
import { parseJsonBody } from './json-body.ts'

function parse(body: string | Buffer): { error: Error | null; value: unknown } {
  let result: { error: Error | null; value: unknown } = { error: null, value: undefined }
  // Nothing of the request is looked at.
  parseJsonBody({} as FastifyRequest, Buffer.from(body as string), (error, value) => {
    result = { error, value }
  })
  return result
}

function faultOf(body: string | Buffer) {
  const { error } = parse(body)
  return error instanceof QuoryError ? error.fields?.[0] : undefined
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('a JSON body', () => {
  it('may be nested 200 levels deep, and brackets within strings do not count', () => {
    expect(parse(nested(200)).error).toBeNull()
    expect(parse(JSON.stringify({ text: `\\"${'['.repeat(1_000)}` })).error).toBeNull()
  })

  it('is refused where it goes deeper, before anything walks it', () => {
    expect(faultOf(nested(201))).toMatchObject({ type: 'json_invalid', loc: ['body', 200] })
    expect(faultOf('['.repeat(1_000_000))).toMatchObject({ type: 'json_invalid', loc: ['body', 200] })
    expect(faultOf('{"a":'.repeat(100_000))).toMatchObject({ type: 'json_invalid', loc: ['body', 1_000] })
  })

  it('is refused where it breaks, and when it is not UTF-8', () => {
    expect(faultOf('{"name": }')).toMatchObject({ type: 'json_invalid', loc: ['body', 9] })
    expect(faultOf(Buffer.from('7b226e616d65223a22ff227d', 'hex'))).toMatchObject({ type: 'json_invalid' })
  })

  it('never sets a prototype', () => {
    const { value } = parse('{"__proto__": {"admin": true}, "inner": {"__proto__": 1}}')
    expect(value).toEqual({ inner: {} })
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })
})
