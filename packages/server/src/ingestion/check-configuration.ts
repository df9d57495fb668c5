import { type FieldError, QuoryError } from '../errors.ts'
import type { Configuration } from './source.ts'
import { type ConfigurationField, findSourceType } from './source-types.ts'

const whole = /^[+-]?\d{1,15}$/

const choices = new Intl.ListFormat('en', { type: 'disjunction' })

/**
 * A 422 in FastAPI's words for each field of another type than its source type says, or none of its choices. Unknown
 * fields are kept as they are.
 */
export function checkFields(type: string, configuration: Configuration): void {
  const fields = (findSourceType(type)?.required_fields ?? []).flatMap((field) => {
    const input = configuration[field.name]
    const wrong = isBlank(input) ? undefined : problemOf(field, input)
    return wrong === undefined ? [] : [{ ...wrong, loc: ['body', 'configuration', field.name], input }]
  })
  refuse(fields)
}

function problemOf(
  { type, options }: ConfigurationField,
  value: unknown,
): Pick<FieldError, 'type' | 'msg' | 'ctx'> | undefined {
  if (type === 'integer') {
    if (Number.isSafeInteger(value)) return undefined
    if (typeof value !== 'string') return { type: 'int_type', msg: 'Input should be a valid integer' }
    if (whole.test(value.trim())) return undefined
    return { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' }
  }
  if (typeof value !== 'string') return { type: 'string_type', msg: 'Input should be a valid string' }
  if (value.includes('\0')) return { type: 'value_error', msg: 'Value error, text must not contain the NUL character' }
  if (options === undefined || options.includes(value)) return undefined
  const expected = choices.format(options.map((option) => `'${option}'`))
  return { type: 'enum', msg: `Input should be ${expected}`, ctx: { expected } }
}

/** Names of the fields without which a source of the type cannot be connected to. */
export function missingFields(type: string, configuration: Configuration): readonly string[] {
  const fields = findSourceType(type)?.required_fields ?? []
  return fields.filter(({ name, optional }) => !optional && isBlank(configuration[name])).map(({ name }) => name)
}

/** A 422 in FastAPI's words for each field that is missing. */
export function checkComplete(type: string, configuration: Configuration): void {
  refuse(
    missingFields(type, configuration).map((name) => ({
      type: 'missing',
      loc: ['body', 'configuration', name],
      msg: 'Field required',
    })),
  )
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function refuse(fields: readonly FieldError[]): void {
  const [first] = fields
  if (first !== undefined) throw new QuoryError('invalid_request', first.msg, { fields })
}
