import type { FastifySchema, RouteOptions } from 'fastify'
import { z } from 'zod'
import { type ErrorCode, errorStatus } from '../errors.ts'
import { problem } from './chicory/schemas.ts'
import { takesIdempotencyKey } from './idempotency.ts'
import { exampleOf } from './openapi-examples.ts'
import { createSchemaWriter, type JsonSchema } from './openapi-schemas.ts'
import { statusWords } from './status-words.ts'
import type { Server } from './validation.ts'

export type Dialect = 'chicory' | 'quivr'

/** Written by hand: @fastify/swagger makes every body required, drops JSON's null, and knows no event streams. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly [field: string]: unknown
}

export interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly [field: string]: unknown }[]
  readonly responses: Readonly<Record<string, Response>>
  readonly [field: string]: unknown
}

interface Response {
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>
  readonly [field: string]: unknown
}

type Writer = ReturnType<typeof createSchemaWriter> & {
  /** The refusals, which are the same on every route that has them. */
  readonly refusals: Record<string, Response>
}

const tagDescriptions: Readonly<Record<string, string>> = {
  service: 'Is the server there, and what does it speak.',
  projects: 'What holds data and chats, and who may use them.',
  chats: 'Conversations of a project.',
  messages: 'Questions and their answers.',
  'data sources': 'Files and other places that answers come from.',
  search: 'Passages and documents.',
  training: 'Reading data sources again.',
  models: 'What answers.',
  auth: 'Signing in on the page, by a cookie.',
  users: 'Who may use the server.',
  'api-keys': 'What programs sign in with.',
  quivr: 'The API of Quivr: a brain is a project.',
}

/** Collects the routes as they are registered; the document is made when first asked for. */
export function registerOpenApi(server: Server): void {
  const routes: RouteOptions[] = []
  server.addHook('onRoute', (route) => {
    if (route.schema !== undefined && route.method !== 'HEAD' && route.schema.hide !== true) routes.push(route)
  })
  server.decorate('openApi', (dialect) => describeApi(routes, dialect))
  let text: string | undefined
  const schema: FastifySchema = {
    tags: ['service'],
    summary: 'This description',
    response: { 200: z.record(z.string(), z.unknown()).meta({ description: 'An OpenAPI 3.1 document' }) },
  }
  server.get('/openapi.json', { config: { isPublic: true }, schema }, async (_request, reply) => {
    text ??= JSON.stringify(describeApi(routes))
    return reply.type('application/json; charset=utf-8').send(text)
  })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The description of the whole API, or of one dialect. */
    openApi(dialect?: Dialect): OpenApiDocument
  }
  interface FastifySchema {
    readonly hide?: boolean
    readonly tags?: readonly string[]
    readonly summary?: string
    readonly description?: string
    readonly consumes?: readonly string[]
    readonly security?: readonly object[]
  }
}

function describeApi(routes: readonly RouteOptions[], dialect?: Dialect): OpenApiDocument {
  const writer: Writer = { ...createSchemaWriter(), refusals: {} }
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const isQuivr = route.schema?.tags?.includes('quivr') === true
    if (dialect !== undefined && isQuivr !== (dialect === 'quivr')) continue
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}')
    for (const method of [route.method].flat())
      paths[path] = { ...paths[path], [method.toLowerCase()]: describeRoute(route, writer, isQuivr) }
  }
  const used = new Set(Object.values(paths).flatMap((item) => Object.values(item).flatMap(tagsOf)))
  return {
    openapi: '3.1.0',
    info: {
      title: dialect === 'quivr' ? 'Quory, as Quivr' : 'Quory',
      version: '0.1.0',
      description: 'A self-hosted conversation server: people and programs chat with their own data.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...used].map((name) => ({ name, description: tagDescriptions[name] ?? name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a JWT' } },
      responses: writer.refusals,
      schemas: writer.components,
    },
  }
}

function tagsOf({ tags }: Operation): string[] {
  // As the routes gave them.
  return tags as string[]
}

function describeRoute(route: RouteOptions, writer: Writer, isQuivr: boolean): Operation {
  const { tags, summary = '', description, consumes, response, ...parts } = route.schema ?? {}
  const isPublic = route.config?.isPublic === true
  const published = (response ?? {}) as Readonly<Record<string, Published>>
  const responses = describeResponses(takesIdempotencyKey(route) ? { 409: problem, ...published } : published, writer)
  const parameters = describeParameters(parts, responses, route, writer)
  return {
    operationId: isQuivr ? nameByPath(route) : nameBySummary(summary),
    tags: tags ?? ['service'],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isPublic ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    // Routes are given Zod schemas throughout.
    ...(parts.body === undefined ? {} : { requestBody: describeBody(parts.body as z.ZodType, consumes, writer) }),
    responses: withPageHeaders(responses, parameters),
  }
}

function nameBySummary(summary: string): string {
  const words = summary.split(/\W+/).filter((word) => word !== '')
  return words.map((word, index) => (index === 0 ? word.toLowerCase() : capital(word))).join('')
}

