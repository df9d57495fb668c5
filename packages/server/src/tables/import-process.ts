import { ParseFailure } from '../ingestion/parsers/parse-failure.ts'
import { importFile } from './import-file.ts'
import { type ImportAnswer, ImportFailure, type ImportOrder } from './import-order.ts'

/** The program that `importTables` starts: one order in, one answer out. It ends when its parent goes away. */
process.on('message', (order: ImportOrder) => {
  answer(order).then(
    (result) => process.send?.(result),
    // Nothing here can be handled: the parent reports that the process died, with what it wrote.
    (error: unknown) => {
      setImmediate(() => {
        throw error
      })
    },
  )
})

async function answer(order: ImportOrder): Promise<ImportAnswer> {
  try {
    return { type: 'imported', ...(await importFile(order)) }
  } catch (error) {
    if (error instanceof ImportFailure || error instanceof ParseFailure)
      return { type: 'failed', message: error.message }
    throw error
  }
}
