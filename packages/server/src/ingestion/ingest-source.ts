import type { Config } from '../config.ts'
import type { Database, Tx } from '../database/database.ts'
import { type DocumentId, newId, type SourceId } from '../ids.ts'
import type { ClaimedJob, GiveUpReason, JobHandler, NewJob } from '../jobs/job.ts'
import { listDocuments, readDocumentText, removeDocuments, storeDocument } from '../retrieval/document-store.ts'
import type { FileStore } from './file-store.ts'
import type { Parser } from './open-parser.ts'
import type { Parsed } from './parse-message.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import type { Source, SourceRef } from './source.ts'
import { findSource, lockSource, updateSource } from './source-store.ts'

const maxWarnings = 20

export const ingestKind = 'ingest-source'

export function ingestJob({ projectId, sourceId }: SourceRef): NewJob {
  return { projectId, kind: ingestKind, payload: { sourceId } }
}

function sourceOf({ projectId, payload }: ClaimedJob): SourceRef {
  // Written by ingestJob.
  return { projectId, sourceId: payload['sourceId'] as SourceId }
}

export interface IngestDependencies {
  readonly db: Database
  readonly files: FileStore
  readonly parser: Pick<Parser, 'parse'>
  readonly config: Pick<Config, 'parseTimeoutMs'>
}

/** Reads a source's file and puts its passages in the index. Runs again from the start after a crash, with the same result. */
export function createIngestHandler(dependencies: IngestDependencies): JobHandler {
  const { db } = dependencies
  return {
    run: async (job, signal) => {
      const ref = sourceOf(job)
      const source = await findSource(db.query, ref)
      // Deleted meanwhile: there is nothing to do and nothing to say.
      if (source === undefined) return async () => undefined
      const outcome = await readSource(dependencies, source, signal)
      return async (tx) => void (await writeIndex(db, tx, ref, outcome))
    },
    giveUp: async (tx, job, reason) => {
      await updateSource(tx, sourceOf(job), { status: 'error', error: giveUpSentence(reason) })
    },
  }
}

export function giveUpSentence(reason: GiveUpReason): string {
  return reason === 'died'
    ? 'The server stopped three times while it read this; it was not tried again.'
    : 'Reading this failed three times because of a fault in the server; its log says more.'
}

/** The file as passages, or why it gives none, in words. Everything slow happens here, outside any transaction. */
export async function readSource(
  { files, parser, config }: IngestDependencies,
  source: Source,
  signal: AbortSignal,
): Promise<Parsed | ParseFailure> {
  await using file = await files.materialize({ projectId: source.project_id, sourceId: source.id })
  if (file === undefined) return new ParseFailure('damaged', 'The file of this data source is gone. Upload it again.')
  try {
    const { path } = file
    const fileName = source.file_name ?? source.name
    return await parser.parse({ path, fileName, timeoutMs: config.parseTimeoutMs, signal })
  } catch (error) {
    // A parser's words may repeat what stands in the file, which not every database can hold.
    if (error instanceof ParseFailure) return new ParseFailure(error.reason, storable(error.message), { cause: error })
    throw error
  }
}

function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

/**
 * Replaces what the index has of a source; false when the source is gone. A file that can no longer be read keeps its
 * earlier passages. When the text is the same as before, so is the document's id: citations go on pointing at it.
 */
export async function writeIndex(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  ref: SourceRef,
  outcome: Parsed | ParseFailure,
): Promise<boolean> {
  const source = await lockSource(db, tx, ref)
  if (source === undefined) return false
  if (outcome instanceof ParseFailure) {
    const isIndexed = source.items_done > 0
    await updateSource(tx, ref, {
      status: isIndexed ? 'connected' : 'error',
      error: isIndexed ? `${outcome.message} What was read earlier is still searched.` : outcome.message,
    })
    return true
  }
  const { projectId, sourceId } = ref
  const id = (await findSameDocument(tx, ref, outcome)) ?? newId<DocumentId>()
  await removeDocuments(tx, projectId, sourceId)
  await storeDocument(
    tx,
    {
      projectId,
      sourceId,
      id,
      name: source.file_name ?? source.name,
      mediaType: outcome.mediaType,
      contentHash: source.content_hash ?? '',
    },
    outcome,
  )
  const { warnings: _, ...facts } = source.configuration
  const warnings = outcome.warnings.slice(0, maxWarnings)
  await updateSource(tx, ref, {
    status: 'connected',
    error: null,
    media_type: outcome.mediaType,
    items_done: outcome.passages.length,
    items_total: outcome.passages.length,
    configuration: warnings.length === 0 ? facts : { ...facts, warnings },
  })
  return true
}

async function findSameDocument(
  tx: Tx,
  { projectId, sourceId }: SourceRef,
  parsed: Parsed,
): Promise<DocumentId | undefined> {
  for (const document of await listDocuments(tx, projectId, sourceId)) {
    if (document.length !== parsed.length) continue
    if ((await readDocumentText(tx, projectId, document.id)) === parsed.text) return document.id
  }
  return undefined
}
