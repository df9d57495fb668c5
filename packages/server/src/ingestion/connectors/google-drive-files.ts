import type { drive_v3 } from '@googleapis/drive/build/v3.js'
import type { ListedFile } from './connector.ts'

const googleType = 'application/vnd.google-apps.'
export const folderType = `${googleType}folder`
export const shortcutType = `${googleType}shortcut`

export const fileFields =
  'id,name,mimeType,md5Checksum,modifiedTime,size,webViewLink,trashed,parents,driveId,shortcutDetails(targetId,targetMimeType)'

export type DriveFile = drive_v3.Schema$File

interface Export {
  readonly mediaType: string
  readonly extension: string
}

const office = 'application/vnd.openxmlformats-officedocument.'
/** What Google's own documents, which have no bytes, are exported as. */
const exports: Readonly<Record<string, Export>> = {
  [`${googleType}document`]: { mediaType: `${office}wordprocessingml.document`, extension: '.docx' },
  [`${googleType}spreadsheet`]: { mediaType: `${office}spreadsheetml.sheet`, extension: '.xlsx' },
  [`${googleType}presentation`]: { mediaType: `${office}presentationml.presentation`, extension: '.pptx' },
}

export function exportOf(mediaType: string | null | undefined): Export | undefined {
  return exports[mediaType ?? '']
}

/** Forms, maps, sites and the like: they have neither bytes nor an export that could be read. */
export function reasonNotToExport(mediaType: string | null): string | undefined {
  if (mediaType === null || !mediaType.startsWith(googleType) || exportOf(mediaType) !== undefined) return undefined
  return `A Google document of a kind that cannot be exported (${mediaType.slice(googleType.length)}).`
}

export function toListed(file: DriveFile): ListedFile {
  const name = file.name ?? 'unnamed'
  const extension = exportOf(file.mimeType)?.extension ?? ''
  const isNamed = name.toLowerCase().endsWith(extension)
  return {
    key: file.id ?? '',
    name: isNamed ? name : name + extension,
    url: file.webViewLink ?? null,
    version: file.md5Checksum ?? file.modifiedTime ?? null,
    size: file.size == null ? null : Number(file.size),
    mediaType: file.mimeType ?? null,
  }
}
