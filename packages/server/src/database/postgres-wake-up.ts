import pg from 'pg'
import type { Logger } from '../logger.ts'
import { connectionConfig } from './postgres.ts'
import { createProcessWakeUp, type WakeUp, type WakeUpTopic } from './wake-up.ts'

const channel = 'quory'
/** NOTIFY takes one lock for the whole database at commit, so a node sends at most one per window. */
const windowMs = 10
/** PostgreSQL refuses payloads of 8,000 bytes; about 150 ids of 38 bytes fit. */
const maxIdsPerNotify = 150
const reconnectMs = 1_000
/** What a power cut takes of it, polling makes good: it need not wait for the disk. */
const notifyStatement = `select pg_notify($1, $2), set_config('synchronous_commit', 'off', true)`

/** LISTEN/NOTIFY over one connection of its own, which reconnects; local listeners are told at once, without it. */
export function createPostgresWakeUp({ url, node, logger }: { url: string; node: string; logger: Logger }): WakeUp {
  const local = createProcessWakeUp()
  const waiting = new Map<WakeUpTopic, Set<string>>()
  let client: pg.Client | undefined
  let isClosed = false
  let sendTimer: NodeJS.Timeout | undefined
  let sending = Promise.resolve()
  let reconnectTimer: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = new pg.Client({ ...connectionConfig(url), application_name: 'quory wake-up' })
    next.on('error', () => disconnected(next))
    next.on('end', () => disconnected(next))
    next.on('notification', ({ payload }) => deliver(payload ?? ''))
    try {
      await next.connect()
      await next.query(`listen ${channel}`)
      if (isClosed) return await next.end()
      client = next
    } catch (error) {
      logger.warn({ error: String(error) }, 'wake-ups between nodes are off until the database answers')
      disconnected(next)
    }
  }

  function disconnected(which: pg.Client): void {
    if (client === which) client = undefined
    if (isClosed || client !== undefined || reconnectTimer !== undefined) return
    reconnectTimer = setTimeout(() => {
      reconnectTimer = undefined
      void connect()
    }, reconnectMs)
  }

  function deliver(payload: string): void {
    const [sender, topic, ...ids] = payload.split(' ')
    if (sender === node) return
    // Payloads come from our own nodes; an unknown topic is a newer node's and has no listener here.
    for (const id of ids) local.notify(topic as WakeUpTopic, id)
  }

  /** One after the other: a connection takes one query at a time. */
  function send(): Promise<void> {
    sendTimer = undefined
    sending = sending.then(sendWaiting)
    return sending
  }

  async function sendWaiting(): Promise<void> {
    for (const [topic, ids] of waiting) {
      waiting.delete(topic)
      const list = [...ids]
      for (let start = 0; start < list.length && client !== undefined; start += maxIdsPerNotify) {
        const payload = [node, topic, ...list.slice(start, start + maxIdsPerNotify)].join(' ')
        // A lost connection loses only wake-ups, which polling makes good.
        await client.query(notifyStatement, [channel, payload]).catch(() => undefined)
      }
    }
  }

  void connect()
  return {
    get isConnected() {
      return client !== undefined
    },
    notify(topic, id) {
      local.notify(topic, id)
      const ids = waiting.get(topic) ?? new Set()
      waiting.set(topic, ids.add(id))
      sendTimer ??= setTimeout(() => void send(), windowMs)
    },
    listen: local.listen,
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(sendTimer)
      clearTimeout(reconnectTimer)
      await send()
      await client?.end().catch(() => undefined)
      await local[Symbol.asyncDispose]()
    },
  }
}
