import { benchKey } from './bench-process.ts'

/** A new project on a running server, and calls within it; anything but a 2xx throws. */
export async function createProject(url: string) {
  const project = await post(url, '/v1/projects', { name: crypto.randomUUID(), organization_id: 'bench' })
  const path = `/v1/projects/${project.id}`
  return {
    id: project.id,
    path,
    post: (subPath: string, body: unknown) => post(url, path + subPath, body),
  }
}

async function post(url: string, path: string, body: unknown): Promise<{ readonly id: string }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${benchKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  // Whatever the server makes has an id.
  return (await response.json()) as { readonly id: string }
}
