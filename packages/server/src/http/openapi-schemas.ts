import { z } from 'zod'
import * as accountSchemas from './chicory/account-schemas.ts'
import * as citationSchemas from './chicory/citation-schemas.ts'
import * as dataSourceSchemas from './chicory/data-source-schemas.ts'
import * as messageSearchSchemas from './chicory/message-search-schemas.ts'
import * as chicorySchemas from './chicory/schemas.ts'
import * as searchSchemas from './chicory/search-schemas.ts'
import * as traceSchemas from './chicory/trace-schemas.ts'
import * as trainingSchemas from './chicory/training-schemas.ts'
import * as brainSchemas from './quivr/brain-schemas.ts'
import * as quivrSchemas from './quivr/schemas.ts'

export interface JsonSchema {
  [keyword: string]: unknown
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  anyOf?: JsonSchema[]
  $ref?: string
}

const chicory = {
  ...chicorySchemas,
  ...accountSchemas,
  ...citationSchemas,
  ...dataSourceSchemas,
  ...messageSearchSchemas,
  ...searchSchemas,
  ...traceSchemas,
  ...trainingSchemas,
}
const quivr = { ...quivrSchemas, ...brainSchemas }
const mark = 'x-component'

/** Objects that the dialects export are named after their export; the rest stands where it is used. */
function nameSchemas(): Map<unknown, string> {
  const names = new Map<unknown, string>()
  for (const [prefix, schemas] of [
    ['', chicory],
    ['Quivr', quivr],
  ] as const)
    for (const [name, schema] of Object.entries(schemas))
      if (schema instanceof z.ZodObject) names.set(schema, prefix + name.charAt(0).toUpperCase() + name.slice(1))
  return names
}

/** Turns Zod schemas into those of one document, whose named parts gather in `components`. */
export function createSchemaWriter() {
  const names = nameSchemas()
  const components: Record<string, JsonSchema> = {}

  /** A schema itself, whose parts may stand in `components`. */
  function writeInline(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { [mark]: _, ...rest } = convert(schema, io)
    return mapParts(rest, (part) => hoist(part, io))
  }

  function write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    return hoist(convert(schema, io), io)
  }

  function convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const written = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const name = names.get(zodSchema)
        if (name !== undefined) jsonSchema[mark] = name
        tidy(jsonSchema, io)
      },
    })
    const { $schema: _, ...rest } = written
    // A JSON Schema is JSON.
    return rest as JsonSchema
  }

  function hoist(schema: JsonSchema, io: 'input' | 'output'): JsonSchema {
    const { [mark]: name, ...rest } = mapParts(schema, (part) => hoist(part, io))
    if (typeof name !== 'string') return rest
    const key = io === 'output' || !(name in components) || isSame(components[name], rest) ? name : `${name}Input`
    components[key] = rest
    return { $ref: `#/components/schemas/${key}` }
  }

  return { write, writeInline, components }
}

function isSame(first: unknown, second: unknown): boolean {
  return JSON.stringify(first) === JSON.stringify(second)
}

function mapParts(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const changed = { ...schema }
  if (schema.properties !== undefined) {
    changed.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, part]) => [name, change(part)]),
    )
  }
  if (schema.items !== undefined) changed.items = change(schema.items)
  if (schema.anyOf !== undefined) changed.anyOf = schema.anyOf.map(change)
  return changed
}

const wholeNumbers = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** Zod says more than clients need to know, and says it of its own types rather than of the wire's. */
function tidy(schema: Record<string, unknown>, io: 'input' | 'output'): void {
  if (wholeNumbers.includes(Number(schema['minimum']))) delete schema['minimum']
  if (wholeNumbers.includes(Number(schema['maximum']))) delete schema['maximum']
  // `readonly` is a matter of TypeScript here; in a schema it would forbid the field in requests.
  delete schema['readOnly']
  delete schema['propertyNames']
  // Answers may get further fields.
  if (io === 'output' && schema['additionalProperties'] === false) delete schema['additionalProperties']
  // The type that `meta` gives is the wire's; what Zod derived beside it is that of a step in between.
  if ('type' in schema && 'anyOf' in schema) delete schema['anyOf']
  if (Object.keys((schema['additionalProperties'] as object | undefined) ?? { x: 1 }).length === 0)
    schema['additionalProperties'] = true
}
