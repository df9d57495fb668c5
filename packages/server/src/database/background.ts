import { AsyncLocalStorage } from 'node:async_hooks'

const backgrounds = new AsyncLocalStorage<true>()

/** For work that nobody waits for: on SQLite, whose one connection is taken in turns, others' statements go before its. */
export function inBackground<T>(work: () => Promise<T>): Promise<T> {
  return backgrounds.run(true, work)
}

export function isInBackground(): boolean {
  return backgrounds.getStore() === true
}
