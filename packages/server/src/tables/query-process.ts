import { QueryRefused } from './data-table.ts'
import { queryLocked } from './locked-database.ts'
import type { QueryAnswer, QueryOrder } from './query-order.ts'

/** The program that `QueryPool` starts: answers one order after the other until its parent goes away. */
process.on('message', (order: QueryOrder) => {
  answer(order).then(
    (result) => process.send?.(result),
    // Nothing here can be handled: the parent reports that the process died.
    (error: unknown) => {
      setImmediate(() => {
        throw error
      })
    },
  )
})

async function answer(order: QueryOrder): Promise<QueryAnswer> {
  try {
    return { type: 'result', result: await queryLocked(order) }
  } catch (error) {
    if (error instanceof QueryRefused) return { type: 'refused', message: error.message }
    // DuckDB throws plain errors, all of them about the statement or its limits.
    if (error instanceof Error) return { type: 'refused', message: error.message }
    throw error
  }
}

process.send?.({ type: 'ready' } satisfies QueryAnswer)
