import type { Listed } from './connector.ts'
import { callDrive, type DriveClient } from './google-drive-client.ts'
import { type DriveFile, fileFields, folderType, shortcutType, toListed } from './google-drive-files.ts'
import { type Folder, findFile } from './google-drive-folders.ts'
import { isRefusedWith } from './remote-failure.ts'

/** With more, listing the folder costs less than looking at each. */
const maxChanges = 5_000

export async function findStartToken(
  client: DriveClient,
  { driveId }: Folder,
  signal: AbortSignal,
): Promise<string | null> {
  const { startPageToken } = await callDrive(client, signal, (options) =>
    client.drive.changes.getStartPageToken(
      { supportsAllDrives: true, ...(driveId === undefined ? {} : { driveId }) },
      options,
    ),
  )
  return startPageToken ?? null
}

interface Changes {
  /** By file id; null: gone. */
  readonly files: ReadonlyMap<string, DriveFile | null>
  readonly next: string | null
}

/**
 * What changed since a token, anywhere the account sees. Undefined when the folder has to be listed anew: the token is
 * refused, there are too many changes, or a folder is among them, which tells nothing of the files in it.
 */
export async function readChanges(
  client: DriveClient,
  { driveId }: Folder,
  { token, signal }: { token: string; signal: AbortSignal },
): Promise<Changes | undefined> {
  const files = new Map<string, DriveFile | null>()
  let pageToken = token
  for (;;) {
    const page = await readPage(client, { driveId, pageToken, signal })
    if (page === undefined) return undefined
    for (const { fileId, removed, file } of page.changes ?? []) {
      if (fileId == null) continue
      if (file?.mimeType === folderType || file?.mimeType === shortcutType) return undefined
      files.set(fileId, removed === true || file == null || file.trashed === true ? null : file)
    }
    if (files.size > maxChanges) return undefined
    if (page.nextPageToken == null) return { files, next: page.newStartPageToken ?? null }
    pageToken = page.nextPageToken
  }
}

async function readPage(
  client: DriveClient,
  { driveId, pageToken, signal }: { driveId: string | undefined; pageToken: string; signal: AbortSignal },
) {
  try {
    return await callDrive(client, signal, (options) =>
      client.drive.changes.list(
        {
          pageToken,
          pageSize: 1000,
          fields: `nextPageToken,newStartPageToken,changes(fileId,removed,file(${fileFields}))`,
          includeRemoved: true,
          supportsAllDrives: true,
          includeItemsFromAllDrives: true,
          ...(driveId === undefined ? {} : { driveId }),
        },
        options,
      ),
    )
  } catch (error) {
    if (isRefusedWith(error, 400, 404, 410)) return undefined
    throw error
  }
}

/** Changes as seen from one folder: a file that is not in it any more is as good as gone. */
export async function* placeChanges(
  client: DriveClient,
  root: Folder,
  { changes, signal }: { changes: Changes; signal: AbortSignal },
): AsyncGenerator<Listed> {
  const isInside = new Map([[root.id, true]])
  const isFolderInside = async (id: string): Promise<boolean> => {
    const known = isInside.get(id)
    if (known !== undefined) return known
    // While it is looked up: a loop must end, should Drive ever have one.
    isInside.set(id, false)
    const parents = (await findFile(client, id, signal))?.parents ?? []
    const answer = await isAnyInside(parents)
    isInside.set(id, answer)
    return answer
  }
  const isAnyInside = async (parents: readonly string[]): Promise<boolean> => {
    for (const parent of parents) if (await isFolderInside(parent)) return true
    return false
  }
  for (const [key, file] of changes.files) {
    const isThere = file !== null && (await isAnyInside(file.parents ?? []))
    yield isThere ? { type: 'file', file: toListed(file) } : { type: 'removed', key }
  }
}
