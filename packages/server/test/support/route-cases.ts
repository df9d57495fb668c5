import type { KeyScope } from '../../src/database/schema.ts'

/** Names of the ids that paths, queries and bodies can hold; `:name` in a case stands for one. */
export const idNames = [
  'project_id',
  'chat_id',
  'message_id',
  'data_source_id',
  'file_id',
  'document_id',
  'training_id',
  'table_id',
  'user_id',
  'key_id',
  'invitation_id',
  'brain_id',
  'knowledge_id',
  'prompt_id',
  'email',
] as const
export type IdName = (typeof idNames)[number]

/** What to send; `:chat_id` and the like are filled in. */
export interface RequestShape {
  readonly query?: string
  readonly body?: unknown
  /** Fields of a multipart form; the value `file` is sent as a file of that name. */
  readonly form?: Readonly<Record<string, string>>
  /** Parts of the path that are no ids, such as the number of a citation. */
  readonly parts?: Readonly<Record<string, string>>
  /** The statuses a stranger may be refused with, which ids of another's they name; 404 alone unless said. */
  readonly stranger?: readonly number[]
  /** Whose existence is no secret to somebody who may make this request with everything else their own. */
  readonly known?: IdName
  /** What the owner of everything named gets; 200 to 299 unless said. */
  readonly owner?: number
}

/**
 * What members meet who are viewers of the project, on things in it that are somebody else's: `sees` them, is `refused`
 * with 403, or they are `hidden` as if they never were. `own` routes touch nothing but the caller's.
 */
export type ViewerSight = 'sees' | 'refused' | 'hidden' | 'own'

export interface RouteCase extends RequestShape {
  /** The least scope of a key for it. */
  readonly scope: KeyScope
  readonly viewer: ViewerSight
  /** The same route with other references. */
  readonly also?: readonly RequestShape[]
}

const project = '/v1/projects/:project_id'
const chat = `${project}/chats/:chat_id`
const message = `${chat}/messages/:message_id`
const source = `${project}/data-sources/:data_source_id`

/** Only an administrator may, so that everybody else gets the same 403 whatever the id. */
const administrators = { stranger: [403], owner: 403 }
/** Quivr says 403 of a brain that is somebody else's and of one that never was. */
const brain = { stranger: [403] }

const reads = { scope: 'read', viewer: 'sees' } as const
const readsChat = { scope: 'read', viewer: 'hidden' } as const
const writesChat = { scope: 'chat', viewer: 'hidden' } as const
const writesData = { scope: 'admin', viewer: 'refused' } as const
const own = { scope: 'read', viewer: 'own' } as const

