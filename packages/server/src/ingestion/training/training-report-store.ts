import { sql } from 'kysely'
import type { Queryable } from '../../database/database.ts'
import type { DocumentId, ProjectId, SourceId } from '../../ids.ts'

const idsPerRead = 500

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / idsPerRead) }, (_, i) =>
    items.slice(i * idsPerRead, (i + 1) * idsPerRead),
  )
}

/** What is indexed of some sources, by language, most documents first. */
export async function countIndexed(db: Queryable, projectId: ProjectId, sources: readonly SourceId[]) {
  const totals = new Map<string, { language: string; documents: number; passages: number; words: number }>()
  for (const ids of batches(sources)) {
    const rows = await db
      .selectFrom('documents')
      .select((eb) => [
        'language',
        eb.fn.countAll<number>().as('documents'),
        sql<number>`cast(sum(passage_count) as double precision)`.as('passages'),
        sql<number>`cast(sum(token_count) as double precision)`.as('words'),
      ])
      .where('project_id', '=', projectId)
      .where('source_id', 'in', ids)
      .where('staged_by', 'is', null)
      .groupBy('language')
      .execute()
    for (const { language, documents, passages, words } of rows) {
      const known = totals.get(language) ?? { language, documents: 0, passages: 0, words: 0 }
      totals.set(language, {
        language,
        documents: known.documents + documents,
        passages: known.passages + passages,
        words: known.words + words,
      })
    }
  }
  return [...totals.values()].sort((a, b) => b.documents - a.documents || (a.language < b.language ? -1 : 1))
}

/** Files of some sources that were left out, failed or wait for another attempt, with how many there are. */
export async function listUnread(db: Queryable, projectId: ProjectId, sources: readonly SourceId[], limit: number) {
  const files: { data_source_id: string; name: string; reason: string }[] = []
  let count = 0
  for (const ids of batches(sources)) {
    const select = db
      .selectFrom('source_files')
      .where('project_id', '=', projectId)
      .where('source_id', 'in', ids)
      .where((eb) =>
        eb.or([
          eb('status', 'in', ['skipped', 'failed']),
          eb.and([eb('status', '=', 'listed'), eb('retry_at', 'is not', null)]),
        ]),
      )
    const { unread } = await select.select((eb) => eb.fn.countAll<number>().as('unread')).executeTakeFirstOrThrow()
    count += unread
    const rows = await select
      .select(['source_id', 'key', 'reason'])
      .orderBy('source_id')
      .orderBy('id')
      .limit(limit - files.length)
      .execute()
    for (const { source_id, key, reason } of rows)
      files.push({ data_source_id: source_id, name: key, reason: reason ?? '' })
  }
  return { files, count }
}

export interface SampledDocument {
  readonly id: DocumentId
  readonly name: string
  readonly language: string
}

/** Some documents of a source, spread over it as their ids are. */
export async function sampleDocuments(
  db: Queryable,
  projectId: ProjectId,
  sourceId: SourceId,
  limit: number,
): Promise<SampledDocument[]> {
  return await db
    .selectFrom('documents')
    .select(['id', 'name', 'language'])
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('staged_by', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute()
}

export async function countDocuments(db: Queryable, projectId: ProjectId, sourceId: SourceId): Promise<number> {
  const { count } = await db
    .selectFrom('documents')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('staged_by', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}
