import { EventEmitter } from 'node:events'

/** What nodes tell each other; a message carries ids only, and every receiver reads the database for the rest. */
export type WakeUpTopic =
  | 'answer-queued'
  | 'answer-events'
  | 'answer-cancel'
  /** A job's kind in place of an id. */
  | 'job-queued'
  | 'job-withdrawn'
  | 'key-revoked'
  /** A word of database/change-notice.ts in place of an id. */
  | 'change'

/** Within one process, and on PostgreSQL between nodes. A lost wake-up only costs time: every listener also polls slowly. */
export interface WakeUp {
  notify(topic: WakeUpTopic, id: string): void
  /** The returned function stops listening. */
  listen(topic: WakeUpTopic, listener: (id: string) => void): () => void
  /** False while wake-ups from other nodes may be missed, so that waiting readers poll faster. */
  readonly isConnected: boolean
  [Symbol.asyncDispose](): Promise<void>
}

export function createProcessWakeUp(): WakeUp {
  const emitter = new EventEmitter().setMaxListeners(0)
  return {
    isConnected: true,
    notify: (topic, id) => void emitter.emit(topic, id),
    listen: (topic, listener) => {
      emitter.on(topic, listener)
      return () => void emitter.off(topic, listener)
    },
    [Symbol.asyncDispose]: async () => void emitter.removeAllListeners(),
  }
}
