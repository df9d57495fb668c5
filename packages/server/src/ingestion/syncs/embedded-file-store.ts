import { sql } from 'kysely'
import type { Queryable } from '../../database/database.ts'
import type { EmbeddingSetId, FileId } from '../../ids.ts'
import type { SourceRef } from '../source.ts'

/** Few enough to hold nobody up on SQLite: the index on status finds them, the key of `embeddings` each one's vectors. */
const filesPerRead = 200

interface EmbeddedPage {
  readonly files: number
  readonly bytes: number
  /** Where the next page goes on; null at the end. */
  readonly next: FileId | null
}

/** Of some indexed files of a source, those whose document has all its vectors in a set. */
export async function countEmbeddedPage(
  db: Queryable,
  { projectId, sourceId }: SourceRef,
  set: EmbeddingSetId,
  after: FileId | null,
): Promise<EmbeddedPage> {
  const page = db
    .selectFrom('source_files')
    .select(['id', 'size', 'document_id'])
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('status', '=', 'indexed')
    .$if(after !== null, (query) => query.where('id', '>', after as FileId))
    .orderBy('id')
    .limit(filesPerRead)
    .as('page')
  const { read, last, files, bytes } = await db
    .selectFrom(page)
    .leftJoin('embeddings', (join) =>
      join
        .on('embeddings.project_id', '=', projectId)
        .onRef('embeddings.document_id', '=', 'page.document_id')
        .on('embeddings.set_id', '=', set)
        // The last block of a document is stored last.
        .on('embeddings.blocks_after', '=', 0),
    )
    .select((row) => [
      row.fn.countAll<number | string>().as('read'),
      row.fn.max('page.id').as('last'),
      row.fn.count<number | string>('embeddings.document_id').as('files'),
      sql<number>`cast(coalesce(sum(case when embeddings.document_id is null then 0 else page.size end), 0) as double precision)`.as(
        'bytes',
      ),
    ])
    .executeTakeFirstOrThrow()
  return { files: Number(files), bytes, next: Number(read) < filesPerRead ? null : last }
}
