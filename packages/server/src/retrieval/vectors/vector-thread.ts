import { programUrl } from '../../program-files.ts'
import { WorkThread } from '../../work-thread.ts'
import type { VectorWork } from './vector-worker.ts'

/** For arithmetic on vectors. */
export class VectorThread extends WorkThread<VectorWork> {
  constructor() {
    super(programUrl('retrieval/vectors/vector-worker'))
  }
}
