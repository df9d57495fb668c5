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

async function post(
  url: string,
  key: string,
  path: string,
  body: unknown,
): Promise<{ readonly id: string; readonly key: string }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  // Whatever the server makes has an id, and a key has itself; nobody asks a project for a key.
  return (await response.json()) as { readonly id: string; readonly key: string }
}
