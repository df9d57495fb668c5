import { sql } from 'kysely'
import type { Logger } from '../logger.ts'
import type { Database } from './database.ts'
import { asHeartbeat } from './heartbeat.ts'
import { PostgresListener } from './postgres-listener.ts'
import { createProcessWakeUp, type WakeUp, type WakeUpTopic } from './wake-up.ts'

const channel = 'quory'
/** NOTIFY takes one lock for the whole database at commit, so a node sends at most one per window. */
const windowMs = 10
/** PostgreSQL refuses payloads of 8,000 bytes. */
const maxPayloadLength = 7_500

interface WakeUpDependencies {
  readonly url: string
  readonly db: Database
  readonly node: string
  readonly logger: Logger
}

/** LISTEN/NOTIFY between nodes, heard on one connection of its own; local listeners are told at once, without it. */
export function createPostgresWakeUp({ url, db, node, logger }: WakeUpDependencies): WakeUp {
  const local = createProcessWakeUp()
  const waiting = new Map<WakeUpTopic, Set<string>>()
  let sendTimer: NodeJS.Timeout | undefined
  let sending = Promise.resolve()
  const listener = new PostgresListener({
    url,
    channel,
    logger,
    notify: (echoChannel) => sendNotification(db, echoChannel, node),
    hear: (payload) => {
      const [sender, topic, ...ids] = payload.split(' ')
      if (sender === node) return
      // Payloads come from our own nodes; an unknown topic is a newer node's and has no listener here.
      for (const id of ids) local.notify(topic as WakeUpTopic, id)
    },
  })

  /** One after the other, so that what gathers meanwhile goes out at once. */
  function send(): Promise<void> {
    sendTimer = undefined
    sending = sending.then(sendWaiting)
    return sending
  }

  async function sendWaiting(): Promise<void> {
    for (const [topic, ids] of waiting) {
      waiting.delete(topic)
      for (const payload of payloadsOf([node, topic].join(' '), ids)) {
        // A lost connection loses only wake-ups, which polling makes good.
        await sendNotification(db, channel, payload).catch(() => undefined)
      }
    }
  }

  return {
    get isConnected() {
      return listener.hears
    },
    notify(topic, id) {
      local.notify(topic, id)
      const ids = waiting.get(topic) ?? new Set()
      waiting.set(topic, ids.add(id))
      sendTimer ??= setTimeout(() => void send(), windowMs)
    },
    listen: local.listen,
    async [Symbol.asyncDispose]() {
      clearTimeout(sendTimer)
      await send()
      await listener[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
    },
  }
}

function* payloadsOf(head: string, ids: ReadonlySet<string>): Generator<string, void> {
  let payload = head
  for (const id of ids) {
    if (payload.length + id.length >= maxPayloadLength && payload !== head) {
      yield payload
      payload = head
    }
    payload += ` ${id}`
  }
  yield payload
}

/** What a power cut takes of it, polling makes good: it need not wait for the disk. */
function sendNotification(db: Database, to: string, payload: string): Promise<unknown> {
  const statement = sql`select pg_notify(${to}, ${payload}), set_config('synchronous_commit', 'off', true)`
  return asHeartbeat(() => statement.execute(db.query))
}
