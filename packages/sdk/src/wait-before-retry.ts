const longestMs = 15_000

/**
 * Waits as long as the server said, or longer after each failure; a browser that comes online again does not wait on.
 * Ends at once when the signal is aborted.
 */
export function waitBeforeRetry(failures: number, retryMs: number | undefined, signal?: AbortSignal): Promise<void> {
  const grown = Math.min(250 * 2 ** (failures - 1), longestMs)
  // Readers of a restarted server do not all come back at once.
  const delay = retryMs ?? grown * (0.5 + Math.random() / 2)
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      browser?.removeEventListener('online', done)
      resolve()
    }
    const browser = 'addEventListener' in globalThis ? (globalThis as unknown as EventTarget) : undefined
    const timer = setTimeout(done, delay)
    signal?.addEventListener('abort', done)
    browser?.addEventListener('online', done)
  })
}
