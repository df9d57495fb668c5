/** How long searches and indexing together may hold the thread before others get their turn. */
const maxBlockMs = 4

/** Of the thread, as its event loop is: what waits goes on one by one, each in a turn of the loop of its own. */
const waiting: (() => void)[] = []
let heldSince = Number.NEGATIVE_INFINITY

/**
 * Lets others have their turn when the thread was held for long, by whoever calls this: twenty searches side by side hold
 * it no longer than one does.
 */
export function pause(): Promise<void> | undefined {
  if (performance.now() - heldSince < maxBlockMs) return undefined
  return new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(release)
  })
}

function release(): void {
  heldSince = performance.now()
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(release)
}
