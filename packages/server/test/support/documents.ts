import { type Database, inTransaction, now } from '../../src/database/database.ts'
import { type DocumentId, type FileId, newId, type ProjectId, type SourceId, type UserId } from '../../src/ids.ts'
import { storeDocument } from '../../src/retrieval/document-store.ts'
import { type PreparedDocument, prepareDocument } from '../../src/retrieval/prepare-document.ts'

export interface SourcePlace {
  readonly projectId: ProjectId
  readonly sourceId: SourceId
}

/** A source that was read, without documents. */
export async function aSource(db: Database, projectId: ProjectId): Promise<SourcePlace> {
  const sourceId = newId<SourceId>()
  const counts = { items_done: 0, items_total: 0, created_at: now(), updated_at: now() }
  await db.query
    .insertInto('sources')
    .values({
      project_id: projectId,
      id: sourceId,
      type: 'upload',
      name: 'notes',
      configuration: '{}',
      status: 'connected',
      created_by: newId<UserId>(),
      ...counts,
    })
    .execute()
  return { projectId, sourceId }
}

interface DocumentOptions {
  readonly language?: string
  readonly headingPath?: readonly string[]
}

/** A document whose paragraphs are its passages. */
export function aPreparedDocument(paragraphs: readonly string[], options: DocumentOptions = {}): PreparedDocument {
  const { language = 'en', headingPath = [] } = options
  let start = 0
  const passages = paragraphs.map((text) => {
    const range = { start, end: start + text.length }
    start = range.end + 2
    return { text, headingPath, page: null, sheet: null, rowStart: null, rowEnd: null, ...range, changes: null }
  })
  return prepareDocument({ text: paragraphs.join('\n\n'), language, passages })
}

export async function addDocument(
  db: Database,
  place: SourcePlace,
  prepared: PreparedDocument,
  id: DocumentId = newId(),
): Promise<DocumentId> {
  const fileId = place.sourceId as string as FileId
  const document = { ...place, fileId, id, name: 'notes.txt', mediaType: 'text/plain', contentHash: id }
  await inTransaction(db, (tx) => storeDocument(tx, document, prepared))
  return id
}
