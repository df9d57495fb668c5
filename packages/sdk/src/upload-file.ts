import type { Quory } from './client.ts'
import { QuoryRequestError } from './request-error.ts'
import type { Source, UploadResult } from './schema.ts'

/** What is sent where, and who is told how far it is. */
export interface UploadFileOptions {
  /** The project that the file is for. */
  readonly projectId: string
  /** Its name says what kind of file it is. */
  readonly file: File
  /** Stops the transfer. */
  readonly signal?: AbortSignal
  /** Told as bytes leave, in browsers: the part that is sent, from 0 to 1. */
  readonly onProgress?: (part: number) => void
}

/** Sends a file, which becomes a data source that is read in the background. Throws what the server has against it. */
export async function uploadFile(quory: Quory, options: UploadFileOptions): Promise<Source> {
  const { projectId, file, signal, onProgress } = options
  const form = new FormData()
  form.append('file', file, file.name)
  const path = `/v1/projects/${encodeURIComponent(projectId)}/data-sources/upload`
  const response = await quory.send(path, {
    body: form,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  })
  if (!response.ok) throw await QuoryRequestError.from(response)
  const { data_sources: sources } = (await response.json()) as UploadResult
  const [source] = sources
  if (source === undefined) throw new Error('The server stored nothing')
  return source
}
