import fc from 'fast-check'
import type { OpenApiDocument, Operation } from '../../src/http/openapi.ts'
import type { JsonSchema } from '../../src/http/openapi-schemas.ts'

const oddTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202e',
  '%',
  "'; drop table chats;--",
  '__proto__',
  'constructor',
  '99999999999999999999999',
  '-0',
  '1e400',
  'NaN',
  '[object Object]',
  '../../etc/passwd',
  '\r\n\r\ndata: x',
  '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b',
  '{0199a2b45c6d7e8f9a0b1c2d3e4f5a6b}',
]
const oddText = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.nat({ max: 40 }).map((length) => 'é😀'.repeat(length * 100)),
)
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.double(),
  fc.constantFrom(0, -0, -1, 1e308, -1e308, 2 ** 53, 2 ** 31, 0.1, null, true, false, [], {}),
  fc.array(fc.oneof(oddText, fc.integer()), { maxLength: 5 }),
  fc.dictionary(oddText, fc.oneof(oddText, fc.integer()), { maxKeys: 4 }),
)

/** Parts of a path as they go over the wire; none holds what would make it another route. */
export const oddPathPart = fc.oneof(
  fc.constantFrom(
    '%00',
    '%2f',
    '%2F..%2f',
    '%',
    '%zz',
    '%c3%28',
    '%ff',
    '%ed%a0%80',
    '..%00',
    '+',
    '~',
    "'",
    '%25',
    '%3f',
  ),
  oddText.map((text) => encodeURIComponent(text.slice(0, 200).toWellFormed()) || '%20'),
  fc.nat({ max: 3 }).map((power) => 'a'.repeat(4 ** power * 100)),
)

function oddTextQuery(names: readonly string[]): fc.Arbitrary<string> {
  const name = names.length === 0 ? oddText : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, oddText)
  const encoded = (text: string) => encodeURIComponent(text.toWellFormed())
  const pair = fc
    .tuple(name, fc.constantFrom('', '[]', '[0]', '[a][b]', '.x'), oddText)
    .map(([left, suffix, right]) => `${encoded(left)}${suffix}=${encoded(right)}`)
  return fc.oneof(
    fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.join('&')),
    pair.map((one) => `${one}&${one}`),
    fc.constantFrom('', '=', '&&&', '%', 'limit=%ff', 'limit=1&limit=2', 'cursor=%00', `x=${'y'.repeat(8_000)}`),
  )
}

/** Values that a published schema allows, or nearly. */
export function valuesOf(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valuesOf(components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, components)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((variant) => valuesOf(variant, components)))
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum'])
  if (schema['const'] !== undefined) return fc.constant(schema['const'])
  const types = [schema.type ?? []].flat()
  if (types.length > 1) return fc.oneof(...types.map((type) => valuesOf({ ...schema, type }, components)))
  switch (types[0]) {
    case 'object': {
      const parts = Object.entries(schema.properties ?? {})
      const fields = parts.map(([name, part]) => [name, valuesOf(part, components)] as const)
      if (fields.length === 0) return fc.dictionary(oddText, oddValue, { maxKeys: 4 })
      const requiredKeys: string[] = Array.isArray(schema['required']) ? schema['required'] : []
      return fc.record(Object.fromEntries(fields), { requiredKeys })
    }
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, components), { maxLength: 4 })
    case 'integer':
      return fc.integer({
        min: Number(schema['minimum'] ?? -5),
        max: Math.min(Number(schema['maximum'] ?? 2 ** 31), 2 ** 31),
      })
    case 'number':
      return fc.double({ min: Number(schema['minimum'] ?? -5), max: Number(schema['maximum'] ?? 1e6), noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      if (schema['format'] === 'uuid') return fc.uuid()
      if (schema['format'] === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
      return textOf(schema)
    default:
      return oddValue
  }
}

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const minLength = Number(schema['minLength'] ?? 0)
  const maxLength = Math.min(Number(schema['maxLength'] ?? 40), 40)
  return fc.oneof(
    fc.string({ unit: 'grapheme', minLength, maxLength }),
    fc.constantFrom('holiday', 'How heavy is the bell?', 'quory/extractive'),
  )
}

const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

