import type { Database } from '../../database/database.ts'
import type { ProjectId, SourceId } from '../../ids.ts'
import type { Logger } from '../../logger.ts'
import { readTextSlice } from '../../retrieval/document-text-store.ts'
import { listTables } from '../../tables/table-store.ts'
import type { Source } from '../source.ts'
import { findSource } from '../source-store.ts'
import { findSourceType } from '../source-types.ts'
import type { describeInProse, Prose, ProseRequest } from './describe-in-prose.ts'
import { listStandingOut, TopicCounts } from './find-topics.ts'
import { stepsOf, type Training, type TrainingReport } from './training.ts'
import { countDocuments, sampleDocuments } from './training-report-store.ts'

export interface OverviewDependencies {
  readonly db: Database
  readonly logger: Logger
  readonly describe: (
    request: Pick<ProseRequest, 'facts' | 'language' | 'signal'>,
  ) => ReturnType<typeof describeInProse>
}

const maxSources = 50
const documentsPerSource = 20
const sampledCharacters = 8_000
const maxTopics = 20
const maxColumns = 30
const maxTables = 50

/**
 * What a project holds, as Markdown: its sources, the terms that stand out in them, its tables and their columns. From a
 * sample of the text, so that it takes seconds whatever the size. With a model, its words on these facts come first.
 */
export async function writeOverview(
  { db, describe, logger }: OverviewDependencies,
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
    await countTopics(db, { projectId, sourceId }, topics, signal)
  }
  tables.push(...(await describeTables(db, projectId, new Set(named))))
  if (named.length > maxSources) lines.push(`- and ${named.length - maxSources} more`)
  const found = listStandingOut(topics, maxTopics)
  const facts = [
    describeAmount(report),
    ...section('What is here', lines),
    ...section('Main topics', found.length === 0 ? [] : [found.join(', ')]),
    ...section('Tables', tables),
    ...section('Not read', describeSkipped(report)),
    '',
  ].join('\n')
  const prose = report.documents === 0 ? undefined : await describe({ facts, language: mainLanguage(report), signal })
  if (prose !== undefined && 'failure' in prose) {
    logger.warn({ training: training.id, reason: prose.failure }, 'the model could not describe the project')
  }
  const opening = prose === undefined || 'failure' in prose ? [] : showProse(prose)
  return ['# Overview', '', ...opening, facts].join('\n')
}

/** Said to be a model's, so that nobody takes it for one of the facts below. */
function showProse({ model, paragraphs }: Prose): string[] {
  const shown = paragraphs.flatMap((paragraph) => [plain(paragraph), ''])
  return [...shown, `*Written by ${plain(model)} from the facts below.*`, '']
}

function mainLanguage({ languages }: TrainingReport): string {
  return languages.toSorted((a, b) => b.documents - a.documents)[0]?.language ?? 'en'
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

async function describeTables(db: Database, projectId: ProjectId, named: ReadonlySet<SourceId>): Promise<string[]> {
  const tables = (await listTables(db.query, projectId)).filter(({ sourceId }) => named.has(sourceId))
  const lines = tables.slice(0, maxTables).map(({ fileName, sheet, rowCount, columns }) => {
    const shown = columns.slice(0, maxColumns).map(({ label }) => plain(label))
    const more = columns.length > maxColumns ? [`and ${columns.length - maxColumns} more`] : []
    const name = sheet === null ? fileName : `${fileName}, ${sheet}`
    return `- **${plain(name)}**, ${count(rowCount, 'row')}: ${[...shown, ...more].join(', ')}`
  })
  return tables.length > maxTables ? [...lines, `- and ${tables.length - maxTables} more`] : lines
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
    topics.add((await readTextSlice(db.query, { projectId, documentId: id }, range)) ?? '', language)
    // Other requests get their turn between documents.
    await new Promise(setImmediate)
  }
}
