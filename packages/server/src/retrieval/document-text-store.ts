import { type RawBuilder, sql } from 'kysely'
import type { Queryable, Tx } from '../database/database.ts'
import type { DocumentId, ProjectId } from '../ids.ts'
import { countCodePoints } from './prepare-document.ts'

/** UTF-16 units of a piece: a quote is cut from few pages, and a row is written in a fraction of a millisecond. */
const pieceLength = 16_384
const piecesPerInsert = 16
const piecesPerRead = 16

export interface TextRef {
  readonly projectId: ProjectId
  readonly documentId: DocumentId
}

/** Half open, in code points. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** Longer than any text. */
export const wholeText: TextRange = { start: 0, end: 2 ** 31 - 2 }

interface TextPiece {
  /** In code points. */
  readonly start: number
  readonly text: string
}

/** A text as it is stored; never cut between the halves of a surrogate pair. */
export function* cutText(text: string): Generator<TextPiece> {
  let start = 0
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + pieceLength)
    const last = text.charCodeAt(to - 1)
    if (to < text.length && last >= 0xd800 && last < 0xdc00) to++
    const piece = text.slice(from, to)
    yield { start, text: piece }
    start += countCodePoints(piece)
    from = to
  }
}

export async function insertTextPieces(tx: Tx, ref: TextRef, pieces: readonly TextPiece[]): Promise<void> {
  for (let from = 0; from < pieces.length; from += piecesPerInsert) {
    const rows = pieces
      .slice(from, from + piecesPerInsert)
      .map((piece) => ({ project_id: ref.projectId, document_id: ref.documentId, ...piece }))
    await tx.insertInto('document_texts').values(rows).execute()
  }
}

/** A part of a document's text, cut by the database: both engines count code points. Undefined when the document is gone. */
export async function readTextSlice(
  db: Queryable,
  { projectId, documentId }: TextRef,
  { start, end }: TextRange,
): Promise<string | undefined> {
  // One statement, so that a document is never half there.
  const rows = await db
    .selectFrom('documents')
    .leftJoin('document_texts as piece', (join) =>
      join
        .onRef('piece.project_id', '=', 'documents.project_id')
        .onRef('piece.document_id', '=', 'documents.id')
        .on('piece.start', '<', end)
        .on('piece.start', '>=', (eb) =>
          eb
            .selectFrom('document_texts as first')
            .select((first) => first.fn.max('first.start').as('start'))
            .where('first.project_id', '=', projectId)
            .where('first.document_id', '=', documentId)
            .where('first.start', '<=', start),
        ),
    )
    .select(['piece.start as start', cutPiece({ start, end }).as('text')])
    .where('documents.project_id', '=', projectId)
    .where('documents.id', '=', documentId)
    .where('documents.staged_by', 'is', null)
    .orderBy('piece.start')
    .execute()
  return rows.length === 0 ? undefined : rows.map(({ text }) => text ?? '').join('')
}

/** What of a piece lies in the range; `substr` counts from 1. */
function cutPiece({ start, end }: TextRange): RawBuilder<string | null> {
  const before = sql`(${whole(start)} - piece.start)`
  return sql<string | null>`case when ${before} > 0
    then substr(piece.text, cast(${before} + 1 as integer), ${whole(end - start)})
    else substr(piece.text, 1, cast(${whole(end)} - piece.start as integer)) end`
}

/** The cast: PostgreSQL takes an untyped parameter for text. */
function whole(value: number): RawBuilder<number> {
  return sql<number>`cast(${value} as integer)`
}

/** A document's text from its beginning, some pieces at a time. */
export async function* readTextPieces(db: Queryable, { projectId, documentId }: TextRef): AsyncGenerator<TextPiece> {
  for (let after = -1; ; ) {
    const rows = await db
      .selectFrom('document_texts')
      .select(['start', 'text'])
      .where('project_id', '=', projectId)
      .where('document_id', '=', documentId)
      .where('start', '>', after)
      .orderBy('start')
      .limit(piecesPerRead)
      .execute()
    yield* rows
    if (rows.length < piecesPerRead) return
    after = rows.at(-1)?.start ?? after
  }
}

/** Whether a document's text is this one, without holding both. */
export async function isTextOf(db: Queryable, ref: TextRef, text: string): Promise<boolean> {
  let at = 0
  for await (const piece of readTextPieces(db, ref)) {
    if (!text.startsWith(piece.text, at)) return false
    at += piece.text.length
  }
  return at === text.length
}

/** Where a text first stands in a document, in code points; undefined when it does not. */
export async function findInText(db: Queryable, ref: TextRef, wanted: string): Promise<number | undefined> {
  let tail = ''
  let tailStart = 0
  for await (const piece of readTextPieces(db, ref)) {
    const joined = tail + piece.text
    const at = joined.indexOf(wanted)
    if (at !== -1) return tailStart + countCodePoints(joined.slice(0, at))
    // Of what stands across two pieces the first holds all but one unit at most.
    let cut = Math.max(0, joined.length - wanted.length + 1)
    const first = joined.charCodeAt(cut)
    if (cut > 0 && first >= 0xdc00 && first < 0xe000) cut--
    tailStart += countCodePoints(joined.slice(0, cut))
    tail = joined.slice(cut)
  }
  return undefined
}
