import type { JsonSchema } from './openapi-schemas.ts'

const byFormat: Readonly<Record<string, string>> = {
  uuid: '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b',
  'date-time': '2026-11-22T20:13:48.123Z',
}

/** A value that the schema allows, made of the examples that its parts carry. */
export function exampleOf(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): unknown {
  if (schema.$ref !== undefined) return exampleOf(components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, components)
  if (schema['example'] !== undefined) return schema['example']
  if (schema['const'] !== undefined) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  if (schema['default'] !== undefined) return schema['default']
  const variant = schema.anyOf?.find(({ type }) => type !== 'null')
  if (variant !== undefined) return exampleOf(variant, components)
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, part]) => [name, exampleOf(part, components)]),
      )
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items, components)]
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema['minimum'] ?? 1))
    case 'boolean':
      return true
    case 'string':
      return byFormat[String(schema['format'])] ?? '…'
    default:
      return null
  }
}