/** Every route that needs credentials or names something. One without an entry fails the tests that walk them. */
export const routeCases: Readonly<Record<string, RouteCase>> = {
  'GET /v1/me': own,
  'PATCH /v1/me': { scope: 'admin', viewer: 'own', body: { recalls_other_chats: false } },
  'GET /v1/me/events': { ...own, query: 'seconds=0' },
  'GET /v1/models': own,
  'GET /v1/data-source-types': own,
  'GET /v1/users': { ...own, owner: 403 },
  'POST /v1/users': { ...administrators, scope: 'admin', viewer: 'own', body: { email: 'new@example.com' } },
  'DELETE /v1/users/:user_id': { ...administrators, scope: 'admin', viewer: 'refused' },
  'POST /v1/users/:user_id/sign-in-link': { ...administrators, scope: 'admin', viewer: 'refused' },
  'POST /v1/auth/sign-out-everywhere': { scope: 'admin', viewer: 'own' },
  'POST /v1/auth/password': {
    scope: 'admin',
    viewer: 'own',
    body: { current_password: 'wrong password', new_password: 'another password' },
    owner: 403,
  },
  'GET /v1/users/:user_id/api-keys': readsChat,
  'GET /v1/admin/nodes': { ...administrators, scope: 'admin', viewer: 'own' },
  'POST /v1/users/:user_id/api-keys': { scope: 'admin', viewer: 'hidden', body: { name: 'laptop' } },
  'DELETE /v1/users/:user_id/api-keys/:key_id': { scope: 'admin', viewer: 'hidden' },

  'GET /v1/projects': { ...own, query: 'organization_id=acme' },
  'POST /v1/projects': { scope: 'admin', viewer: 'own', body: { name: 'Notes', organization_id: 'acme' } },
  [`GET ${project}`]: reads,
  [`PUT ${project}`]: { ...writesData, body: { description: 'Changed' } },
  [`DELETE ${project}`]: writesData,
  [`GET ${project}/members`]: { scope: 'read', viewer: 'refused' },
  // Whoever owns a project adds members by their id, so a user's id is no secret there.
  [`PUT ${project}/members/:user_id`]: { ...writesData, body: { role: 'owner' }, known: 'user_id' },
  [`DELETE ${project}/members/:user_id`]: { ...writesData, owner: 409 },
  [`GET ${project}/invitations`]: { scope: 'read', viewer: 'refused' },
  [`POST ${project}/invitations`]: { ...writesData, body: { email: 'admin@localhost', role: 'viewer' } },
  [`DELETE ${project}/invitations/:invitation_id`]: writesData,

  [`GET ${project}/chats`]: { ...reads, also: [{ query: 'state=active&pinned=false' }, { query: 'state=trash' }] },
  [`POST ${project}/chats`]: { scope: 'chat', viewer: 'own', body: { name: 'Holidays' } },
  [`GET ${project}/chats/search`]: { ...reads, query: 'q=bell' },
  [`GET ${chat}`]: readsChat,
  [`PATCH ${chat}`]: {
    ...writesChat,
    body: { name: 'Changed' },
    also: [{ body: { leaf_id: ':message_id' }, stranger: [404, 422] }],
  },
  [`POST ${chat}/trash`]: writesChat,
  [`POST ${chat}/restore`]: writesChat,
  [`DELETE ${chat}`]: writesChat,
  [`GET ${chat}/messages`]: {
    ...readsChat,
    also: [
      { query: 'before=:message_id', stranger: [404, 422] },
      { query: 'after=:message_id', stranger: [404, 422] },
      { query: 'path=active&around=:message_id', stranger: [404, 422] },
    ],
  },
  [`POST ${chat}/messages`]: {
    ...writesChat,
    body: { content: 'How heavy is the bell?' },
    also: [
      { body: { content: 'And the other?', parent_id: ':message_id' }, stranger: [404, 422] },
      { body: { content: 'Or so?', sibling_of: ':message_id' }, stranger: [404, 422], owner: 422 },
    ],
  },
  [`GET ${message}`]: readsChat,
  [`DELETE ${message}`]: writesChat,
  [`GET ${message}/attempts`]: readsChat,
  [`GET ${message}/citations/:citation_id`]: { ...readsChat, parts: { ':citation_id': '1' } },
  [`GET ${message}/trace`]: readsChat,
  [`POST ${message}/cancel`]: writesChat,
  [`PUT ${message}/rating`]: { ...writesChat, body: { rating: 'up' } },
  [`POST ${message}/regenerate`]: { ...writesChat, body: {} },
  [`GET ${project}/messages/search`]: { ...reads, query: 'q=bell' },
  [`GET ${chat}/stream`]: { ...readsChat, also: [{ query: 'message_id=:message_id' }] },

  [`GET ${project}/data-sources`]: reads,
  [`POST ${project}/data-sources`]: {
    ...writesData,
    body: { type: 'github', name: 'Code', configuration: { username: 'acme', access_token: 'x' } },
  },
  [`GET ${source}`]: reads,
  [`PUT ${source}`]: { ...writesData, body: { name: 'Changed' } },
  [`DELETE ${source}`]: writesData,
  [`POST ${source}/validate`]: reads,
  [`GET ${source}/content`]: reads,
  [`GET ${source}/files`]: reads,
  [`GET ${source}/files/:file_id/content`]: reads,
  // An upload has nothing to be synced with.
  [`POST ${source}/sync`]: { ...writesData, owner: 422 },
  [`POST ${source}/pause`]: writesData,
  [`POST ${source}/resume`]: writesData,
  [`POST ${source}/cancel`]: writesData,
  [`POST ${project}/data-sources/upload`]: { ...writesData, form: { file: 'file' } },
  [`POST ${project}/data-sources/csv-upload`]: { ...writesData, form: { name: 'Prices', file: 'file' } },
  [`GET ${project}/embedding`]: reads,
  [`POST ${project}/search`]: { ...reads, body: { query: 'bell' } },
  [`GET ${project}/documents/:document_id`]: reads,
  [`GET ${project}/documents/:document_id/text`]: reads,
  [`GET ${project}/tables`]: reads,
  [`POST ${project}/tables/query`]: { ...reads, body: { sql: 'select 1' } },
  [`GET ${project}/tables/:table_id`]: reads,
  [`GET ${project}/tables/:table_id/rows`]: reads,
  [`GET ${project}/training`]: reads,
  [`POST ${project}/training`]: {
    ...writesData,
    body: { data_source_ids: [] },
    also: [{ body: { data_source_ids: [':data_source_id'] }, stranger: [404, 422] }],
  },
  [`GET ${project}/training/:training_id`]: reads,
  [`GET ${project}/training/:training_id/overview`]: reads,
  [`GET ${project}/training/latest/overview`]: reads,
  [`PUT ${project}/training/:training_id`]: { ...writesData, body: { description: 'Changed' } },
  [`DELETE ${project}/training/:training_id`]: writesData,

  'GET /chat': own,
  'POST /chat': { scope: 'chat', viewer: 'own', body: { name: 'Holidays' } },
  'PUT /chat/:chat_id/metadata': { ...writesChat, body: { chat_name: 'Changed' } },
  'DELETE /chat/:chat_id': writesChat,
  'GET /chat/:chat_id/history': readsChat,
  'PUT /chat/:chat_id/:message_id': { ...writesChat, body: { thumbs: true } },
  'POST /chat/:chat_id/question': {
    ...writesChat,
    body: { question: 'How heavy is it?' },
    also: [
      { query: 'brain_id=:brain_id', body: { question: 'How heavy is it?' }, stranger: [404, 403] },
      { body: { question: 'How heavy is it?', brain_id: ':brain_id' }, stranger: [404, 403] },
      { body: { question: 'How heavy is it?', prompt_id: ':prompt_id' } },
    ],
  },
  'POST /chat/:chat_id/question/stream': {
    ...writesChat,
    body: { question: 'How heavy is it?' },
    also: [
      { query: 'brain_id=:brain_id', body: { question: 'How heavy is it?' }, stranger: [404, 403] },
      { body: { question: 'How heavy is it?', prompt_id: ':prompt_id' } },
    ],
  },
  'POST /chat/:chat_id/question/answer': { ...writesChat, body: { question: 'Who?', answer: 'Orrin.' } },

  'GET /brains': own,
  'GET /brains/public': own,
  'GET /brains/default': own,
  'GET /brains/:brain_id': { ...reads, ...brain },
  'POST /brains': {
    scope: 'admin',
    viewer: 'own',
    body: { name: 'Handbook' },
    also: [{ body: { name: 'Handbook', prompt_id: ':prompt_id' } }],
  },
  'PUT /brains/:brain_id': {
    ...writesData,
    ...brain,
    body: { description: 'Changed' },
    also: [{ body: { prompt_id: ':prompt_id' }, stranger: [403, 404] }],
  },
  'POST /brains/:brain_id/default': { ...writesData, ...brain },
  'POST /brains/:brain_id/documents': { ...reads, ...brain, body: { question: 'bell' } },
  'GET /brains/:brain_id/users': { scope: 'read', viewer: 'refused', ...brain },
  'PUT /brains/:brain_id/subscription': {
    ...writesData,
    body: { email: ':email', rights: 'Owner' },
    stranger: [403, 404],
  },
  'DELETE /brains/:brain_id/subscription': { scope: 'admin', viewer: 'own', ...brain },
  // Only public brains can be joined; the owner is in already.
  'POST /brains/:brain_id/subscribe': { scope: 'admin', viewer: 'own', ...brain, owner: 403 },
  'POST /brains/:brain_id/unsubscribe': { scope: 'admin', viewer: 'own', ...brain, owner: 409 },
  'POST /upload': { ...writesData, ...brain, query: 'brain_id=:brain_id', form: { uploadFile: 'file' } },
  'POST /crawl': {
    ...writesData,
    ...brain,
    query: 'brain_id=:brain_id',
    body: { url: 'http://127.0.0.1:8080/' },
    also: [
      { query: 'brain_id=:brain_id&chat_id=:chat_id', body: { url: 'http://127.0.0.1:8080/' }, stranger: [403, 404] },
    ],
  },
  'GET /notifications/:chat_id': readsChat,
  'GET /knowledge': { ...reads, ...brain, query: 'brain_id=:brain_id' },
  'DELETE /knowledge/:knowledge_id': {
    ...writesData,
    query: 'brain_id=:brain_id',
    stranger: [403, 404],
  },
  'GET /knowledge/:knowledge_id/signed_download_url': reads,
  // Needs no credentials but a signature, which only the route above makes.
  'GET /knowledge/:knowledge_id/download': {
    ...own,
    query: 'brain_id=:brain_id&expires=99999999999&signature=x',
    stranger: [403],
    owner: 403,
  },

  'POST /api-key': { scope: 'admin', viewer: 'own', body: { name: 'laptop' } },
  'GET /api-keys': own,
  'DELETE /api-key/:key_id': { scope: 'admin', viewer: 'hidden' },
  'GET /prompts': own,
  // Contract: null for a prompt that is not there.
  'GET /prompts/:prompt_id': { ...readsChat, stranger: [200] },
  'POST /prompts': { scope: 'admin', viewer: 'own', body: { title: 'Short', content: 'Answer in one sentence.' } },
  'PUT /prompts/:prompt_id': { scope: 'admin', viewer: 'hidden', body: { content: 'Changed' } },
  'GET /user': own,
  'GET /user/identity': own,
  // Nothing is ever kept, so nothing is written.
  'PUT /user/identity': { ...own, body: {} },
}

