import { AsyncLocalStorage } from 'node:async_hooks'

const heartbeats = new AsyncLocalStorage<true>()

/**
 * For what a node must get through in time or lose its answers: leases, their events, wake-ups. On PostgreSQL its
 * statements have connections of their own, and one that gets no answer soon is given up, so that the next try has a
 * connection that works. Whoever calls this tries again.
 */
export function asHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  return heartbeats.run(true, work)
}

export function isHeartbeat(): boolean {
  return heartbeats.getStore() === true
}
