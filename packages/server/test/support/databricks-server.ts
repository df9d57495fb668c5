import { randomUUID } from 'node:crypto'
import {
  type ProtocolReply,
  type ProtocolRequest,
  type ProtocolServer,
  startProtocolServer,
} from './protocol-server.ts'

export interface DatabricksTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** `DESCRIBE DETAIL` of a view fails; of anything but Delta it has no time. */
  readonly format?: 'delta' | 'parquet' | 'view'
  readonly lastModified?: string
}

export interface DatabricksServer extends ProtocolServer {
  /** `catalog`, `schema`, `table`. */
  put(name: readonly [string, string, string], table: DatabricksTable): void
  drop(name: readonly [string, string, string]): void
  /** Statements stay under way for so many questions after them. */
  delayBy(polls: number): void
  readonly cancelled: readonly string[]
  readonly statements: readonly string[]
}

interface Result {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

interface Statement {
  readonly id: string
  readonly result: Result
  readonly isInline: boolean
  readonly byteLimit: number
  polls: number
}

type NamedTable = DatabricksTable & { readonly name: readonly [string, string, string] }

class StatementError extends Error {}

/** The Statement Execution API over a few tables: the statements Quory sends, inline or by links to a storage without a token. */
export async function startDatabricksServer(options: {
  readonly token: string
  readonly warehouseId: string
  readonly rowsPerChunk?: number
}): Promise<DatabricksServer> {
  const warehouse = new Warehouse(options)
  return {
    ...(await startProtocolServer((request, url) => warehouse.answer(request, url))),
    put: (name, table) => void warehouse.tables.set(name.join('\0'), { ...table, name }),
    drop: (name) => void warehouse.tables.delete(name.join('\0')),
    delayBy: (polls) => {
      warehouse.delay = polls
    },
    cancelled: warehouse.cancelled,
    statements: warehouse.sent,
  }
}

class Warehouse {
  readonly tables = new Map<string, NamedTable>()
  readonly cancelled: string[] = []
  readonly sent: string[] = []
  delay = 0
  readonly #statements = new Map<string, Statement>()
  readonly #token: string
  readonly #id: string
  readonly #rowsPerChunk: number

  constructor({ token, warehouseId, rowsPerChunk = 2 }: { token: string; warehouseId: string; rowsPerChunk?: number }) {
    this.#token = token
    this.#id = warehouseId
    this.#rowsPerChunk = rowsPerChunk
  }

