/**
 * Works on what a generator yields, a few at once. The first failure stops the others from taking more; it is thrown
 * when all have ended, so that nothing goes on behind the caller's back.
 */
export async function forEachConcurrently<T>(
  inputs: AsyncGenerator<T>,
  limit: number,
  work: (input: T) => Promise<void>,
): Promise<void> {
  let hasFailed = false
  const takeTurns = async () => {
    try {
      while (!hasFailed) {
        // A generator answers overlapping calls one after the other.
        const { done, value } = await inputs.next()
        if (done === true) return
        await work(value)
      }
    } catch (error) {
      hasFailed = true
      throw error
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: limit }, takeTurns))
  await inputs.return(undefined)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
