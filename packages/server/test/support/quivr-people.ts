import type { TestApp, TestClient } from './start-test-app.ts'

export interface Person {
  readonly id: string
  readonly email: string
  readonly key: string
  readonly call: TestClient
}

/** A user of their own, so that no test sees another's chats. */
export async function aPerson(app: TestApp, name: string): Promise<Person> {
  const email = `${name}-${crypto.randomUUID()}@example.com`
  const { id } = (await app.call('POST', '/v1/users', { email })).body
  const { key } = (await app.call('POST', `/v1/users/${id}/api-keys`, {})).body
  return { id, email, key, call: app.as(key) }
}

export async function aChat({ call }: { readonly call: TestClient }, name = 'c'): Promise<string> {
  return (await call('POST', '/chat', { name })).body.chat_id
}

export async function aBrain({ call }: { readonly call: TestClient }, fields: object = {}): Promise<string> {
  return (await call('POST', '/brains', { name: 'Handbook', ...fields })).body.id
}

export function aFile(name: string, text: string): FormData {
  const form = new FormData()
  form.append('uploadFile', new File([text], name))
  return form
}
