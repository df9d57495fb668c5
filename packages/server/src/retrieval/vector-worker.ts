import { parentPort } from 'node:worker_threads'
import { assignVectors, trainCentroids } from './cluster-vectors.ts'
import { scanOnce, scanScattered, VectorShelf } from './vector-shelf.ts'

/** What the thread can do. Everything passed is plain data, copied from one side to the other. */
const shelf = new VectorShelf()
const work = {
  put: (input: Parameters<VectorShelf['put']>[0]) => shelf.put(input),
  remove: (input: Parameters<VectorShelf['remove']>[0]) => shelf.remove(input),
  search: (input: Parameters<VectorShelf['search']>[0]) => shelf.search(input),
  scanOnce,
  scanScattered,
  train: trainCentroids,
  assign: assignVectors,
}
export type VectorWork = typeof work
export type WorkName = keyof VectorWork

parentPort?.on('message', ({ number, name, input }: { number: number; name: WorkName; input: never }) => {
  try {
    parentPort?.postMessage({ number, result: work[name](input) })
  } catch (error) {
    parentPort?.postMessage({ number, error })
  }
})
