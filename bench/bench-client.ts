import { benchKey } from './bench-process.ts'

/** A new project on a running server, and calls within it; anything but a 2xx throws. */
export async function createProject(url: string, key: string = benchKey) {
  const project = await post(url, key, '/v1/projects', { name: crypto.randomUUID(), organization_id: 'bench' })
  const path = `/v1/projects/${project.id}`
  return {
    id: project.id,
    path,
    post: (subPath: string, body: unknown) => post(url, key, path + subPath, body),
  }
}

/** A new user's id and key. */
export async function createUser(url: string): Promise<{ readonly id: string; readonly key: string }> {
  const { id } = await post(url, benchKey, '/v1/users', { email: `${crypto.randomUUID()}@example.com` })
  const { key } = await post(url, benchKey, `/v1/users/${id}/api-keys`, {})
  return { id, key }
}

/** Chats of a project of their own: where each takes messages. */
export async function createChats(url: string, count: number): Promise<string[]> {
  const project = await createProject(url)
  const paths: string[] = []
  for (let i = 0; i < count; i++) {
    const chat = await project.post('/chats', { name: `chat ${i}` })
    paths.push(`${project.path}/chats/${chat.id}/messages`)
  }
  return paths
}

/** What calls of the bench look at in an answer; each has those that its route gives. */
interface Answered {
  readonly id: string
  readonly key: string
  readonly metadata?: { readonly assistant_message_id: string }
}

export async function post(url: string, key: string, path: string, body: unknown): Promise<Answered> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  // As the routes' schemas say.
  return (await response.json()) as Answered
}
