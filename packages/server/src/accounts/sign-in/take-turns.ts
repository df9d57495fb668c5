/** Runs at most `atOnce` pieces of work side by side and lets `waiting` more wait; to the next it says `undefined`. */
export function takeTurns({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }) {
  const queue: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (running >= atOnce) {
      if (queue.length >= waiting) return undefined
      // Whoever ends hands its place over, so that nobody comes in between.
      await new Promise<void>((resolve) => queue.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
