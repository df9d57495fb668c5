import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { adminKey, call } from './http-client.ts'
import { startChaosModel } from './model-server.ts'
import { openChaosPostgres } from './postgres.ts'
import { ServerNode } from './server-node.ts'
import { openSmallDisk } from './small-disk.ts'
import { startTcpProxy } from './tcp-proxy.ts'
import type { Engine, Member, World } from './world.ts'

interface WorldOptions {
  readonly engine: Engine
  /** Where logs and data go. */
  readonly folder: string
  readonly nodeCount: number
  /** Put the data folder on a file system that can be filled. */
  readonly isDiskSmall?: boolean
  /** Let SQLite say that it is full instead of filling a file system. */
  readonly isDiskInjected?: boolean
}

/** Starts the model server, the database, the nodes and a proxy at each of their ends. */
export async function openWorld({
  engine,
  folder,
  nodeCount,
  isDiskSmall = false,
  isDiskInjected = false,
}: WorldOptions): Promise<World> {
  await using opening = new AsyncDisposableStack()
  mkdirSync(folder, { recursive: true })
  const model = opening.use(await startChaosModel())
  const disk = isDiskSmall ? opening.use(await openSmallDisk(join(folder, 'disk'), isDiskInjected)) : undefined
  const postgres = engine === 'postgres' ? opening.use(await openChaosPostgres()) : undefined
  const dataDir = postgres === undefined ? join(disk?.outside ?? folder, 'data') : undefined
  const members: Member[] = []
  for (const { name, command } of engine === 'sqlite' ? [alone] : clusterOf(nodeCount)) {
    const databaseProxy = postgres === undefined ? undefined : opening.use(await startTcpProxy(postgres.port))
    const port = await freePort()
    const clientProxy = command.includes('worker') ? undefined : opening.use(await startTcpProxy(port))
    const node = new ServerNode({
      name,
      command,
      wrapper: disk?.wrapper ?? [],
      flags: disk?.flags ?? [],
      logFile: join(folder, `${name.replace(' ', '-')}.log`),
      env: {
        PORT: String(port),
        QUORY_API_KEY: adminKey,
        QUORY_LOG_LEVEL: 'info',
        QUORY_DATA_DIR: join(disk?.folder ?? folder, engine === 'sqlite' ? 'data' : `data of ${name}`),
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: 'none',
        QUORY_MODEL: 'openai/chaos',
        ...(databaseProxy === undefined
          ? {}
          : { DATABASE_URL: `postgres://quory@127.0.0.1:${databaseProxy.port}/postgres` }),
      },
    })
    disk?.attach(node)
    opening.defer(async () => {
      node.signal('SIGCONT')
      await node.end('SIGKILL')
    })
    await node.start()
    const url = clientProxy === undefined ? undefined : `http://127.0.0.1:${clientProxy.port}`
    members.push({ node, url, clientProxy, databaseProxy })
  }
  const projectId = await makeProject(members[0]?.url ?? '')
  const resources = opening.move()
  return {
    engine,
    members,
    model,
    postgres,
    dataDir,
    disk,
    projectId,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

interface Role {
  readonly name: string
  readonly command: readonly string[]
}

const alone: Role = { name: 'node 1', command: ['serve'] }

/** As many that take requests, the last of them without a worker, and a worker that takes none. */
function clusterOf(count: number): Role[] {
  const nodes = Array.from({ length: count }, (_, index) => ({
    name: `node ${index + 1}`,
    command: index === count - 1 ? ['serve', '--no-worker'] : ['serve'],
  }))
  return [...nodes, { name: 'worker 1', command: ['worker'] }]
}

async function makeProject(url: string): Promise<string> {
  const body = { name: 'chaos', organization_id: 'chaos' }
  const { status, text } = await call({ url, method: 'POST', path: '/v1/projects', body })
  if (status !== 201) throw new Error(`The first project could not be made: ${status} ${text}`)
  const { id }: { id: string } = JSON.parse(text)
  return id
}

/** Mends whatever a round left broken, and waits until every node answers again. */
export async function healWorld({ members }: World): Promise<void> {
  for (const { node, clientProxy, databaseProxy } of members) {
    node.signal('SIGCONT')
    for (const proxy of [clientProxy, databaseProxy]) {
      proxy?.delay(0)
      proxy?.blackhole(false)
    }
    await node.start()
  }
  for (const { url, node } of members) {
    if (url === undefined) continue
    for (let tries = 0; ; tries++) {
      const status = await call({ url, method: 'GET', path: '/ready', timeoutMs: 5_000 }).then(
        (answer) => answer.status,
        String,
      )
      if (status === 200) break
      if (tries > 60) throw new Error(`${node.name} does not get ready: ${status}`)
      await wait(100)
    }
  }
}