/** Bodies that no schema describes, as bytes. */
const brokenBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom(
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '0',
      '{"name":"a","name":"b","content":"x","content":7}',
      '{"__proto__":{"admin":true},"constructor":{"prototype":{}},"name":"x","content":"x"}',
      '{"content":"\\ud800","name":"\\udc00\\u0000","question":"\\ud800"}',
      '{"name":1e400,"limit":-1e400,"max_tokens":1e999,"temperature":1e308}',
      '\ufeff{"name":"x"}',
      '{"name":"x",}',
      "{'name':'x'}",
      '{"name":"x"}{"name":"y"}',
      deep('[', ']', 50_000),
      deep('[', '', 50_000),
      `{"metadata":${deep('{"a":', '}', 20_000).replace('}', '1}')},"content":"x","name":"x","query":"x","question":"x"}`,
      `{"metadata":${deep('[', ']', 20_000)},"content":"x"}`,
      `{"metadata":{"a":${deep('[', ']', 5_000)}},"content":"x","configuration":{"a":${deep('[', ']', 5_000)}},"type":"github","name":"x"}`,
      `{"name":"${'x'.repeat(200_000)}"}`,
      `{"content":"${'word '.repeat(20_000)}","question":"${'word '.repeat(20_000)}","query":"x"}`,
    )
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom('7b226e616d65223a22ff227d', 'fffe7b007d00', 'c0af', 'eda080', '00')
    .map((hex) => Buffer.from(hex, 'hex')),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
)

const oddContentType = fc.constantFrom(
  undefined,
  'application/json; charset=utf-16',
  'application/vnd.api+json',
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=b',
  'json',
  ';;;',
  '*/*',
)
const oddHeader = fc.oneof(
  fc.record({ 'last-event-id': fc.constantFrom('', '0', '-1', '3', '99999999999999999999', 'x', '1.5', '1,2') }),
  fc.record({
    accept: fc.constantFrom('', 'text/event-stream', '*/*;q=0', 'application/xml', ',,,', 'a'.repeat(4_000)),
  }),
  fc.record({
    authorization: fc.constantFrom('', 'Bearer', 'Bearer ', 'Basic eA==', 'Bearer a b', 'bearer é', 'Bearer a.b.c'),
  }),
  fc.record({
    range: fc.constantFrom('bytes=0-', 'bytes=5-2', 'bytes=-0', 'bytes=99999999999-', 'bytes=a', 'lines=1'),
  }),
  fc.record({ 'if-range': fc.constantFrom('"x"', 'W/"', ''), range: fc.constant('bytes=1-2') }),
  fc.record({ 'openai-api-key': fc.constantFrom('', 'sk-x', 'é', 'x'.repeat(3_000)) }),
  fc.record({ 'idempotency-key': fc.constantFrom('', 'the same', '"quoted"', 'é', 'x'.repeat(255), 'x'.repeat(256)) }),
  fc.record({ 'content-encoding': fc.constantFrom('gzip', 'br', 'identity') }),
  fc.record({
    cookie: fc.constantFrom('a=b', '=;=;'),
    'x-forwarded-for': fc.constant('::1'),
    origin: fc.constant('null'),
  }),
)

export interface OddRequest {
  readonly method: string
  /** With its query, as it goes over the wire. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  /** Whether the ids are real and the rest is of the published shape. */
  readonly isShaped: boolean
}

/** Printed short: a counterexample of 50,000 brackets says no more than the first of them. */
function anOddRequest(fields: OddRequest): OddRequest {
  const text = () =>
    JSON.stringify({ ...fields, path: fields.path.slice(0, 500), body: fields.body?.toString('latin1').slice(0, 500) })
  return { ...fields, [fc.toStringMethod]: text } as OddRequest
}

interface RouteInput {
  readonly method: string
  readonly url: string
}

