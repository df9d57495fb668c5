import { writeFile } from 'node:fs/promises'
import {
  type Connector,
  ConnectorFailure,
  type Listed,
  type ListedFile,
} from '../../src/ingestion/connectors/connector.ts'
import type { OpenConnector } from '../../src/ingestion/connectors/open-connector.ts'

interface RemoteFile {
  readonly content: string
  /** Absent: only the bytes tell whether it changed. */
  readonly version?: string
}

/** Stands for somebody else's service: what it has, what was asked of it, and how it fails. */
export class RemoteSource {
  readonly files = new Map<string, RemoteFile>()
  /** Keys in the order in which they were fetched. */
  readonly fetched: string[] = []
  /** Cursors that listings were begun with. */
  readonly listings: (string | null)[] = []
  /** What changed since the last listing; listed instead of everything once there is a cursor. */
  changes: Listed[] | undefined
  failListing: (() => Error | undefined) | undefined
  failFetching: ((key: string) => Error | undefined) | undefined
  /** Fetches wait for it. */
  gate: Promise<void> | undefined

  put(key: string, content: string, version?: string): void {
    this.files.set(key, { content, ...(version === undefined ? {} : { version }) })
  }

  readonly open: OpenConnector = async () => {
    const remote = this
    return {
      check: async () => `${remote.files.size} files`,
      list: async function* ({ cursor }) {
        remote.listings.push(cursor)
        const failure = remote.failListing?.()
        if (failure !== undefined) throw failure
        if (cursor !== null && remote.changes !== undefined) {
          yield* remote.changes
          return { isFull: false, cursor: `${cursor}+` }
        }
        for (const key of remote.files.keys()) yield { type: 'file', file: remote.listed(key) }
        return { isFull: true, cursor: 'start' }
      },
      fetch: async ({ key }, { path, known, signal }) => {
        remote.fetched.push(key)
        if (remote.gate !== undefined) await untilOpen(remote.gate, signal)
        const failure = remote.failFetching?.(key)
        if (failure !== undefined) throw failure
        const file = remote.files.get(key)
        if (file === undefined) throw new ConnectorFailure('There is no such file any more.')
        const version = file.version ?? null
        if (version !== null && version === known) return 'unchanged'
        await writeFile(path, file.content)
        return { size: Buffer.byteLength(file.content), version, mediaType: null }
      },
      [Symbol.asyncDispose]: async () => undefined,
    } satisfies Connector
  }

  listed(key: string): ListedFile {
    const { content = '', version = null } = this.files.get(key) ?? {}
    const name = key.split('/').at(-1) ?? key
    const url = `https://files.example/${key}`
    return { key, name, url, version, size: Buffer.byteLength(content), mediaType: null }
  }
}

async function untilOpen(gate: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    await Promise.race([gate, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
