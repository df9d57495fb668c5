import type { ReadEvent } from './answer-event.ts'

/** An answer that starts within this time was never seen to wait. */
const firstAskMs = 300
const askEveryMs = 1_000

export interface QueuePosition {
  readonly queuePosition: number
}

/**
 * What a reader of an answer gets, with its place in the queue as long as nothing else is there: when it has waited a
 * little, and whenever the place changes. Places are no events: they have no number, and nobody can resume after one.
 */
export async function* announcePosition(
  events: AsyncGenerator<readonly ReadEvent[], void>,
  findPosition: () => Promise<number | null>,
): AsyncGenerator<readonly ReadEvent[] | QueuePosition, void> {
  try {
    const first = events.next()
    let told: number | undefined
    let waitMs = firstAskMs
    while (!(await settlesWithin(first, waitMs))) {
      waitMs = askEveryMs
      // Without the database there is no place to tell; the reader of the log waits for it, too.
      const position = await findPosition().catch(() => undefined)
      if (position === null) break
      if (position === undefined || position === told) continue
      told = position
      yield { queuePosition: position }
    }
    const { done, value } = await first
    if (done === true) return
    yield value
    yield* events
  } finally {
    await events.return()
  }
}

/** Whether the promise is settled, or settles within the time. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  const settled = promise.then(
    () => true,
    () => true,
  )
  return Promise.race([settled, late]).finally(() => clearTimeout(timer))
}
