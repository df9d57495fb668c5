import { connect } from './connect.ts'

type Environment = Readonly<Record<string, string | undefined>>

export async function listKeys(env: Environment): Promise<void> {
  await using connection = await connect(env, { needsWorkers: false })
  const { id } = await connection.json('GET', '/v1/me')
  const { api_keys: keys } = (await connection.json('GET', `/v1/users/${id}/api-keys`)) as {
    api_keys: Record<string, string | null>[]
  }
  for (const key of keys) {
    const used = key['last_used_at'] ?? 'never'
    process.stdout.write(`${key['id']}  ${key['prefix']}…  ${key['scope']}  last used ${used}  ${key['name']}\n`)
  }
}

export async function createKey(
  env: Environment,
  { name, scope, days }: { name?: string; scope: string; days?: number },
): Promise<void> {
  await using connection = await connect(env, { needsWorkers: false })
  const { id } = await connection.json('GET', '/v1/me')
  const expires = days === undefined ? {} : { expires_at: new Date(Date.now() + days * 86_400_000).toISOString() }
  const key = await connection.json('POST', `/v1/users/${id}/api-keys`, {
    scope,
    ...(name === undefined ? {} : { name }),
    ...expires,
  })
  process.stdout.write(`${key['key']}\n`)
}

export async function revokeKey(env: Environment, keyId: string): Promise<void> {
  await using connection = await connect(env, { needsWorkers: false })
  const { id } = await connection.json('GET', '/v1/me')
  await connection.json('DELETE', `/v1/users/${id}/api-keys/${encodeURIComponent(keyId)}`)
  process.stdout.write('Revoked.\n')
}
