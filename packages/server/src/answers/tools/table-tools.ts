import { charactersPerToken } from '../../models/approximate-tokens.ts'
import type { KnownTable, TableAccess, TableResult } from '../table-access.ts'
import { type AnswerTool, noInput, type ToolOutcome } from './answer-tool.ts'
import type { NumberedPassages } from './numbered-passages.ts'

const maxRows = 50
/** More tables than this are named only. */
const describedTables = 20
const maxCellCharacters = 200

interface TableInput {
  readonly tables: TableAccess
  readonly passages: NumberedPassages
  /** What one result may bring. */
  readonly maxTokens: number
}

/** Lets the model see which tables there are, and ask them with SQL; nothing when the project has none. */
export async function tableTools({ tables, passages, maxTokens }: TableInput): Promise<readonly AnswerTool[]> {
  const known = await tables.list()
  if (known.length === 0) return []
  return [listTablesTool(known, maxTokens), queryTableTool({ tables, passages, maxTokens })]
}

function listTablesTool(known: readonly KnownTable[], maxTokens: number): AnswerTool {
  return {
    definition: {
      name: 'list_tables',
      description:
        "Returns the project's tables with their columns, types and some values. Call it before query_table unless you know the columns.",
      inputSchema: noInput,
    },
    isOnce: () => true,
    call: async () => ({
      content: describeTables(known).slice(0, maxTokens * charactersPerToken),
      output: { tables: known.map(({ name, rowCount }) => ({ name, row_count: rowCount })) },
    }),
  }
}

function describeTables(known: readonly KnownTable[]): string {
  return known
    .map(({ name, fileName, sheet, rowCount, columns }, index) => {
      const place = sheet === null ? fileName : `${fileName}, sheet ${sheet}`
      const heading = `${name} (${rowCount} rows, from ${place})`
      return index < describedTables ? `${heading}\n${columns.map(describeColumn).join('\n')}` : heading
    })
    .join('\n\n')
}

function describeColumn({ name, label, type, unit, examples }: KnownTable['columns'][number]): string {
  const called = label === name ? '' : ` “${label}”`
  const measured = unit === null ? '' : ` in ${unit}`
  return `- ${name}${called} ${type}${measured}${examples.length === 0 ? '' : `: ${examples.join(', ')}`}`
}

function queryTableTool({ tables, passages, maxTokens }: TableInput): AnswerTool {
  return {
    definition: {
      name: 'query_table',
      description: `Runs one SELECT statement (DuckDB SQL) over the project's tables and returns up to ${maxRows} rows, numbered for citing. For counts, sums, averages, extremes, filters and lists: always computed, never estimated. Aggregate in SQL rather than asking for many rows.`,
      inputSchema: {
        type: 'object',
        properties: {
          sql: {
            type: 'string',
            description: 'One SELECT statement; table and column names as list_tables gives them.',
          },
        },
        required: ['sql'],
      },
    },
    isOnce: () => false,
    call: async ({ sql }): Promise<ToolOutcome> => {
      if (typeof sql !== 'string' || sql.trim() === '') return refuse('There is no statement in `sql`.')
      const result = await tables.query(sql, maxRows)
      if ('refusal' in result) return refuse(result.refusal)
      const number = passages.addTable(result)
      const content = describeResult(number, result, maxTokens * charactersPerToken)
      const { columns, row_count, truncated } = result
      return { content, output: { number, sql, columns: columns.map(({ name }) => name), row_count, truncated } }
    },
  }
}

function refuse(reason: string): ToolOutcome {
  return { content: `The statement was not run: ${reason}`, output: { refused: reason } }
}

/** As the model reads it: the number, then rows with bars between the cells, as many as fit. */
function describeResult(number: number, { columns, rows, truncated }: TableResult, maxCharacters: number): string {
  const lines = [`[${number}] ${rows.length} rows`, columns.map(({ name }) => name).join(' | ')]
  let characters = lines.join('\n').length
  for (const [index, row] of rows.entries()) {
    const line = row
      .map((cell) =>
        String(cell ?? '')
          .replace(/\s+/g, ' ')
          .slice(0, maxCellCharacters),
      )
      .join(' | ')
    characters += line.length + 1
    if (characters > maxCharacters) {
      lines.push(`(${rows.length - index} more rows are not shown: aggregate or select fewer columns)`)
      return lines.join('\n')
    }
    lines.push(line)
  }
  if (truncated) lines.push('(there are more rows: aggregate, or set a condition)')
  return lines.join('\n')
}
