import type { Queryable, Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId, SegmentId } from '../../ids.ts'
import { requestTidying, requestTidyJob } from './request-tidying.ts'
import type { Segment } from './segment.ts'
import { deleteSegments, type IndexedDocument, lockSegments, markGone, retireSegments } from './segment-store.ts'

/** Ids that one statement names. */
const idsPerStatement = 500
/** Passages up to which an emptied segment goes at once, with its rows; a larger one is cleared away in slices. */
const smallSegment = 500

interface Standing extends IndexedDocument {
  readonly segmentId: SegmentId
}

/**
 * Takes documents out of the index: their passages are neither found nor counted from the commit on. What they left in
 * segments that they share goes with the next merge of these.
 */
export async function unindexDocuments(tx: Tx, projectId: ProjectId, ids: readonly DocumentId[]): Promise<void> {
  for (let from = 0; from < ids.length; from += idsPerStatement) {
    const batch = ids.slice(from, from + idsPerStatement)
    const { standing, segments } = await lockStanding(tx, projectId, batch)
    await tx
      .deleteFrom('index_documents')
      .where('project_id', '=', projectId)
      .where('document_id', 'in', batch)
      .execute()
    for (const segment of segments) {
      await takeOut(
        tx,
        segment,
        standing.filter(({ segmentId }) => segmentId === segment.id),
      )
    }
  }
  await requestTidying(tx, projectId)
}

/** A merge may move documents to another segment while their old one is waited for: then they are looked for again. */
async function lockStanding(tx: Tx, projectId: ProjectId, ids: readonly DocumentId[]) {
  const locked = new Map<SegmentId, Segment>()
  for (;;) {
    const standing = await readStanding(tx, projectId, ids)
    const unlocked = new Set(standing.map(({ segmentId }) => segmentId)).difference(new Set(locked.keys()))
    if (unlocked.size === 0) return { standing, segments: [...locked.values()] }
    for (const segment of await lockSegments(tx, projectId, [...unlocked])) locked.set(segment.id, segment)
  }
}

function readStanding(db: Queryable, projectId: ProjectId, ids: readonly DocumentId[]): Promise<Standing[]> {
  return db
    .selectFrom('index_documents')
    .select([
      'segment_id as segmentId',
      'document_id as documentId',
      'base',
      'first',
      'passage_count as passageCount',
      'token_count as tokenCount',
      'language',
    ])
    .where('project_id', '=', projectId)
    .where('document_id', 'in', ids)
    .execute()
}

async function takeOut(tx: Tx, segment: Segment, documents: readonly IndexedDocument[]): Promise<void> {
  // One that is being written hears of it from those it is made of, one that was replaced is searched no more.
  if (segment.state === 'building' || segment.state === 'retired') return
  const { counts, gone } = withoutDocuments(segment, documents)
  if (counts.passageCount > 0) await markGone(tx, segment, gone, counts)
  else if (segment.size <= smallSegment) await deleteSegments(tx, segment.projectId, [segment.id])
  else {
    await retireSegments(tx, segment.projectId, [segment.id])
    await requestTidyJob(tx, segment.projectId)
  }
}

/** What is left of a segment when some of its documents are deleted. */
export function withoutDocuments(segment: Segment, documents: readonly IndexedDocument[]) {
  const languages = { ...segment.languages }
  let { passageCount, tokenCount } = segment
  for (const document of documents) {
    passageCount -= document.passageCount
    tokenCount -= document.tokenCount
    languages[document.language] = (languages[document.language] ?? 0) - document.passageCount
    if (languages[document.language] === 0) delete languages[document.language]
  }
  const gone = [...segment.gone, ...documents.map(({ base, passageCount: count }) => ({ start: base, count }))]
  return { counts: { passageCount, tokenCount, languages }, gone }
}
