import type { Selectable } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { invalidField, QuoryError } from '../errors.ts'
import type { ProjectId, SourceId } from '../ids.ts'
import { findSourceType, isSecretField } from './source-types.ts'

export type Configuration = Readonly<Record<string, unknown>>

/** Where data comes from. `items` are passages: `items_done` of them can be searched. */
export interface Source extends Omit<Selectable<Schema['sources']>, 'configuration' | 'secret_key' | 'chat_id'> {
  /** Secrets included, encrypted: show `maskSecrets(source)` instead. */
  readonly configuration: Configuration
}

export interface SourceRef {
  readonly projectId: ProjectId
  readonly sourceId: SourceId
}

export function sourceNotFound(projectId: string, sourceId: string): QuoryError {
  return new QuoryError('data_source_not_found', `Data source with ID ${sourceId} not found in project ${projectId}`)
}

/** What stands for a secret in every answer, and means "as it was" when it comes back. */
export const secretMask = '********'

export function maskSecrets({ type, configuration }: Pick<Source, 'type' | 'configuration'>): Configuration {
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => [
      name,
      isSecretField(type, name) && isSet(value) ? secretMask : value,
    ]),
  )
}

/** A configuration as a client sent it, with the stored value wherever it sent the mask back. */
export function keepMaskedSecrets(type: string, sent: Configuration, stored: Configuration): Configuration {
  return Object.fromEntries(
    Object.entries(sent).flatMap(([name, value]) => {
      if (!isSecretField(type, name) || value !== secretMask) return [[name, value]]
      if (!isSet(stored[name])) return []
      refuseOtherAddress(type, name, { sent, stored })
      return [[name, stored[name]]]
    }),
  )
}

/** Whoever may change a source need not know its secrets, and could have them sent to a server of their own. */
function refuseOtherAddress(
  type: string,
  secret: string,
  { sent, stored }: { readonly sent: Configuration; readonly stored: Configuration },
): void {
  const address = findSourceType(type)?.addressField
  if (address === undefined || (sent[address] ?? '') === (stored[address] ?? '')) return
  const msg = `It was given for another ${address}: enter it again`
  throw invalidField({ type: 'value_error', loc: ['body', 'configuration', secret], msg, input: secretMask })
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

const maxFileNameLength = 255
const maxNameLength = 100
/** Control characters, and those that change the direction of what follows them. */
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The client's file name as something to show: no folders, no control characters, at most 255 characters. Never a path of ours. */
export function cleanFileName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? ''
  const clean = last.replaceAll(unprintable, '').normalize('NFC').trim()
  return clean === '' || clean === '.' || clean === '..' ? 'unnamed' : shortenFileName(clean, maxFileNameLength)
}

/** A source's name when its upload gave none. */
export function nameFromFile(fileName: string): string {
  return shortenFileName(fileName, maxNameLength)
}

/** Cut before the extension, in code points. */
function shortenFileName(name: string, max: number): string {
  const characters = [...name]
  if (characters.length <= max) return name
  const dot = characters.lastIndexOf('.')
  const extension = dot > 0 && characters.length - dot <= 20 ? characters.slice(dot) : []
  return [...characters.slice(0, max - extension.length), ...extension].join('')
}

/** Cloud types have none, and upload types none until one was uploaded. */
export function hasFile(source: Pick<Source, 'content_hash'>): boolean {
  return source.content_hash !== null
}

/** What was found out about an upload; a client's configuration never replaces it. */
const factNames = ['original_filename', 'file_size', 'row_count', 'column_count', 'columns', 'warnings'] as const

export function factsOf(source: Pick<Source, 'configuration' | 'content_hash'>): Configuration {
  if (!hasFile(source)) return {}
  const known = factNames.filter((name) => source.configuration[name] !== undefined)
  return Object.fromEntries(known.map((name) => [name, source.configuration[name]]))
}
