import type { AskedTables, KnownTable, TableAccess, TableResult } from '../answers/table-access.ts'
import type { Database } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import { type DataTable, QueryRefused, type TableColumn } from './data-table.ts'
import { dataVersionOf } from './data-version.ts'
import type { ProjectTables, TableAnswer } from './project-tables.ts'
import { describeAnswer } from './questions/describe-answer.ts'
import { parseTableQuestion } from './questions/parse-question.ts'
import type { TableQuestion } from './questions/table-query.ts'
import { writeSql } from './questions/write-sql.ts'
import { listTables } from './table-store.ts'

interface AccessInput {
  readonly db: Pick<Database, 'query'>
  readonly tables: ProjectTables
  readonly projectId: ProjectId
  readonly signal: AbortSignal
}

const examples = 3
/** Groups of a question that is answered without a model. */
const maxRows = 200

/** A project's tables, as answers use them. */
export function openTableAccess({ db, tables, projectId, signal }: AccessInput): TableAccess {
  const query: TableAccess['query'] = async (sql, limit) => {
    try {
      return toResult(projectId, sql, await tables.query({ projectId, sql, maxRows: limit, signal }))
    } catch (error) {
      if (error instanceof QueryRefused && !signal.aborted) return { refusal: error.message }
      throw error
    }
  }
  return {
    list: async () => (await listTables(db.query, projectId)).map(toKnown),
    query,
    ask: async (question) => {
      const parsed = parseTableQuestion(question, await listTables(db.query, projectId))
      if (parsed.type === 'no') return parsed
      if (parsed.type === 'unsure') return { type: 'unsure', text: describeUnsure(parsed.tables) }
      return await answer(parsed.question, query)
    },
  }
}

async function answer(question: TableQuestion, query: TableAccess['query']): Promise<AskedTables> {
  const result = await query(writeSql(question), maxRows)
  if ('refusal' in result) return { type: 'unsure', text: result.refusal }
  const { columns, rows, truncated } = result
  return { type: 'answer', text: describeAnswer(question, { columns, rows, isTruncated: truncated }), result }
}

function toKnown({ name, fileName, sheet, rowCount, columns }: DataTable): KnownTable {
  return { name, fileName, sheet, rowCount, columns: columns.map(toKnownColumn) }
}

function toKnownColumn({ name, label, type, unit, statistics: { top, min, max } }: TableColumn) {
  const values = type === 'VARCHAR' && top.length > 0 ? top.slice(0, examples).map(({ value }) => value) : [min, max]
  const shown = values
    .filter((value) => value !== null)
    .map((value) => (type === 'VARCHAR' ? `'${value}'` : String(value)))
  const range = type !== 'VARCHAR' && shown.length === 2 ? [`${shown[0]} to ${shown[1]}`] : shown
  return { name, label, type, unit, examples: range }
}

function toResult(projectId: ProjectId, sql: string, { columns, rows, isTruncated, tables }: TableAnswer): TableResult {
  const [first] = tables
  return {
    type: 'table',
    project_id: projectId,
    data_source_id: first?.sourceId ?? null,
    document_id: first?.documentId ?? null,
    file_id: first?.fileId ?? null,
    document_name: first?.fileName ?? '',
    tables: tables.map(({ id, name, sourceId, fileName, sheet, contentHash }) => ({
      id,
      name,
      data_source_id: sourceId,
      file_name: fileName,
      sheet,
      data_version: contentHash,
    })),
    sql,
    columns,
    rows,
    row_count: rows.length,
    truncated: isTruncated,
    data_version: dataVersionOf(tables),
  }
}

function describeUnsure(tables: readonly DataTable[]): string {
  const [first] = tables
  const columns = first?.columns.map(({ label }) => label).join(', ')
  const names = tables
    .map(({ fileName, sheet }) => (sheet === null ? `“${fileName}”` : `“${fileName}”, ${sheet}`))
    .join(', ')
  return (
    `This is a question about ${names}, but it can be meant in more than one way, or holds words that I do not know there. ` +
    'Without a model I compute counts, sums, averages, the lowest and highest value and the top of a list, of columns that ' +
    `are called by their names${tables.length === 1 ? ` (${columns})` : ''}; other questions about tables need a model.`
  )
}
