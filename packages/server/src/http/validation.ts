import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchemaCompiler,
  FastifyTypeProvider,
  RawServerDefault,
} from 'fastify'
import type { z } from 'zod'
import { type FieldError, QuoryError } from '../errors.ts'

/** What a handler gets and may answer, by the Zod schemas of its route. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  serializer: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
}

/** Fastify whose handlers know the types of their Zod schemas. */
export type Server = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What a check of ours says in Pydantic's terms; carried through Zod as the issue's `params`. */
export interface IssueParameters {
  readonly type: string
  readonly msg: string
  readonly ctx?: Readonly<Record<string, unknown>>
}

const parts = { body: 'body', querystring: 'query', params: 'path', headers: 'header' } as const

/** Runs the Zod schema of a route; its issues become the entries that FastAPI with Pydantic 2 would send. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = parts[(httpPart ?? 'body') as keyof typeof parts]
  return (data: unknown) => {
    if (part === 'body' && (data === undefined || data === null)) {
      if (schema.safeParse(undefined).success) return { value: undefined }
      return { error: invalid([{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]) }
    }
    const result = schema.safeParse(data)
    if (result.success) return { value: result.data }
    return { error: invalid(result.error.issues.flatMap((issue) => describeIssue(issue, part, data))) }
  }
}

function invalid(fields: readonly FieldError[]): QuoryError {
  return new QuoryError('invalid_request', fields[0]?.msg ?? 'Invalid request', { fields })
}

type Issue = z.core.$ZodIssue

/** One Zod issue as Pydantic 2 words it. */
function describeIssue(issue: Issue, part: string, data: unknown): FieldError[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  const loc = [part, ...path]
  const input = valueAt(data, path)
  if (path.length === 0 && part === 'body' && issue.code === 'invalid_type') {
    const msg = 'Input should be a valid dictionary or object to extract fields from'
    return [{ type: 'model_attributes_type', loc, msg, input }]
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      type: 'extra_forbidden',
      loc: [...loc, key],
      msg: 'Extra inputs are not permitted',
      input: valueAt(data, [...path, key]),
    }))
  }
  if (input === undefined) {
    const parent = part === 'body' ? valueAt(data, path.slice(0, -1)) : null
    return [{ type: 'missing', loc, msg: 'Field required', input: parent }]
  }
  return [{ ...describeProblem(issue, part), loc, input }]
}

function describeProblem(issue: Issue, part: string): IssueParameters {
  switch (issue.code) {
    case 'custom':
      return (
        (issue.params as IssueParameters | undefined) ?? { type: 'value_error', msg: `Value error, ${issue.message}` }
      )
    case 'invalid_type':
      return describeType(issue.expected, part)
    case 'too_small':
      return bound(issue, issue.inclusive === false ? 'greater_than' : 'greater_than_equal', Number(issue.minimum))
    case 'too_big':
      return bound(issue, issue.inclusive === false ? 'less_than' : 'less_than_equal', Number(issue.maximum))
    case 'invalid_value': {
      const values = issue.values.map((value) => `'${String(value)}'`)
      const expected = values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : String(values[0])
      return { type: 'enum', msg: `Input should be ${expected}`, ctx: { expected } }
    }
    default:
      return { type: 'value_error', msg: `Value error, ${issue.message}` }
  }
}

function describeType(expected: string, part: string): IssueParameters {
  const parses = part !== 'body'
  switch (expected) {
    case 'string':
      return { type: 'string_type', msg: 'Input should be a valid string' }
    case 'array':
      return { type: 'list_type', msg: 'Input should be a valid list' }
    case 'record':
    case 'object':
      return { type: 'dict_type', msg: 'Input should be a valid dictionary' }
    case 'int':
    case 'number':
      return parses
        ? { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' }
        : { type: 'float_type', msg: 'Input should be a valid number' }
    case 'boolean':
      return parses
        ? { type: 'bool_parsing', msg: 'Input should be a valid boolean, unable to interpret input' }
        : { type: 'bool_type', msg: 'Input should be a valid boolean' }
    default:
      return { type: 'value_error', msg: `Value error, expected ${expected}` }
  }
}

const bounds = {
  greater_than_equal: ['ge', 'greater than or equal to'],
  greater_than: ['gt', 'greater than'],
  less_than_equal: ['le', 'less than or equal to'],
  less_than: ['lt', 'less than'],
} as const

function bound(
  issue: Issue & { code: 'too_small' | 'too_big' },
  type: keyof typeof bounds,
  limit: number,
): IssueParameters {
  if (issue.origin === 'array') {
    const isShort = issue.code === 'too_small'
    return {
      type: isShort ? 'too_short' : 'too_long',
      msg: `List should have at ${isShort ? 'least' : 'most'} ${limit} item${limit === 1 ? '' : 's'}`,
      ctx: { field_type: 'List', [isShort ? 'min_length' : 'max_length']: limit },
    }
  }
  const [name, words] = bounds[type]
  return { type, msg: `Input should be ${words} ${limit}`, ctx: { [name]: limit } }
}

function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    // A path comes from Zod's walk over this very value.
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
