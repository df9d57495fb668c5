import { ConnectorFailure } from './connector.ts'
import { callDrive, type DriveClient } from './google-drive-client.ts'
import { type DriveFile, fileFields, folderType, shortcutType } from './google-drive-files.ts'
import { isRefusedWith } from './remote-failure.ts'

/** Folders whose files one question asks for. */
const foldersAtOnce = 20
const maxFolders = 20_000

export interface Folder {
  readonly id: string
  /** The shared drive it is in. */
  readonly driveId: string | undefined
}

export interface FolderWalk {
  /** Shortcuts lead out of the folder, where changes are not told as changes in it. */
  hasShortcuts: boolean
}

/** Undefined: there is no such file, or it may not be seen. */
export async function findFile(client: DriveClient, id: string, signal: AbortSignal): Promise<DriveFile | undefined> {
  try {
    return await callDrive(client, signal, (options) =>
      client.drive.files.get({ fileId: id, fields: fileFields, supportsAllDrives: true }, options),
    )
  } catch (error) {
    if (isRefusedWith(error, 404)) return undefined
    throw error
  }
}

/** All files in a folder and the folders in it, each once, shortcuts followed; folders and shortcuts themselves are not among them. */
export async function* walkFolder(
  client: DriveClient,
  root: Folder,
  { walk, signal }: { walk: FolderWalk; signal: AbortSignal },
): AsyncGenerator<DriveFile> {
  const seen = new Set([root.id])
  const waiting: Folder[] = [root]
  while (waiting.length > 0) {
    const driveId = waiting[0]?.driveId
    const together = waiting.filter((folder) => folder.driveId === driveId).slice(0, foldersAtOnce)
    for (const folder of together) waiting.splice(waiting.indexOf(folder), 1)
    for await (const child of listChildren(client, together, signal)) {
      const file = child.mimeType === shortcutType ? await follow(client, child, { walk, signal }) : child
      if (file?.id == null || file.trashed === true || seen.has(file.id)) continue
      seen.add(file.id)
      if (file.mimeType !== folderType) yield file
      else if (waiting.push({ id: file.id, driveId: file.driveId ?? undefined }) > maxFolders) {
        throw new ConnectorFailure(`There are more than ${maxFolders} folders in this folder. Name one further in.`)
      }
    }
  }
}

async function follow(
  client: DriveClient,
  { shortcutDetails }: DriveFile,
  { walk, signal }: { walk: FolderWalk; signal: AbortSignal },
): Promise<DriveFile | undefined> {
  walk.hasShortcuts = true
  const target = shortcutDetails?.targetId
  return target == null ? undefined : await findFile(client, target, signal)
}

export async function* listChildren(
  client: DriveClient,
  folders: readonly Folder[],
  signal: AbortSignal,
): AsyncGenerator<DriveFile> {
  const inFolders = folders.map(({ id }) => `'${id.replaceAll(/[\\']/g, '\\$&')}' in parents`).join(' or ')
  const driveId = folders[0]?.driveId
  let pageToken: string | undefined
  do {
    const page = await callDrive(client, signal, (options) =>
      client.drive.files.list(
        {
          q: `(${inFolders}) and trashed = false`,
          pageSize: 1000,
          fields: `nextPageToken,incompleteSearch,files(${fileFields})`,
          supportsAllDrives: true,
          includeItemsFromAllDrives: true,
          ...(driveId === undefined ? {} : { corpora: 'drive', driveId }),
          ...(pageToken === undefined ? {} : { pageToken }),
        },
        options,
      ),
    )
    if (page.incompleteSearch === true) {
      throw new ConnectorFailure('Google Drive could not list everything just now.', { isPassing: true })
    }
    yield* page.files ?? []
    pageToken = page.nextPageToken ?? undefined
  } while (pageToken !== undefined)
}
