import type { Database } from '../../src/database/database.ts'
import { newId, type ProjectId, type UserId } from '../../src/ids.ts'
import { aFile, aForm } from './forms.ts'
import type { ChatBody, ModelReply } from './model-server.ts'
import { aPerson, type Person } from './quivr-people.ts'
import type { Ids } from './route-requests.ts'
import { type TestApp, until } from './start-test-app.ts'

/** A user with one of everything. */
export interface Owner extends Person {
  readonly ids: Ids
  /** Ids beside those, which nobody else may be told. */
  readonly secrets: readonly string[]
}

/** The model of these tests: it never finishes an answer to a question that says so, and cites in all others. */
export function answerUnlessAskedToWait({ messages }: ChatBody): ModelReply {
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  if (asked.includes('wait')) return { text: 'It weighs ', ending: 'hang' }
  if (messages.at(-1)?.role === 'tool') return 'The bell weighs 4170 kilograms [1].'
  return { toolCalls: [{ name: 'get_context', arguments: { query: 'bell' } }] }
}

interface OwnerOptions {
  /** The newest answer is still being made, so that there is something to cancel. */
  readonly isAnswerRunning?: boolean
}

/** Ids that nothing has. */
export function neverIds(): Ids {
  const id = () => newId<UserId>()
  return {
    project_id: id(),
    chat_id: id(),
    message_id: id(),
    data_source_id: id(),
    file_id: id(),
    document_id: id(),
    training_id: id(),
    table_id: id(),
    user_id: id(),
    key_id: id(),
    invitation_id: id(),
    brain_id: id(),
    knowledge_id: id(),
    prompt_id: id(),
    email: `nobody-${id()}@example.com`,
  }
}

export async function anOwner(app: TestApp, name: string, { isAnswerRunning = false }: OwnerOptions = {}) {
  const person = await aPerson(app, name)
  const { call } = person
  const projectFields = { name: `Project of ${name}`, organization_id: 'acme' }
  const project = (await call('POST', '/v1/projects', projectFields)).body.id
  const path = `/v1/projects/${project}`
  const key = (await call('POST', `/v1/users/${person.id}/api-keys`, { name: 'second' })).body
  const invited = { email: `friend-of-${person.email}`, role: 'viewer' }
  const invitation = (await call('POST', `${path}/invitations`, invited)).body
  const prompt = (await call('POST', '/prompts', { title: `Prompt of ${name}`, content: `Be ${name}` })).body.id
  const data = await addData(person, path, name)
  const chat = (await call('POST', `${path}/chats`, { name: `Chat of ${name}` })).body.id
  const reply = await ask(person, `${path}/chats/${chat}`, isAnswerRunning)
  const ids: Ids = {
    project_id: project,
    chat_id: chat,
    message_id: reply.id,
    ...data,
    user_id: person.id,
    key_id: key.id,
    invitation_id: invitation.id,
    brain_id: project,
    knowledge_id: data.data_source_id,
    prompt_id: prompt,
    email: person.email,
  }
  return { ...person, ids, secrets: [person.key, key.key, reply.answer_id, `Prompt of ${name}`] } satisfies Owner
}

async function addData({ call }: Person, path: string, name: string) {
  const form = new FormData()
  form.append('file', new File([`The bell of ${name} weighs 4170 kilograms.`], `${name}.txt`))
  const source = (await call('POST', `${path}/data-sources/upload`, form)).body.data_sources[0].id
  const read = await until(
    () => call('GET', `${path}/data-sources/${source}`),
    ({ body }) => body.status === 'connected',
  )
  const tables = aForm(['file', aFile('bell,weight\nGreat,4170\nSmall,12\n'), 'bells.csv'])
  await call('POST', `${path}/data-sources/upload`, tables)
  const listed = await until(
    () => call('GET', `${path}/tables`),
    ({ body }) => body.tables.length === 1,
    30_000,
  )
  // The job writes once more after the table is there.
  await until(
    () => call('GET', `${path}/data-sources`),
    ({ body }) => body.data_sources.every((one: { job: unknown }) => one.job === null),
    30_000,
  )
  const training = (await call('POST', `${path}/training`, { data_source_ids: [source] })).body.id
  await until(
    () => call('GET', `${path}/training/${training}`),
    ({ body }) => body.status === 'completed',
  )
  const documents = (await call('GET', `${path}/data-sources/${source}`)).body.documents
  return {
    data_source_id: source,
    // An upload's one file has the id of its source.
    file_id: source,
    training_id: training,
    table_id: listed.body.tables[0].id,
    document_id: documents[0]?.id ?? read.body.documents[0].id,
  }
}

/** Two questions with their answers; returns the newest answer, finished or still running. */
async function ask({ call }: Person, path: string, isAnswerRunning: boolean) {
  const newest = async () => (await call('GET', `${path}/messages`)).body.messages.at(-1)
  await call('POST', `${path}/messages`, { content: 'How heavy is the bell?' })
  await until(newest, (message) => message.status === 'completed')
  await call('POST', `${path}/messages`, { content: isAnswerRunning ? 'Please wait' : 'And how old?' })
  return until(newest, (message) => message.status === (isAnswerRunning ? 'processing' : 'completed'))
}

/** Everything stored of an owner, apart from what moves by itself: leases, when a key was last used, how far words are indexed. */
export async function readOwned({ query }: Database, { ids }: Owner): Promise<string> {
  // The ids come from the server's own answers.
  const userId = ids.user_id as UserId
  const projectId = ids.project_id as ProjectId
  const projects = await query.selectFrom('projects').selectAll().where('owner_id', '=', userId).orderBy('id').execute()
  const rows = await query.selectFrom('chats').selectAll().where('owner_id', '=', userId).orderBy('id').execute()
  const chats = rows.map(({ indexed_position: _, ...chat }) => chat)
  const chatIds = chats.map(({ id }) => id)
  const answers = await query
    .selectFrom('answers')
    .select(['id', 'chat_id', 'message_id', 'state', 'attempt', 'model', 'cancel_requested_at'])
    .where('owner_id', '=', userId)
    .orderBy('id')
    .execute()
  const keys = await query
    .selectFrom('api_keys')
    .select(['id', 'name', 'scope', 'revoked_at'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute()
  const prompts = await query.selectFrom('prompts').selectAll().where('owner_id', '=', userId).orderBy('id').execute()
  const messages =
    chatIds.length === 0
      ? []
      : await query.selectFrom('messages').selectAll().where('chat_id', 'in', chatIds).orderBy('id').execute()
  const inProject = {
    sources: await query.selectFrom('sources').selectAll().where('project_id', '=', projectId).orderBy('id').execute(),
    documents: await query
      .selectFrom('documents')
      .selectAll()
      .where('project_id', '=', projectId)
      .orderBy('id')
      .execute(),
    trainings: await query
      .selectFrom('trainings')
      .selectAll()
      .where('project_id', '=', projectId)
      .orderBy('id')
      .execute(),
    members: await query
      .selectFrom('project_members')
      .selectAll()
      .where('project_id', '=', projectId)
      .orderBy('user_id')
      .execute(),
    invitations: await query
      .selectFrom('project_invitations')
      .selectAll()
      .where('project_id', '=', projectId)
      .orderBy('id')
      .execute(),
  }
  const user = await query.selectFrom('users').selectAll().where('id', '=', userId).execute()
  return JSON.stringify({ user, keys, prompts, projects, ...inProject, chats, messages, answers }, undefined, 1)
}
