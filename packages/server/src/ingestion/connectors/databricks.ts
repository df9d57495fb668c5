import type { Configuration } from '../source.ts'
import { fetchAnswers, fetchFiles, type WayOut } from './call-limits.ts'
import {
  type Connector,
  ConnectorFailure,
  type FetchedFile,
  type FetchOptions,
  FileSkipped,
  type Listed,
  type ListingEnd,
} from './connector.ts'
import { csvLine } from './csv-line.ts'
import { type DatabricksClient, runStatement, StatementFailure, type StatementResult } from './databricks-client.ts'
import { type Row, readRows } from './databricks-rows.ts'
import { optionalText, requiredText, requiredToken, serviceUrl } from './read-configuration.ts'
import { saveBody } from './save-body.ts'

const maxTables = 10_000
/** A warehouse that sleeps takes minutes to start. */
const statementTimeoutMs = 600_000
const checkTimeoutMs = 60_000

interface Place {
  readonly catalog: string | undefined
  readonly schema: string | undefined
}

export async function openDatabricks(configuration: Configuration, { egress }: { egress: WayOut }): Promise<Connector> {
  const url = serviceUrl(requiredText(configuration, 'host'), 'host')
  const client = {
    url,
    host: url.host,
    warehouseId: readWarehouseId(requiredText(configuration, 'http_path')),
    token: requiredToken(configuration, 'access_token'),
    fetchAnswer: fetchAnswers(egress),
    fetchFile: fetchFiles(egress),
  }
  const place = { catalog: optionalText(configuration, 'catalog'), schema: optionalText(configuration, 'schema') }
  return {
    check: (signal) => check(client, place, signal),
    list: ({ signal }) => list(client, place, signal),
    fetch: (file, options) => fetchTable(client, file.key, options),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function readWarehouseId(path: string): string {
  const id = /^\/?sql\/1\.0\/(?:warehouses|endpoints)\/([\w-]+)\/?$/.exec(path)?.[1]
  if (id === undefined) {
    throw new ConnectorFailure(
      'The field http_path is not that of a SQL warehouse: it looks like /sql/1.0/warehouses/0123456789abcdef.',
    )
  }
  return id
}

function describePlace({ catalog, schema }: Place): string {
  if (catalog === undefined) return schema === undefined ? 'any catalog' : `any schema ${schema}`
  return schema === undefined ? `catalog ${catalog}` : `${catalog}.${schema}`
}

async function check(client: DatabricksClient, place: Place, signal: AbortSignal): Promise<string> {
  const [row] = await query(client, { ...tablesQuery('count(*)', place), timeoutMs: checkTimeoutMs }, signal)
  const tables = Number(row?.[0] ?? 0)
  if (tables === 0)
    throw new ConnectorFailure(`There is no table in ${describePlace(place)} that the access token may see.`)
  return `${tables === 1 ? '1 table' : `${tables} tables`} in ${describePlace(place)}.`
}

function tablesQuery(columns: string, { catalog, schema }: Place) {
  const from = `${quoteName(catalog ?? 'system')}.information_schema.tables`
  const conditions = [
    "table_schema <> 'information_schema'",
    ...(catalog === undefined ? ["table_catalog NOT IN ('system', 'samples', '__databricks_internal')"] : []),
    ...(schema === undefined ? [] : ['table_schema = :schema']),
  ]
  return {
    sql: `SELECT ${columns} FROM ${from} WHERE ${conditions.join(' AND ')}`,
    parameters: schema === undefined ? {} : { schema },
  }
}

async function query(
  client: DatabricksClient,
  statement: { sql: string; parameters?: Record<string, string>; timeoutMs?: number },
  signal: AbortSignal,
): Promise<Row[]> {
  const options = {
    timeoutMs: statementTimeoutMs,
    ...statement,
    disposition: 'INLINE',
    rowLimit: maxTables + 1,
  } as const
  const result = await runStatement(client, options, signal)
  const rows: Row[] = []
  for await (const batch of readRows(client, result, signal)) rows.push(...batch)
  return rows
}

/** Always all: the information schema says when a table's definition changed, not when its rows did. */
async function* list(client: DatabricksClient, place: Place, signal: AbortSignal): AsyncGenerator<Listed, ListingEnd> {
  const rows = await query(client, tablesQuery('table_catalog, table_schema, table_name', place), signal)
  if (rows.length > maxTables) {
    throw new ConnectorFailure(`There are more than ${maxTables} tables in ${describePlace(place)}. Name a schema.`)
  }
  for (const names of rows) {
    const [catalog = '', schema = '', table = ''] = names.map((name) => name ?? '')
    const parts = [catalog, schema, table]
    const url = new URL(`/explore/data/${parts.map(encodeURIComponent).join('/')}`, client.url).href
    const file = { name: `${table}.csv`, url, version: null, size: null, mediaType: 'text/csv' }
    yield { type: 'file', file: { key: parts.map(keyPart).join('.'), ...file } }
  }
  return { isFull: true, cursor: null }
}

async function fetchTable(
  client: DatabricksClient,
  key: string,
  { path, maxBytes, known, signal }: FetchOptions,
): Promise<FetchedFile | 'unchanged'> {
  const name = splitKey(key).map(quoteName).join('.')
  const version = await findVersion(client, name, signal)
  if (version !== null && version === known) return 'unchanged'
  const result = await selectAll(client, { name, maxBytes, signal })
  if (result.isTruncated) throw largerThan(maxBytes)
  const lines = async function* () {
    yield csvLine(result.columns)
    for await (const rows of readRows(client, result, signal)) yield rows.map(csvLine).join('')
  }
  const size = await saveBody(lines(), { path, maxBytes, signal })
  return { size, version, mediaType: 'text/csv' }
}

async function selectAll(
  client: DatabricksClient,
  { name, maxBytes, signal }: { name: string; maxBytes: number; signal: AbortSignal },
): Promise<StatementResult> {
  const sql = `SELECT * FROM ${name}`
  const statement = { sql, disposition: 'EXTERNAL_LINKS', byteLimit: maxBytes, timeoutMs: statementTimeoutMs } as const
  try {
    return await runStatement(client, statement, signal)
  } catch (error) {
    const isGone = error instanceof StatementFailure && error.message.includes('TABLE_OR_VIEW_NOT_FOUND')
    throw isGone ? new FileSkipped('It was dropped meanwhile.', { cause: error }) : error
  }
}

/** Part of a table would answer questions about the whole of it wrongly. */
function largerThan(maxBytes: number): FileSkipped {
  return new FileSkipped(`The table has more than ${Math.floor(maxBytes / 1_000_000)} MB, the most this server takes.`)
}

/** When a table's data last changed. Null for views and for tables that are not in Delta's format: they are read each time. */
async function findVersion(client: DatabricksClient, name: string, signal: AbortSignal): Promise<string | null> {
  try {
    const statement = { sql: `DESCRIBE DETAIL ${name}`, disposition: 'INLINE', timeoutMs: statementTimeoutMs } as const
    const { columns, first } = await runStatement(client, statement, signal)
    const cell = (column: string) => first.data_array?.[0]?.[columns.indexOf(column)] ?? null
    return cell('format') === 'delta' ? cell('lastModified') : null
  } catch (error) {
    if (error instanceof StatementFailure && !error.isPassing) return null
    throw error
  }
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** Plain names as they are, so that keys read well; all others quoted, so that they can be taken apart again. */
function keyPart(name: string): string {
  return /^\w+$/.test(name) ? name : quoteName(name)
}

function splitKey(key: string): string[] {
  return (key.match(/`(?:[^`]|``)*`|[^.`]+/g) ?? []).map((part) =>
    part.startsWith('`') ? part.slice(1, -1).replaceAll('``', '`') : part,
  )
}
