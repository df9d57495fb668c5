import { z } from 'zod'
import { type Id, parseId } from '../ids.ts'
import type { IssueParameters } from './validation.ts'

/** A check whose failure is worded as Pydantic words it. */
function issue(input: unknown, parameters: IssueParameters) {
  return { code: 'custom' as const, input, message: parameters.msg, params: { ...parameters } }
}

function codePointLength(value: string): number {
  let length = 0
  for (const _ of value) length += 1
  return length
}

interface TextLimits {
  readonly min?: number
  readonly max?: number
}

/**
 * A string whose length counts Unicode code points. NUL is refused, because PostgreSQL cannot store it; a lone surrogate
 * becomes U+FFFD, so that the answer to a POST equals a later GET.
 */
export function text({ min = 0, max }: TextLimits = {}) {
  return z
    .string()
    .superRefine((value, context) => {
      const length =
        value.length > (max ?? Number.POSITIVE_INFINITY) || value.length < 2 * min
          ? codePointLength(value)
          : value.length
      const characters = (limit: number) => `${limit} character${limit === 1 ? '' : 's'}`
      if (length < min) {
        const msg = `String should have at least ${characters(min)}`
        context.addIssue(issue(value, { type: 'string_too_short', msg, ctx: { min_length: min } }))
      } else if (max !== undefined && length > max) {
        const msg = `String should have at most ${characters(max)}`
        context.addIssue(issue(value, { type: 'string_too_long', msg, ctx: { max_length: max } }))
      } else if (value.includes('\0')) {
        context.addIssue(
          issue(value, { type: 'value_error', msg: 'Value error, text must not contain the NUL character' }),
        )
      }
    })
    .overwrite((value) => value.toWellFormed())
    .meta({ ...(min > 0 ? { minLength: min } : {}), ...(max === undefined ? {} : { maxLength: max }) })
}

/** Text with something else than white space in it. */
export function wordedText(limits: TextLimits = {}) {
  return text(limits).superRefine((value, context) => {
    if (value.trim() !== '') return
    const msg = 'String should have at least 1 character'
    context.addIssue(issue(value, { type: 'string_too_short', msg, ctx: { min_length: 1 } }))
  })
}

/** An integer in a query string, within bounds. */
export function queryInteger({ min, max }: { min: number; max: number }) {
  const whole = /^[+-]?\d+$/
  return z
    .string()
    .transform((value, context) => {
      const number = Number(value.trim())
      if (!whole.test(value.trim()) || !Number.isSafeInteger(number)) {
        const msg = 'Input should be a valid integer, unable to parse string as an integer'
        context.addIssue(issue(value, { type: 'int_parsing', msg }))
        return z.NEVER
      }
      return number
    })
    .superRefine((value, context) => {
      if (value < min) {
        const msg = `Input should be greater than or equal to ${min}`
        context.addIssue(issue(value, { type: 'greater_than_equal', msg, ctx: { ge: min } }))
      } else if (value > max) {
        const msg = `Input should be less than or equal to ${max}`
        context.addIssue(issue(value, { type: 'less_than_equal', msg, ctx: { le: max } }))
      }
    })
    .meta({ type: 'integer', minimum: min, maximum: max })
}

const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 'on', 't', 'true', 'y', 'yes'].map((word) => [word, true])),
  ...Object.fromEntries(['0', 'off', 'f', 'false', 'n', 'no'].map((word) => [word, false])),
}

/** A boolean in a query string, in any of the words Pydantic takes. */
export function queryBoolean() {
  return z
    .string()
    .transform((value, context) => {
      const truth = truths[value.toLowerCase()]
      if (truth !== undefined) return truth
      const msg = 'Input should be a valid boolean, unable to interpret input'
      context.addIssue(issue(value, { type: 'bool_parsing', msg }))
      return z.NEVER
    })
    .meta({ type: 'boolean' })
}

/** Any JSON object; kept as it came. */
export const jsonObject = z.record(z.string(), z.unknown())

/** An id in a body or query: text that is a UUID in any case. */
export function idField<I extends Id<string>>() {
  return z
    .string()
    .transform((value, context): I => {
      const id = parseId<I>(value)
      if (id !== undefined) return id
      context.addIssue(issue(value, { type: 'uuid_parsing', msg: 'Input should be a valid UUID' }))
      return z.NEVER
    })
    .meta({ type: 'string', format: 'uuid' })
}
