import { readFile } from 'node:fs/promises'
import { firstKeyPath } from '../accounts/first-key.ts'
import { openApp, openHttpNode } from '../app.ts'
import { type Config, readConfig } from '../config.ts'
import { readFolderOwner } from '../database/data-folder-lock.ts'

/** The HTTP API as the administrator: of the server that runs on this data, or of one opened for this command alone. */
export interface Connection {
  /** Where a server runs that was there before this command. */
  readonly runningUrl: string | undefined
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  /** The body as JSON; throws the server's own words when it refuses. */
  json(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  [Symbol.asyncDispose](): Promise<void>
}

interface ConnectOptions {
  /** The command waits for answers or files, which a server opened for it alone has to see to. */
  readonly needsWorkers?: boolean
}

export async function connect(
  env: Readonly<Record<string, string | undefined>>,
  { needsWorkers = true }: ConnectOptions = {},
): Promise<Connection> {
  const config = readConfig(env)
  const running = config.databaseUrl === undefined ? await findRunningServer(config) : undefined
  if (running !== undefined)
    return { ...openConnection(running.url, running.key, async () => undefined), runningUrl: running.url }
  const open = needsWorkers || config.databaseUrl === undefined ? openApp : openHttpNode
  const app = await open({ ...config, host: '127.0.0.1', port: 0 }, { isListed: false })
  const key = app.firstKey.key
  if (key === undefined) {
    await app[Symbol.asyncDispose]()
    throw new Error('No administrator key here: set QUORY_API_KEY to the one the servers use.')
  }
  return { ...openConnection(await app.listen(), key, () => app[Symbol.asyncDispose]()), runningUrl: undefined }
}

async function findRunningServer(config: Config): Promise<{ url: string; key: string } | undefined> {
  const owner = readFolderOwner(config.dataDir)
  if (owner?.url === undefined || !isAlive(owner.pid)) return undefined
  const key = config.apiKey?.reveal() ?? (await readFile(firstKeyPath(config.dataDir), 'utf8')).trim()
  return { url: owner.url, key }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process still is one.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function openConnection(url: string, key: string, close: () => Promise<void>): Omit<Connection, 'runningUrl'> {
  const request: Connection['request'] = (method, path, body, headers = {}) => {
    const isForm = body instanceof FormData
    return fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(isForm || body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    })
  }
  return {
    request,
    async json(method, path, body) {
      const response = await request(method, path, body)
      // Every route this command line calls answers with a JSON object.
      const answer = (await response.json()) as Record<string, unknown>
      if (response.ok) return answer
      const { detail } = answer
      throw new Error(typeof detail === 'string' ? detail : JSON.stringify(detail))
    },
    [Symbol.asyncDispose]: close,
  }
}

/** The project of `--project`, by id or name; without one the caller's own. */
export async function findProjectId(connection: Connection, wanted: string | undefined): Promise<string> {
  const { projects, default_project_id } = (await connection.json('GET', '/v1/me')) as {
    projects: { id: string; name: string }[]
    default_project_id: string
  }
  if (wanted === undefined) return default_project_id
  const found = projects.filter((project) => project.id === wanted || project.name === wanted)
  const [project] = found
  if (project === undefined)
    throw new Error(`There is no project ${wanted}. There are: ${projects.map((one) => one.name).join(', ')}`)
  if (found.length > 1)
    throw new Error(
      `Several projects are named ${wanted}: ${found.map((one) => one.id).join(', ')}. Name one by its id.`,
    )
  return project.id
}