/** Requests to one route: half of them of its published shape, half of them odd in some or all of their parts. */
export function requestsTo(
  { method, url }: RouteInput,
  document: OpenApiDocument,
  ids: Readonly<Record<string, string>>,
): fc.Arbitrary<OddRequest> {
  const operation = document.paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
  // The document is of our own making.
  const components = (document['components'] as { schemas: Record<string, JsonSchema> }).schemas
  const names = (operation?.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name)
  const shapedQuery = queryOf(operation, components, ids)
  const shapedBody = bodyOf(operation, components, ids)
  const pathWith = (part: (name: string) => string) => url.replaceAll(/:(\w+)/g, (_, name) => part(name))
  // What the other requests are about stays.
  const isDeletion = method === 'DELETE' || url.endsWith('/unsubscribe')
  const shaped = fc.tuple(shapedQuery, shapedBody, fc.uuid()).map(([query, body, other]) =>
    anOddRequest({
      method,
      path: pathWith((name) => (isDeletion ? other : (ids[name] ?? other))) + query,
      headers: body === undefined ? {} : { 'content-type': body.type },
      body: body?.bytes,
      isShaped: true,
    }),
  )
  const odd = fc
    .record({
      parts: fc.array(fc.option(oddPathPart, { freq: 3, nil: undefined }), { minLength: 4, maxLength: 4 }),
      query: fc.oneof(
        shapedQuery,
        oddTextQuery(names).map((text) => `?${text}`),
      ),
      body: fc.oneof(
        shapedBody,
        brokenBody.map((bytes) => ({ bytes, type: 'application/json' })),
      ),
      type: fc.option(oddContentType, { freq: 3, nil: 'as it is' }),
      headers: fc.array(oddHeader, { maxLength: 2 }),
      other: fc.uuid(),
    })
    .map(({ parts, query, body, type, headers, other }) => {
      const left = [...parts]
      const contentType = type === 'as it is' ? body?.type : type
      return anOddRequest({
        method,
        path: pathWith((name) => left.shift() ?? (isDeletion ? other : (ids[name] ?? other))) + query,
        headers: Object.assign({}, contentType === undefined ? {} : { 'content-type': contentType }, ...headers),
        body: method === 'GET' ? undefined : body?.bytes,
        isShaped: false,
      })
    })
  return fc.oneof(shaped, odd)
}

function queryOf(
  operation: Operation | undefined,
  components: Readonly<Record<string, JsonSchema>>,
  ids: Readonly<Record<string, string>>,
): fc.Arbitrary<string> {
  const parameters = (operation?.parameters ?? []).filter((one) => one.in === 'query')
  const values = parameters.map(({ name, required, schema }) => {
    const known = ids[name]
    // Every parameter of the document has a schema.
    const value = known === undefined ? valuesOf(schema as JsonSchema, components) : fc.constant(known)
    const pair = value.map((one) => `${name}=${encodeURIComponent(String(one).toWellFormed())}`)
    return required === true ? pair : fc.option(pair, { nil: undefined })
  })
  return fc.tuple(...values).map((pairs) => {
    const given = pairs.filter((pair) => pair !== undefined)
    return given.length === 0 ? '' : `?${given.join('&')}`
  })
}

type Body = { readonly bytes: Buffer; readonly type: string } | undefined

function bodyOf(
  operation: Operation | undefined,
  components: Readonly<Record<string, JsonSchema>>,
  ids: Readonly<Record<string, string>>,
): fc.Arbitrary<Body> {
  // The document is of our own making.
  const content = (operation?.['requestBody'] as { content: Record<string, { schema: JsonSchema }> } | undefined)
    ?.content
  if (content === undefined) return fc.constant(undefined)
  const json = content['application/json']
  if (json === undefined) return formBody
  return valuesOf(json.schema, components).map((value) => {
    const known = typeof value === 'object' && value !== null ? withIds(value, ids) : value
    return { bytes: Buffer.from(JSON.stringify(known)), type: 'application/json' }
  })
}

/** Ids in a body are those of the caller's own things. */
function withIds(value: object, ids: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, one === null ? null : (ids[name] ?? one)]),
  )
}

/** A form with a file or two; names and bytes are odd. */
const formBody: fc.Arbitrary<Body> = fc
  .array(
    fc.tuple(
      fc.constantFrom('file', 'uploadFile', 'name', 'x'),
      fc.constantFrom('a.txt', 'p.csv', '../x', 'é.pdf', ''),
      oddText,
    ),
    {
      maxLength: 3,
    },
  )
  .map((parts) => {
    const text = parts.map(([field, file, content]) => {
      const disposition = field === 'name' ? `name="${field}"` : `name="${field}"; filename="${file}"`
      return `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`
    })
    return { bytes: Buffer.from(`${text.join('')}--b--\r\n`), type: 'multipart/form-data; boundary=b' }
  })
