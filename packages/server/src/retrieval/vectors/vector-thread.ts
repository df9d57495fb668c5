import { WorkThread } from '../../work-thread.ts'
import type { VectorWork } from './vector-worker.ts'

// The same folder holds it, as `.ts` from the source and `.js` when built.
const program = new URL(import.meta.url.replace(/vector-thread\.(ts|js)$/, 'vector-worker.$1'))

/** For arithmetic on vectors. */
export class VectorThread extends WorkThread<VectorWork> {
  constructor() {
    super(program)
  }
}
