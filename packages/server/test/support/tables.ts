import { aFile, aForm } from './forms.ts'
import { type TestApp, until } from './start-test-app.ts'

export async function aTableProject(app: TestApp, name = 'p'): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name, organization_id: 'o' })
  return `/v1/projects/${body.id}`
}

/** Uploads a file and waits until it was read; the data source as it is then. */
export async function uploadTable(app: TestApp, project: string, name: string, content: string | Uint8Array) {
  const form = aForm(['files', aFile(content), name])
  const { body } = await app.call('POST', `${project}/data-sources/upload`, form)
  await app.app.jobs.idle()
  return (await app.call('GET', `${project}/data-sources/${body.data_sources[0].id}`)).body
}

export async function listTables(app: TestApp, project: string) {
  return (await app.call('GET', `${project}/tables`)).body.tables
}

export async function query(app: TestApp, project: string, sql: string, more: object = {}) {
  return await app.call('POST', `${project}/tables/query`, { sql, ...more })
}

/** Asks in a new chat and waits for the end; the path of the chat and the answer as it is stored. */
export async function askTables(app: TestApp, project: string, content: string) {
  const chat = `${project}/chats/${(await app.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
  await app.call('POST', `${chat}/messages`, { content })
  const newest = async () => (await app.call('GET', `${chat}/messages`)).body.messages.at(-1)
  const answer = await until(newest, ({ status }) => status !== 'queued' && status !== 'processing', 30_000)
  return { chat, answer }
}

export const sales = `id,region,amount,unit_price,ordered_on,is_paid
1,North,2,"1,250.00",2024-01-05,yes
2,South,1,99.50,2024-01-09,no
3,North,4,12.25,2024-02-11,yes
4,East,,7.00,2024-03-01,no
`
