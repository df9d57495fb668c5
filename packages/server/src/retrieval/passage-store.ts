import { sql } from 'kysely'
import type { Queryable, Tx } from '../database/database.ts'
import type { DocumentId, ProjectId } from '../ids.ts'
import type { FoundPassage, NewPassage, PlaceChange } from './passage.ts'

/** Rows an insert carries: 12 values a row, far below SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const rowsPerInsert = 500

export async function insertPassages(
  tx: Tx,
  { projectId, documentId }: { projectId: ProjectId; documentId: DocumentId },
  passages: readonly NewPassage[],
  firstNumber = 0,
): Promise<void> {
  for (let from = 0; from < passages.length; from += rowsPerInsert) {
    const rows = passages.slice(from, from + rowsPerInsert).map((passage, index) => ({
      project_id: projectId,
      document_id: documentId,
      number: firstNumber + from + index,
      text: passage.text,
      heading_path: JSON.stringify(passage.headingPath),
      start: passage.start,
      end: passage.end,
      page: passage.page,
      sheet: passage.sheet,
      row_start: passage.rowStart,
      row_end: passage.rowEnd,
      place_changes: passage.changes === null ? null : encodeChanges(passage.changes),
    }))
    await tx.insertInto('passages').values(rows).execute()
  }
}

/** `[start, row]` each, and the heading path where it is another than before: a table's rows share theirs. */
function encodeChanges(changes: readonly PlaceChange[]): string {
  let known = ''
  const entries = changes.map(({ start, headingPath, row }) => {
    const path = JSON.stringify(headingPath)
    const entry = path === known ? [start, row] : [start, row, headingPath]
    known = path
    return entry
  })
  return JSON.stringify(entries)
}

function decodeChanges(json: string): PlaceChange[] {
  const entries: [start: number, row: number | null, headingPath?: string[]][] = JSON.parse(json)
  let headingPath: readonly string[] = []
  return entries.map(([start, row, path]) => {
    headingPath = path ?? headingPath
    return { start, headingPath, row }
  })
}

/** A passage by where it stands: its document and its number in it. */
export interface PassagePlace {
  readonly documentId: DocumentId
  readonly number: number
}

export type StoredPassage = Omit<FoundPassage, 'score' | 'scores'>

/** Passages by place, in the order asked for; those that are gone are left out. One indexed read a passage. */
export async function readPassages(
  db: Queryable,
  projectId: ProjectId,
  places: readonly PassagePlace[],
): Promise<StoredPassage[]> {
  if (places.length === 0) return []
  const rows = await selectPassages(db, projectId, places).execute()
  const byPlace = new Map(rows.map((row) => [`${row.documentId}/${row.number}`, row]))
  return places.flatMap((place) => {
    const row = byPlace.get(`${place.documentId}/${place.number}`)
    if (row === undefined) return []
    const changes = row.changes === null ? null : decodeChanges(row.changes)
    return [{ ...row, headingPath: JSON.parse(row.headingPath), changes }]
  })
}

export function selectPassages(db: Queryable, projectId: ProjectId, places: readonly PassagePlace[]) {
  // The cast: PostgreSQL takes an untyped parameter in a VALUES list for text.
  const wanted = sql.join(places.map((place) => sql`(${place.documentId}, cast(${place.number} as bigint))`))
  return (
    db
      .selectFrom('passages')
      .innerJoin('documents', (join) =>
        join
          .onRef('documents.project_id', '=', 'passages.project_id')
          .onRef('documents.id', '=', 'passages.document_id'),
      )
      .select([
        'passages.project_id as projectId',
        'documents.source_id as sourceId',
        'passages.document_id as documentId',
        'documents.name as documentName',
        'documents.language as language',
        'passages.number as number',
        'passages.text as text',
        'passages.heading_path as headingPath',
        'passages.page as page',
        'passages.sheet as sheet',
        'passages.row_start as rowStart',
        'passages.row_end as rowEnd',
        'passages.start as start',
        'passages.end as end',
        'passages.place_changes as changes',
      ])
      .where('passages.project_id', '=', projectId)
      // Found by a search that began before it was taken out.
      .where('documents.staged_by', 'is', null)
      .where(sql<boolean>`(passages.document_id, passages.number) in (values ${wanted})`)
  )
}
