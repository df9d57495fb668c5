/**
 * Stores under ids that were given. When they are taken, an earlier run of the same request was cut off after it had
 * stored the same: then that is the result.
 */
export async function storeOnce<T>(store: () => Promise<T>, findStored: () => Promise<T | undefined>): Promise<T> {
  try {
    return await store()
  } catch (error) {
    if (!isTaken(error)) throw error
    const stored = await findStored()
    if (stored === undefined) throw error
    return stored
  }
}

const primaryKeyTaken = 1555
const uniqueTaken = 2067

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error) return error.errcode === primaryKeyTaken || error.errcode === uniqueTaken
  return 'code' in error && error.code === '23505'
}
