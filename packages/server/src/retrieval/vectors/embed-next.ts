import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { ClaimedJob } from '../../jobs/job.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import type { Embeddings } from '../../models/embed.ts'
import { embedAll } from './embed-project.ts'
import {
  activateNextSet,
  createEmbeddingSet,
  type EmbeddingSet,
  listEmbeddingSets,
  updateEmbeddingSet,
} from './embedding-set-store.ts'
import type { VectorIndex } from './vector-query.ts'

interface EmbedNextDependencies {
  readonly db: Database
  /** Undefined when no model is configured: what vectors there are is then of passages that go. */
  readonly keeping: { readonly embeddings: Embeddings; readonly index: VectorIndex } | undefined
}

/**
 * The passages of an index that is built beside the one that is searched get their vectors in a set of their own, equal
 * texts those they have. What is returned lets the set answer; it goes into the transaction that swaps the index.
 */
export async function embedNext(
  { db, keeping }: EmbedNextDependencies,
  job: ClaimedJob,
  signal: AbortSignal,
): Promise<(tx: Tx) => Promise<void>> {
  if (keeping === undefined) return (tx) => activateNextSet(tx, job.projectId, undefined)
  const { embeddings, index } = keeping
  const set = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    return await prepareNextSet(tx, job, embeddings.model)
  })
  const embedded = await embedAll({ db, embeddings }, job, set, signal)
  await index.refresh(embedded, (tx) => requireHeldJob(db, tx, job), signal)
  return (tx) => activateNextSet(tx, job.projectId, set.id)
}

/** The one that an earlier attempt began, or a new one. */
async function prepareNextSet(tx: Tx, { projectId }: ClaimedJob, model: string): Promise<EmbeddingSet> {
  const sets = await listEmbeddingSets(tx, projectId)
  for (const set of sets) {
    if (set.state !== 'next') continue
    if (set.model === model) return set
    await updateEmbeddingSet(tx, set, { state: 'retired' })
  }
  const dimensions = sets.find((set) => set.model === model && set.dimensions !== null)?.dimensions ?? null
  return await createEmbeddingSet(tx, projectId, model, { state: 'next', dimensions })
}
