import { hostname } from 'node:os'
import { createAuthenticator } from '../accounts/authenticate.ts'
import { ensureFirstKey, type FirstKeyResult } from '../accounts/first-key.ts'
import { findInstallation } from '../accounts/sign-in/installation-store.ts'
import { createSignIn } from '../accounts/sign-in/sign-in.ts'
import { QueuePositions } from '../answers/queue/queue-positions.ts'
import type { Config } from '../config.ts'
import { closeServer } from './close-server.ts'
import { buildServer, type ServerOptions } from './server.ts'
import type { Services } from './services.ts'
import { OpenStreams } from './sse.ts'
import { UserFeeds } from './user-feeds.ts'
import type { Server } from './validation.ts'

export interface Http {
  readonly server: Server
  readonly firstKey: FirstKeyResult
  /** The token of a link for whoever installed the server; undefined once somebody can sign in. */
  readonly makeFirstLink: () => Promise<string | undefined>
  readonly streams: OpenStreams
}

/** What only answers requests needs; the rest of the services was opened before. */
type HttpCore = Omit<Services, 'queue' | 'authenticator' | 'signIn' | 'installation' | 'streams' | 'feeds'>

/** Everything that answers requests: who asks, sign-in, streams and feeds that are read, the routes. Listens nowhere yet. */
export async function openHttp(
  opening: AsyncDisposableStack,
  core: HttpCore,
  options: ServerOptions = {},
): Promise<Http> {
  const { db, config, logger, wakeUp } = core
  const firstKey = await ensureFirstKey({ db, config })
  const installation = await findInstallation(db.query)
  const authenticator = opening.use(createAuthenticator({ db, config, logger }))
  const signIn = opening.use(createSignIn({ db, config, authenticator }))
  const streams = new OpenStreams()
  const feeds = opening.use(new UserFeeds({ db, wakeUp, logger }))
  const server = await buildServer(
    { ...core, queue: new QueuePositions(db), authenticator, signIn, installation, streams, feeds },
    options,
  )
  opening.defer(() => closeServer(server))
  await server.ready()
  return { server, firstKey, streams, makeFirstLink: () => signIn.makeFirstLink(firstKey.userId) }
}

/** Listens as the settings say and returns the address. */
export async function startListening(server: Server, config: Pick<Config, 'host' | 'port'>): Promise<string> {
  await server.listen({ host: config.host, port: config.port })
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return `http://${host}:${port}`
}

/** Listening on all of a machine's addresses is reached by its name. */
export function reachableUrl(url: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:)/, `//${hostname()}`)
}
