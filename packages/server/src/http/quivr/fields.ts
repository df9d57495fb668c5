import { z } from 'zod'
import { type Id, parseId } from '../../ids.ts'
import { text } from '../fields.ts'
import type { IssueParameters } from '../validation.ts'

/** Quivr validated with Pydantic 1, which turns numbers into text and text into numbers; its clients rely on it. */

type Refusable = z.core.$RefinementCtx<unknown>

function refuse(context: Refusable, input: unknown, parameters: IssueParameters): never {
  context.addIssue({ code: 'custom', input, message: parameters.msg, params: { ...parameters } })
  return z.NEVER
}

const invalidUuid = { type: 'uuid_parsing', msg: 'Input should be a valid UUID' }

/** Text; a number or a boolean becomes what Python prints of it. */
export function looseText(limits: { min?: number; max?: number } = {}) {
  return z
    .unknown()
    .transform((value, context): string => {
      if (typeof value === 'string') return value
      if (typeof value === 'number') return String(value)
      if (typeof value === 'boolean') return value ? 'True' : 'False'
      return refuse(context, value, { type: 'string_type', msg: 'Input should be a valid string' })
    })
    .pipe(text(limits))
    .meta({ type: 'string' })
}

interface Bounds {
  readonly min: number
  readonly max?: number
}

function checkBounds(value: number, { min, max }: Bounds, context: Refusable): void {
  if (value < min) {
    const msg = `Input should be greater than or equal to ${min}`
    refuse(context, value, { type: 'greater_than_equal', msg, ctx: { ge: min } })
  } else if (max !== undefined && value > max) {
    const msg = `Input should be less than or equal to ${max}`
    refuse(context, value, { type: 'less_than_equal', msg, ctx: { le: max } })
  }
}

/** A number, or text that is one. */
export function looseNumber(bounds: Bounds) {
  return z
    .unknown()
    .transform((value, context): number => {
      if (typeof value === 'number') return value
      if (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return Number(value)
      return refuse(context, value, { type: 'float_type', msg: 'Input should be a valid number' })
    })
    .superRefine((value, context) => checkBounds(value, bounds, context))
    .meta({ type: 'number', minimum: bounds.min, ...(bounds.max === undefined ? {} : { maximum: bounds.max }) })
}

/** An integer: a number loses its fraction, text must not have one. */
export function looseInteger(bounds: Bounds) {
  return z
    .unknown()
    .transform((value, context): number => {
      const isText = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)
      const number = typeof value === 'number' ? Math.trunc(value) : isText ? Number(value) : undefined
      if (number !== undefined && Number.isSafeInteger(number)) return number
      return refuse(context, value, { type: 'int_type', msg: 'Input should be a valid integer' })
    })
    .superRefine((value, context) => checkBounds(value, bounds, context))
    .meta({ type: 'integer', minimum: bounds.min, ...(bounds.max === undefined ? {} : { maximum: bounds.max }) })
}

/** Any text that Python's UUID takes: braces, no dashes, `urn:uuid:`, capitals. */
export function parseUuid<I extends Id<string>>(text: string): I | undefined {
  const digits = text
    .replace('urn:', '')
    .replace('uuid:', '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '')
  if (digits.length !== 32) return undefined
  return parseId<I>(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/s, '$1-$2-$3-$4-$5'))
}

/** An id in a path, query or body; a 422 when it is none. */
export function uuid<I extends Id<string>>() {
  return z
    .string()
    .transform((value, context): I => parseUuid<I>(value) ?? refuse(context, value, invalidUuid))
    .meta({ type: 'string', format: 'uuid' })
}

/** An id whose absence, emptiness and rubbish all mean null, as Quivr read `brain_id`. */
export function uuidOrNull<I extends Id<string>>() {
  return z
    .unknown()
    .transform((value): I | null => {
      const last: unknown = Array.isArray(value) ? value.at(-1) : value
      return typeof last === 'string' ? (parseUuid<I>(last) ?? null) : null
    })
    .meta({ type: ['string', 'null'], description: 'Empty, missing and anything that is no UUID mean null' })
}

/** An id or null; empty text is null, other rubbish a 422. */
export function optionalUuid<I extends Id<string>>() {
  return z
    .string()
    .nullish()
    .transform((value, context): I | null => {
      if (value === undefined || value === null || value === '') return null
      return parseUuid<I>(value) ?? refuse(context, value, invalidUuid)
    })
    .meta({ type: ['string', 'null'], format: 'uuid' })
}
