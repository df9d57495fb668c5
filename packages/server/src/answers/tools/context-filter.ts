import { z } from 'zod'
import type { DocumentId, SourceId } from '../../ids.ts'
import { type DocumentCatalog, mostNamed } from '../../retrieval/document-catalog-store.ts'
import type { PassageFilter } from '../../retrieval/passage-filter.ts'
import type { NumberedPassages } from './numbered-passages.ts'

const maxItems = 20
const lastPage = 1_000_000
/** Told to the model when a name is unknown. */
const listedNames = 20
const page = z.int().min(1).max(lastPage)
const time = z.iso.datetime({ offset: true, local: true }).or(z.iso.date())
const names = z.preprocess(
  (given) => (Array.isArray(given) ? given : [given]).map((one) => (typeof one === 'number' ? String(one) : one)),
  z.array(z.string().trim().min(1).max(500)).min(1).max(maxItems),
)

const fields = {
  documents: { schema: names, wanted: `up to ${maxItems} names or numbers` },
  sources: { schema: names, wanted: `up to ${maxItems} names` },
  media_types: { schema: names, wanted: `up to ${maxItems} media types` },
  first_page: { schema: page, wanted: 'a whole number from 1 on' },
  last_page: { schema: page, wanted: 'a whole number from 1 on' },
  stored_from: { schema: time, wanted: 'a time as in ISO 8601' },
  stored_before: { schema: time, wanted: 'a time as in ISO 8601' },
} as const

type Field = keyof typeof fields
type Asked = { readonly [F in Field]?: z.infer<(typeof fields)[F]['schema']> }

export const contextFilterProperties = {
  documents: {
    type: 'array',
    items: { type: 'string' },
    description: 'Only these documents: names or parts of names, or the numbers of earlier results ("3").',
  },
  sources: {
    type: 'array',
    items: { type: 'string' },
    description: 'Only what these data sources hold: names or parts of names.',
  },
  media_types: {
    type: 'array',
    items: { type: 'string' },
    description: 'Only documents of these types: application/pdf, or a first half such as text.',
  },
  first_page: { type: 'integer', description: 'Only passages on this page or after it.' },
  last_page: { type: 'integer', description: 'Only passages on this page or before it.' },
  stored_from: { type: 'string', description: 'Only documents stored at this time (ISO 8601) or later.' },
  stored_before: { type: 'string', description: 'Only documents stored before this time (ISO 8601).' },
} as const satisfies Readonly<Record<Field, object>>

export interface ContextFilter {
  /** Undefined when nothing can pass: none of the documents or sources that were named is there. */
  readonly filter: PassageFilter | undefined
  /** By the names of the fields. */
  readonly askedBy: readonly Field[]
  /** In words for the model: what was not understood or not found. */
  readonly notes: readonly string[]
}

/** What a model asked of the passages beside the words. A slip in one field does not cost the search, and is said. */
export async function readContextFilter(
  input: Readonly<Record<string, unknown>>,
  { catalog, passages }: { readonly catalog: DocumentCatalog; readonly passages: NumberedPassages },
): Promise<ContextFilter> {
  const { asked, notes } = readFields(input)
  const documents = asked.documents && (await findDocuments(asked.documents, catalog, passages))
  const sources = asked.sources && (await findSources(asked.sources, catalog))
  notes.push(...(documents?.notes ?? []), ...(sources?.notes ?? []))
  const isPaged = asked.first_page !== undefined || asked.last_page !== undefined
  const filter: PassageFilter = {
    documentIds: documents?.ids,
    sourceIds: sources?.ids,
    mediaTypes: asked.media_types?.map((type) => type.toLowerCase()),
    storedFrom: toTime(asked.stored_from),
    storedBefore: toTime(asked.stored_before),
    pages: isPaged ? { first: asked.first_page ?? 1, last: asked.last_page ?? lastPage } : undefined,
  }
  const isNobody = documents?.ids.length === 0 || sources?.ids.length === 0
  return { filter: isNobody ? undefined : filter, askedBy: Object.keys(asked) as Field[], notes }
}

