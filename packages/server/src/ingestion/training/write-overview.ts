import type { Database } from '../../database/database.ts'
import type { ProjectId, SourceId } from '../../ids.ts'
import { readDocumentSlice } from '../document-text-store.ts'
import type { Source } from '../source.ts'
import { findSource } from '../source-store.ts'
import { findSourceType } from '../source-types.ts'
import { listStandingOut, TopicCounts } from './find-topics.ts'
import { stepsOf, type Training, type TrainingReport } from './training.ts'
import { countDocuments, sampleDocuments } from './training-report-store.ts'

const maxSources = 50
const documentsPerSource = 20
const sampledCharacters = 8_000
const maxTopics = 20
const maxColumns = 30

/**
 * What a project holds, as Markdown: its sources, the terms that stand out in them, its tables and their columns. From a
 * sample of the text, so that it takes seconds whatever the size.
 */
export async function writeOverview(
  db: Database,
  training: Training,
  report: TrainingReport,
  signal: AbortSignal,
): Promise<string> {
  const { project_id: projectId } = training
  const topics = new TopicCounts()
  const [lines, tables]: [string[], string[]] = [[], []]
  const named = stepsOf(training)
  for (const sourceId of named.slice(0, maxSources)) {
    signal.throwIfAborted()
    const source = await findSource(db.query, { projectId, sourceId })
    if (source === undefined) continue
    lines.push(await describeSource(db, source))
    tables.push(...describeTable(source))
    await countTopics(db, { projectId, sourceId }, topics, signal)
  }
  if (named.length > maxSources) lines.push(`- and ${named.length - maxSources} more`)
  const found = listStandingOut(topics, maxTopics)
  return [
    '# Overview',
    '',
    describeAmount(report),
    ...section('What is here', lines),
    ...section('Main topics', found.length === 0 ? [] : [found.join(', ')]),
    ...section('Tables', tables),
    ...section('Not read', describeSkipped(report)),
    '',
  ].join('\n')
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines]
}

function describeAmount({ documents, passages, languages }: TrainingReport): string {
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' })
  const spoken = languages.slice(0, 5).map(({ language }) => nameOf(names, language))
  const inLanguages = spoken.length === 0 ? '' : `, in ${new Intl.ListFormat('en').format(spoken)}`
  return `${count(documents, 'document')} with ${count(passages, 'passage')}${inLanguages}.`
}

function nameOf(names: Intl.DisplayNames, language: string): string {
  try {
    return names.of(language) ?? language
  } catch {
    // Not a language tag: text of which nothing could be told.
    return language
  }
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
}

async function describeSource(db: Database, source: Source): Promise<string> {
  const documents = await countDocuments(db.query, source.project_id, source.id)
  const type = findSourceType(source.type)?.name ?? source.type
  return `- **${plain(source.name)}** (${type}): ${count(documents, 'document')}`
}

function describeTable({ name, configuration }: Source): string[] {
  const { columns, row_count: rows } = configuration
  if (!Array.isArray(columns) || columns.length === 0) return []
  const shown = columns.slice(0, maxColumns).map((column) => plain(String(column)))
  const more = columns.length > maxColumns ? [`and ${columns.length - maxColumns} more`] : []
  const size = typeof rows === 'number' ? `, ${count(rows, 'row')}` : ''
  return [`- **${plain(name)}**${size}: ${[...shown, ...more].join(', ')}`]
}

function describeSkipped({ skipped, skipped_count }: TrainingReport): string[] {
  const shown = skipped.slice(0, 10).map(({ name, reason }) => `- ${plain(name)}: ${plain(reason)}`)
  return skipped_count > shown.length ? [...shown, `- and ${skipped_count - shown.length} more`] : shown
}

/** A name is shown as it is, on one line, and makes no Markdown of its own. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#|]/g, '\\$&')
}

async function countTopics(
  db: Database,
  { projectId, sourceId }: { readonly projectId: ProjectId; readonly sourceId: SourceId },
  topics: TopicCounts,
  signal: AbortSignal,
): Promise<void> {
  for (const { id, language } of await sampleDocuments(db.query, projectId, sourceId, documentsPerSource)) {
    signal.throwIfAborted()
    const range = { start: 0, end: sampledCharacters }
    topics.add((await readDocumentSlice(db.query, projectId, id, range)) ?? '', language)
    // Other requests get their turn between documents.
    await new Promise(setImmediate)
  }
}