export interface Route {
  readonly method: string
  readonly url: string
  readonly isPublic: boolean
}

export function routeName({ method, url }: Route): string {
  return `${method} ${url}`
}

/** Routes that anybody may call: a new one must be put here on purpose. */
export const publicRoutes: readonly string[] = [
  'GET /openapi.json',
  'GET /health',
  'GET /ready',
  'GET /v1',
  'GET /',
  'GET /healthz',
  'GET /chat/healthz',
  'GET /upload/healthz',
  'GET /crawl/healthz',
  'GET /knowledge/:knowledge_id/download',
  'GET /v1/auth/options',
  'POST /v1/auth/link',
  'POST /v1/auth/welcome',
  'POST /v1/auth/sign-in',
  'POST /v1/auth/sign-out',
  'GET /v1/auth/oidc/start',
  'GET /v1/auth/oidc/callback',
]

export function guardedRoutes(routes: readonly Route[]): Route[] {
  return routes.filter(({ method, isPublic }) => method !== 'OPTIONS' && !isPublic)
}

/** What is registered and not in the table, and what is in the table and not registered. */
export function compareWithTable(routes: readonly Route[]): {
  readonly uncovered: readonly string[]
  readonly gone: readonly string[]
} {
  const names = routes
    .filter(({ method, url, isPublic }) => method !== 'OPTIONS' && (!isPublic || url.includes(':')))
    .map(routeName)
  return {
    uncovered: names.filter((name) => !Object.hasOwn(routeCases, name)),
    gone: Object.keys(routeCases).filter((name) => !names.includes(name)),
  }
}