function readFields(input: Readonly<Record<string, unknown>>): { asked: Asked; notes: string[] } {
  const notes: string[] = []
  const asked: Record<string, unknown> = {}
  for (const [field, { schema, wanted }] of Object.entries(fields)) {
    const given = input[field]
    // Models write these for "any".
    if (given === undefined || given === null || given === '' || (Array.isArray(given) && given.length === 0)) continue
    const read = schema.safeParse(typeof given === 'string' ? clean(given) : given)
    if (read.success) asked[field] = read.data
    else notes.push(`\`${field}\` was left out: it has to be ${wanted}.`)
  }
  return { asked, notes }
}

interface Found<K> {
  readonly ids: readonly K[]
  readonly notes: readonly string[]
}

async function findDocuments(
  named: readonly string[],
  catalog: DocumentCatalog,
  passages: NumberedPassages,
): Promise<Found<DocumentId>> {
  const numbered: DocumentId[] = []
  const [names, notes]: [string[], string[]] = [[], []]
  for (const name of named) {
    const number = /^\[?(\d{1,4})\]?$/.exec(name)?.[1]
    const shown = number === undefined ? [] : passages.of(Number(number)).map(({ documentId }) => documentId)
    if (shown.length > 0) numbered.push(...shown)
    else if (number === undefined || (await catalog.documentsNamed(name)).length > 0) names.push(name)
    else notes.push(`No result so far has the number ${number}.`)
  }
  const { ids, notes: more } = await findNamed(names, {
    kind: 'document',
    find: (name) => catalog.documentsNamed(name),
    list: () => catalog.listDocumentNames(listedNames + 1),
  })
  return { ids: [...new Set([...numbered, ...ids])], notes: [...notes, ...more] }
}

function findSources(named: readonly string[], catalog: DocumentCatalog): Promise<Found<SourceId>> {
  return findNamed(named, {
    kind: 'source',
    find: (name) => catalog.sourcesNamed(name),
    list: () => catalog.listSourceNames(listedNames + 1),
  })
}

interface Kind<K> {
  readonly kind: 'document' | 'source'
  readonly find: (name: string) => Promise<readonly K[]>
  readonly list: () => Promise<readonly string[]>
}

async function findNamed<K>(named: readonly string[], { kind, find, list }: Kind<K>): Promise<Found<K>> {
  const ids = new Set<K>()
  const notes: string[] = []
  const unknown: string[] = []
  for (const name of named) {
    const found = await find(clean(name))
    if (found.length === 0) unknown.push(`“${name}”`)
    else if (found.length > mostNamed) notes.push(`Too many ${kind}s have “${name}” in their names: say more of it.`)
    else for (const id of found) ids.add(id)
  }
  if (unknown.length > 0) {
    const known = joinNames(await list())
    notes.push(`No ${kind} of this project has ${unknown.join(' or ')} in its name. ${known}`)
  }
  return { ids: [...ids], notes }
}

/** What there is within a filter that let nothing through, as far as that helps. */
export async function explainNothing(askedBy: readonly Field[], catalog: DocumentCatalog): Promise<string> {
  if (askedBy.length === 0) return 'No document found: no passage holds any of these words.'
  const nothing = `No passage holds any of these words within what you asked for by ${askedBy.map((field) => `\`${field}\``).join(', ')}.`
  if (!askedBy.includes('media_types')) return nothing
  return `${nothing} The project has documents of these types: ${(await catalog.listMediaTypes(listedNames)).join(', ')}.`
}

function joinNames(names: readonly string[]): string {
  if (names.length === 0) return 'There is none yet.'
  return `There are: ${names.slice(0, listedNames).join(', ')}${names.length > listedNames ? ' and more' : ''}.`
}

/** Neither engine takes these as they are. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll('\0', '')
}

function toTime(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(text).toISOString()
}