/** Quivr's own names were made of its functions'; these are made of method and path. */
function nameByPath({ method, url }: RouteOptions): string {
  const words = url.split(/\W+/).filter((word) => word !== '')
  return (
    String(method).toLowerCase() +
    (words.length === 0
      ? 'Root'
      : words
          .flatMap((word) => word.split('_'))
          .map(capital)
          .join(''))
  )
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function describeParameters(
  parts: Pick<FastifySchema, 'params' | 'querystring' | 'headers'>,
  responses: Readonly<Record<string, Response>>,
  route: RouteOptions,
  writer: Writer,
): NonNullable<Operation['parameters']> {
  const places = [
    ['path', parts.params],
    ['query', parts.querystring],
    ['header', parts.headers],
  ] as const
  const parameters = places.flatMap(([place, part]) => {
    if (part === undefined) return []
    const { properties = {}, required } = writer.writeInline(part as z.ZodType, 'input')
    return Object.entries(properties).map(([name, { description, ...schema }]) => ({
      name,
      in: place,
      required: Array.isArray(required) && required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: place === 'path' ? { ...schema, example: exampleOf({ ...schema, format: 'uuid' }, {}) } : schema,
    }))
  })
  if (takesIdempotencyKey(route)) return [...parameters, idempotencyKeyParameter]
  if (route.method !== 'GET' || responses['200']?.content?.['text/event-stream'] === undefined) return parameters
  const description = 'Number of the last event seen: the stream goes on after it'
  return [
    ...parameters,
    { name: 'Last-Event-ID', in: 'header', required: false, description, schema: { type: 'integer', minimum: 0 } },
  ]
}

const idempotencyKeyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, ' +
    'with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const

function describeBody(body: z.ZodType, consumes: readonly string[] = ['application/json'], writer: Writer) {
  const isForm = consumes.includes('multipart/form-data')
  const schema = writer.write(body, 'input')
  const media = isForm ? { schema } : { schema, example: exampleOf(schema, writer.components) }
  return {
    required: isForm || !body.safeParse(undefined).success,
    content: Object.fromEntries(consumes.map((type) => [type, media])),
  }
}

/** A schema, or one for each content type. */
export type Published =
  | z.ZodType
  | { readonly description?: string; readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>> }

function describeResponses(published: Readonly<Record<string, Published>>, writer: Writer): Record<string, Response> {
  const responses = Object.entries<Published>({ ...published, default: problem }).map(([status, answer]) => {
    const fallback = status === 'default' ? 'Any other refusal' : statusWords(status)
    if (!('content' in answer)) {
      const schema = writer.write(answer, 'output')
      const isNamed = schema.$ref !== undefined || status === 'default'
      const description = isNamed ? fallback : String(schema['description'] ?? fallback)
      const response = { description, ...contentOf(status, schema, writer) }
      const name = schema.$ref?.split('/').at(-1)
      if (name?.endsWith('Problem') !== true) return [status, response] as const
      const key = status === 'default' ? name : name + status
      writer.refusals[key] = response
      return [status, { $ref: `#/components/responses/${key}` }] as const
    }
    const content = Object.entries(answer.content).map(([type, { schema }]) => {
      const written = writer.write(schema, 'output')
      const isJson = type.includes('json')
      return [type, isJson ? { schema: written, example: exampleOf(written, writer.components) } : { schema: written }]
    })
    return [status, { description: answer.description ?? fallback, content: Object.fromEntries(content) }] as const
  })
  return Object.fromEntries(responses)
}

const eventStream = 'text/event-stream'

function contentOf(status: string, schema: JsonSchema, { components }: Writer): Pick<Response, 'content'> {
  if (status === '204') return {}
  if (schema['description'] === eventStream) return { content: { [eventStream]: { schema: { type: 'string' } } } }
  if (schema['format'] === 'binary') return { content: { 'application/octet-stream': { schema } } }
  const plain = exampleOf(schema, components)
  const example = status === 'default' || Number(status) >= 400 ? problemExample(status, plain) : plain
  return { content: { 'application/json': { schema, example } } }
}

const exampleCodes: Readonly<Record<string, ErrorCode>> = {
  '403': 'forbidden',
  '404': 'project_not_found',
  '409': 'project_exists',
  '400': 'malformed_upload',
  '502': 'model_unavailable',
  '503': 'shutting_down',
  default: 'internal_error',
}

function problemExample(status: string, plain: unknown): unknown {
  const request_id = '6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b'
  // The table's own keys.
  const codes = Object.keys(errorStatus) as ErrorCode[]
  const code = exampleCodes[status] ?? codes.find((one) => String(errorStatus[one]) === status) ?? 'internal_error'
  if (status !== '422') return { detail: statusWords(errorStatus[code]), code, request_id }
  const fields = [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: {} }]
  // Every error's body is an object.
  return { ...(plain as object), detail: fields, code, request_id }
}

const pageHeaders = {
  'X-Next-Cursor': { description: 'Cursor of the next page; absent on the last one', schema: { type: 'string' } },
  'X-List-Cap': { description: 'The most that a call without a limit returns', schema: { type: 'integer' } },
}

function withPageHeaders(
  responses: Readonly<Record<string, Response>>,
  parameters: NonNullable<Operation['parameters']>,
): Readonly<Record<string, Response>> {
  const ok = responses['200']
  if (ok === undefined || !parameters.some(({ name }) => name === 'cursor')) return responses
  return { ...responses, 200: { ...ok, headers: pageHeaders } }
}