  answer(request: ProtocolRequest, url: string): ProtocolReply {
    if (request.path.startsWith('/storage/')) return this.#readStorage(request)
    if (request.headers.authorization !== `Bearer ${this.#token}`) return refuse(403, '403', 'Invalid access token.')
    const [id = '', action, , index] = request.path.replace('/api/2.0/sql/statements', '').split('/').slice(1)
    if (request.method === 'POST' && id === '') return this.#execute(request, url)
    const statement = this.#statements.get(id)
    if (statement === undefined) return refuse(404, 'NOT_FOUND', `Statement ${id} not found`)
    if (action === 'result') return { body: this.#chunk(statement, Number(index), url) }
    if (action !== 'cancel') return { body: this.#state(statement, url) }
    this.cancelled.push(id)
    return { body: {} }
  }

  #execute({ body }: ProtocolRequest, url: string): ProtocolReply {
    const { warehouse_id, statement: sql, parameters = [], disposition, byte_limit } = JSON.parse(body)
    if (warehouse_id !== this.#id) return refuse(404, 'NOT_FOUND', `SQL warehouse ${warehouse_id} was not found.`)
    const id = randomUUID()
    this.sent.push(sql)
    try {
      const named = parameters.map(({ name, value }: { name: string; value: string }) => [name, value])
      const result = runStatement(sql, Object.fromEntries(named), [...this.tables.values()])
      const byteLimit = byte_limit ?? Number.POSITIVE_INFINITY
      const statement = { id, result, isInline: disposition === 'INLINE', byteLimit, polls: this.delay }
      this.#statements.set(id, statement)
      return { body: this.#state(statement, url) }
    } catch (error) {
      if (!(error instanceof StatementError)) throw error
      const status = { state: 'FAILED', error: { error_code: 'BAD_REQUEST', message: error.message } }
      return { body: { statement_id: id, status } }
    }
  }

  #state(statement: Statement, url: string): object {
    const { id, result, byteLimit } = statement
    if (statement.polls-- > 0)
      return { statement_id: id, status: { state: statement.polls > 0 ? 'PENDING' : 'RUNNING' } }
    const columns = result.columns.map((name, position) => ({
      name,
      position,
      type_name: 'STRING',
      type_text: 'STRING',
    }))
    return {
      statement_id: id,
      status: { state: 'SUCCEEDED' },
      manifest: {
        format: 'JSON_ARRAY',
        schema: { column_count: columns.length, columns },
        total_row_count: result.rows.length,
        total_chunk_count: Math.ceil(result.rows.length / this.#rowsPerChunk),
        truncated: JSON.stringify(result.rows).length > byteLimit,
      },
      result: result.rows.length === 0 ? {} : this.#chunk(statement, 0, url),
    }
  }

  #rows({ result }: Statement, index: number) {
    return result.rows.slice(index * this.#rowsPerChunk, (index + 1) * this.#rowsPerChunk)
  }

  #chunk(statement: Statement, index: number, url: string): object {
    const { id, isInline } = statement
    const rows = this.#rows(statement, index)
    const place = { chunk_index: index, row_offset: index * this.#rowsPerChunk, row_count: rows.length }
    const path = `/api/2.0/sql/statements/${id}/result/chunks/${index + 1}`
    const hasMore = this.#rows(statement, index + 1).length > 0
    const next = hasMore ? { next_chunk_index: index + 1, next_chunk_internal_link: path } : {}
    if (isInline) return { ...place, data_array: rows, ...next }
    const link = `${url}/storage/${id}/${index}?signature=secret`
    return { external_links: [{ ...place, external_link: link, expiration: '2030-01-01T00:00:00Z', ...next }] }
  }

  #readStorage({ path, headers }: ProtocolRequest): ProtocolReply {
    // As the clouds' storages do: a signed address and a token together are refused.
    if (headers.authorization !== undefined) return { status: 400, body: '<Error><Code>InvalidRequest</Code></Error>' }
    const [, , id = '', index = '0'] = path.split('/')
    const statement = this.#statements.get(id)
    return statement === undefined ? { status: 404 } : { body: JSON.stringify(this.#rows(statement, Number(index))) }
  }
}

function refuse(status: number, code: string, message: string): ProtocolReply {
  return { status, body: { error_code: code, message } }
}

function runStatement(
  sql: string,
  parameters: Readonly<Record<string, string>>,
  tables: readonly NamedTable[],
): Result {
  const information = /^SELECT (.+) FROM `((?:[^`]|``)+)`\.information_schema\.tables WHERE/.exec(sql)
  if (information !== null) {
    const [, columns = '', catalog] = information
    const found = tables.filter(
      ({ name }) =>
        (catalog === 'system' || name[0] === catalog) &&
        (parameters['schema'] === undefined || name[1] === parameters['schema']),
    )
    if (catalog !== 'system' && !tables.some(({ name }) => name[0] === catalog)) {
      throw new StatementError(`[NO_SUCH_CATALOG_EXCEPTION] Catalog '${catalog}' was not found.`)
    }
    if (columns === 'count(*)') return { columns: ['count(1)'], rows: [[String(found.length)]] }
    return { columns: columns.split(', '), rows: found.map(({ name }) => [...name]) }
  }
  const [, verb, quoted = ''] = /^(SELECT \* FROM|DESCRIBE DETAIL) (.+)$/.exec(sql) ?? []
  const name = (quoted.match(/`(?:[^`]|``)+`/g) ?? []).map((part) => part.slice(1, -1).replaceAll('``', '`'))
  const table = tables.find((each) => each.name.join('\0') === name.join('\0'))
  if (table === undefined)
    throw new StatementError(`[TABLE_OR_VIEW_NOT_FOUND] The table or view ${quoted} cannot be found.`)
  if (verb === 'SELECT * FROM') return table
  if (table.format === 'view') throw new StatementError('[EXPECT_TABLE_NOT_VIEW] A view has no detail.')
  const { format = 'delta', lastModified = null } = table
  return { columns: ['format', 'id', 'lastModified', 'sizeInBytes'], rows: [[format, 'x', lastModified, '100']] }
}
