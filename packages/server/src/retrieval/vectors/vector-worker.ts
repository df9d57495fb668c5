import { serveWork } from '../../work-thread.ts'
import { assignVectors, trainCentroids } from './cluster-vectors.ts'
import { scanOnce, scanScattered, VectorShelf } from './vector-shelf.ts'

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

serveWork(work)
