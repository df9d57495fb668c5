import type { ServerProcess } from '../../packages/server/test/support/server-process.ts'

/** A project of its own, so that tests that share a server do not see each other. */
export async function aProject(server: ServerProcess, name = 'Lighthouses'): Promise<string> {
  const unique = `${name} ${crypto.randomUUID().slice(0, 8)}`
  const { body } = await server.call('POST', '/v1/projects', { name: unique, organization_id: 'default' })
  return body.id
}

export async function aChat(server: ServerProcess, projectId: string, name: string): Promise<string> {
  return (await server.call('POST', `/v1/projects/${projectId}/chats`, { name })).body.id
}

/** Asks and waits for the answer. */
export async function ask(server: ServerProcess, projectId: string, chatId: string, content: string): Promise<void> {
  const path = `/v1/projects/${projectId}/chats/${chatId}/messages`
  await server.call('POST', path, { content }, { accept: 'text/event-stream' })
}

export async function upload(server: ServerProcess, projectId: string, name: string, content: string): Promise<void> {
  const form = new FormData()
  form.append('file', new File([content], name))
  await server.call('POST', `/v1/projects/${projectId}/data-sources/upload`, form)
}
