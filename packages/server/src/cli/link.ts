import { readConfig } from '../config.ts'
import { type Connection, connect } from './connect.ts'
import { linkAddress } from './link-address.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface LinkOptions {
  readonly name?: string
  readonly role: string
}

/** A link that lets somebody in: the administrator again, or whoever has this e-mail, who is invited when they are new. */
export async function printLink(env: Environment, email: string | undefined, options: LinkOptions): Promise<void> {
  const config = readConfig(env)
  await using connection = await connect(env, { needsWorkers: false })
  const userId = email === undefined ? await ownId(connection) : await findOrInvite(connection, email, options)
  const { token, expires_at } = await connection.json('POST', `/v1/users/${userId}/sign-in-link`)
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  const url = config.publicUrl ?? connection.runningUrl ?? `http://${host}:${config.port}`
  process.stdout.write(`${linkAddress(url, String(token))}\n\nIt works once, until ${expires_at}.\n`)
}

async function ownId(connection: Connection): Promise<string> {
  return String((await connection.json('GET', '/v1/me'))['id'])
}

async function findOrInvite(connection: Connection, email: string, { name, role }: LinkOptions): Promise<string> {
  const wanted = email.trim().normalize('NFC').toLowerCase()
  let cursor = ''
  for (;;) {
    const response = await connection.request('GET', `/v1/users?limit=100${cursor}`)
    // The published shape of this route.
    const { users } = (await response.json()) as { users: { id: string; email: string }[] }
    const found = users.find((user) => user.email === wanted)
    if (found !== undefined) return found.id
    const next = response.headers.get('x-next-cursor')
    if (next === null) break
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
  const made = await connection.json('POST', '/v1/users', { email, role, ...(name === undefined ? {} : { name }) })
  return String(made['id'])
}
