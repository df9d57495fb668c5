import type { Selectable } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { FileId, ProjectId, SourceId } from '../ids.ts'
import type { Source } from './source.ts'

/** What a source holds: a file, page or table, with how far it was read and why it was not. */
export type SourceFile = Selectable<Schema['source_files']>

export interface FileRef {
  readonly projectId: ProjectId
  readonly fileId: FileId
}

export function fileRef({ project_id, id }: Pick<SourceFile, 'project_id' | 'id'>): FileRef {
  return { projectId: project_id, fileId: id }
}

/** An upload's one file has the id of its source. */
export function uploadedFile({ project_id, id }: Pick<Source, 'project_id' | 'id'>): FileRef {
  return { projectId: project_id, fileId: uploadedFileId(id) }
}

export function uploadedFileId(id: SourceId): FileId {
  return id as string as FileId
}
