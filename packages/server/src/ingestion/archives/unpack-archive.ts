import { ParseFailure, type ParseFailureReason } from '../parsers/parse-failure.ts'
import { ConfinedProcess } from '../parsing/confined-process.ts'
import type { ArchiveLimits, ArchiveMember, SkippedMember } from './unpacking.ts'

export interface UnpackRequest {
  readonly path: string
  /** As the user named it. */
  readonly fileName: string
  /** An empty folder, which is the caller's to remove, whatever happened. */
  readonly folder: string
  readonly limits: ArchiveLimits
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface UnpackedArchive {
  readonly members: readonly ArchiveMember[]
  /** Each with its reason, a sentence. */
  readonly skipped: readonly SkippedMember[]
  readonly warnings: readonly string[]
}

export type UnpackOrder = Omit<UnpackRequest, 'timeoutMs' | 'signal'>
export type UnpackAnswer =
  | { readonly type: 'document' }
  | { readonly type: 'unpacked'; readonly archive: UnpackedArchive }
  | { readonly type: 'failed'; readonly reason: ParseFailureReason; readonly message: string }

/** Unpacking holds a few buffers; names of many members are the most of it. */
const maxMemoryMb = 256

/**
 * The files of a zip, tar, tar.gz or gz archive, and of the archives right inside it, in a process that reads the one
 * and writes to the folder only. One bad member is skipped with its reason; a `ParseFailure` refuses the whole archive.
 * Nothing when the file is one document (a Word file is a ZIP archive too) or no archive: it is to be parsed as it is.
 */
export async function unpackArchive({
  timeoutMs,
  signal,
  ...order
}: UnpackRequest): Promise<UnpackedArchive | undefined> {
  await using unpacking = new ConfinedProcess({
    program: 'ingestion/archives/unpack-process',
    // What was just unpacked is looked at: it may be an archive again.
    readable: [order.path, order.folder],
    writable: order.folder,
    maxMemoryMb,
  })
  const answer = await unpacking.ask({
    order: order satisfies UnpackOrder,
    timeoutMs,
    signal,
    receive: (message: UnpackAnswer) => message,
  })
  if (answer.type === 'failed') throw new ParseFailure(answer.reason, answer.message)
  return answer.type === 'unpacked' ? answer.archive : undefined
}
