import { z } from 'zod'
import type { Configuration } from '../source.ts'
import type { WayOut } from './call-limits.ts'
import {
  type Connector,
  ConnectorFailure,
  type FetchedFile,
  type FetchOptions,
  FileSkipped,
  type Listed,
  type ListedFile,
  type ListingEnd,
  type ListOptions,
} from './connector.ts'
import { findStartToken, placeChanges, readChanges } from './google-drive-changes.ts'
import { callDrive, type DriveClient, openDriveClient, readPrivateKey } from './google-drive-client.ts'
import { exportOf, folderType, reasonNotToExport, toListed } from './google-drive-files.ts'
import { type Folder, type FolderWalk, findFile, listChildren, walkFolder } from './google-drive-folders.ts'
import { optionalText, requiredText } from './read-configuration.ts'
import { isRefusedWith, toConnectorFailure } from './remote-failure.ts'
import { saveBody, tooLarge } from './save-body.ts'

const cursorShape = z.object({ folder: z.string(), token: z.string() })

export async function openGoogleDrive(
  configuration: Configuration,
  { egress }: { egress: WayOut },
): Promise<Connector> {
  const folderId = readFolderId(requiredText(configuration, 'folder_id'))
  const account = {
    email: requiredText(configuration, 'client_email'),
    key: readPrivateKey(requiredText(configuration, 'private_key')),
    keyId: optionalText(configuration, 'private_key_id'),
  }
  const client = await openDriveClient(account, { egress })
  return {
    check: (signal) => check(client, folderId, signal),
    list: (options) => list(client, folderId, options),
    fetch: (file, options) => fetchFile(client, file, options),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** The id, or the address of the folder's page, which has it. */
function readFolderId(text: string): string {
  const id = /\/folders\/([\w-]+)/.exec(text)?.[1] ?? text
  if (/^[\w-]+$/.test(id)) return id
  throw new ConnectorFailure("The field folder_id is no folder's id: it is the last part of the folder's address.")
}

async function findFolder(client: DriveClient, id: string, signal: AbortSignal): Promise<Folder & { name: string }> {
  const found = await findFile(client, id, signal)
  if (found === undefined) {
    throw new ConnectorFailure(`There is no folder ${id}, or it is not shared with ${client.email}.`)
  }
  if (found.mimeType !== folderType) throw new ConnectorFailure(`${found.name} is a file, not a folder.`)
  if (found.trashed === true) throw new ConnectorFailure(`The folder ${found.name} is in the trash.`)
  return { id: found.id ?? id, name: found.name ?? id, driveId: found.driveId ?? undefined }
}

async function check(client: DriveClient, folderId: string, signal: AbortSignal): Promise<string> {
  const folder = await findFolder(client, folderId, signal)
  let files = 0
  let folders = 0
  for await (const { mimeType } of listChildren(client, [folder], signal)) {
    if (mimeType === folderType) folders++
    else files++
  }
  const count = (number: number, one: string) => `${number} ${number === 1 ? one : `${one}s`}`
  return `The folder “${folder.name}” has ${count(files, 'file')} and ${count(folders, 'folder')} in it.`
}

async function* list(
  client: DriveClient,
  folderId: string,
  { cursor, signal }: ListOptions,
): AsyncGenerator<Listed, ListingEnd> {
  const folder = await findFolder(client, folderId, signal)
  const token = readCursor(cursor, folder)
  const changes = token === undefined ? undefined : await readChanges(client, folder, { token, signal })
  if (changes !== undefined) {
    yield* placeChanges(client, folder, { changes, signal })
    return { isFull: false, cursor: writeCursor(folder, changes.next) }
  }
  // Asked for first: what changes while the folder is listed comes again, rather than never.
  const start = await findStartToken(client, folder, signal)
  const walk: FolderWalk = { hasShortcuts: false }
  for await (const file of walkFolder(client, folder, { walk, signal })) yield { type: 'file', file: toListed(file) }
  return { isFull: true, cursor: walk.hasShortcuts ? null : writeCursor(folder, start) }
}

function writeCursor(folder: Folder, token: string | null): string | null {
  return token === null ? null : JSON.stringify({ folder: folder.id, token })
}

function readCursor(cursor: string | null, folder: Folder): string | undefined {
  if (cursor === null) return undefined
  try {
    const { data } = cursorShape.safeParse(JSON.parse(cursor))
    return data?.folder === folder.id ? data.token : undefined
  } catch {
    // Not one of ours: everything is listed.
    return undefined
  }
}

async function fetchFile(
  client: DriveClient,
  file: ListedFile,
  { path, maxBytes, known, signal }: FetchOptions,
): Promise<FetchedFile | 'unchanged'> {
  const reason = reasonNotToExport(file.mediaType)
  if (reason !== undefined) throw new FileSkipped(reason)
  if (file.version !== null && file.version === known) return 'unchanged'
  if ((file.size ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const exported = exportOf(file.mediaType)
  try {
    const body = await openContent(client, file.key, { mediaType: exported?.mediaType, signal })
    const size = await saveBody(body, { path, maxBytes, signal })
    // What Google calls an exported file stays with it: the next fetch knows by it that it has to be exported.
    return { size, version: file.version, mediaType: null }
  } catch (error) {
    if (error instanceof FileSkipped) throw error
    if (isRefusedWith(error, 404)) throw new FileSkipped('It was deleted meanwhile.', { cause: error })
    throw toConnectorFailure(error, signal)
  }
}

async function openContent(
  client: DriveClient,
  fileId: string,
  { mediaType, signal }: { mediaType: string | undefined; signal: AbortSignal },
): Promise<AsyncIterable<Uint8Array>> {
  const body: unknown = await callDrive(client, signal, (options) => {
    const { drive, fetchFile } = client
    const stream = { ...options, responseType: 'stream', fetchImplementation: fetchFile } as const
    if (mediaType !== undefined) return drive.files.export({ fileId, mimeType: mediaType }, stream)
    return drive.files.get({ fileId, alt: 'media', supportsAllDrives: true }, stream)
  })
  if (body instanceof ReadableStream) return body
  throw new ConnectorFailure('Google Drive answered without the file.', { isPassing: true })
}
