import type { ServerResponse } from 'node:http'
import type { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import { parseId } from '../../ids.ts'
import { requireProject } from '../../projects/project-store.ts'
import { type DataTable, QueryRefused, type QueryResult, type TableId, tableNotFound } from '../../tables/data-table.ts'
import { dataVersionOf } from '../../tables/data-version.ts'
import { findTable, listTablePage } from '../../tables/table-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { projectIdOf } from './path-ids.ts'
import { presentPage } from './present.ts'
import { pageQuery, problem, projectParams, refusals } from './schemas.ts'
import { queryResult, rowPage, rowRange, table, tableList, tableParams, tableQuery } from './table-schemas.ts'

const tags = ['tables']

export function registerTableRoutes(server: Server, { db, tables }: Pick<Services, 'db' | 'tables'>): void {
  server.get(
    '/projects/:project_id/tables',
    {
      schema: {
        tags,
        summary: 'List Tables',
        description: 'What the CSV, Excel and Parquet files of the project hold, as tables to ask with SQL.',
        params: projectParams,
        querystring: pageQuery,
        response: { 200: tableList, ...refusals },
      },
    },
    async (request, reply) => {
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const page = await listTablePage(db.query, projectId, request.query)
      const present = (one: DataTable) => ({ ...presentTable(one), columns: one.columns.map(presentColumn) })
      return { tables: presentPage(reply, page, present) }
    },
  )
  server.get(
    '/projects/:project_id/tables/:table_id',
    { schema: { tags, summary: 'Get Table', params: tableParams, response: { 200: table, ...refusals } } },
    async (request) => {
      const found = await requireTable({ db }, request)
      const columns = found.columns.map((column) => ({ ...presentColumn(column), statistics: column.statistics }))
      return { ...presentTable(found), columns, sample: found.sample }
    },
  )
  server.get(
    '/projects/:project_id/tables/:table_id/rows',
    {
      schema: {
        tags,
        summary: 'List Table Rows',
        description: 'In the order of the file.',
        params: tableParams,
        querystring: rowRange,
        response: { 200: rowPage, 400: problem, ...refusals },
      },
    },
    async (request, reply) => {
      const found = await requireTable({ db }, request)
      return presentResult(await tables.readRows(found, { ...request.query, signal: whileConnected(reply) }))
    },
  )
  server.post(
    '/projects/:project_id/tables/query',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Query Tables',
        description:
          "One statement of DuckDB's SQL that reads: SELECT, WITH, VALUES, DESCRIBE or SUMMARIZE. It sees the project's " +
          'tables and nothing else, and is stopped when it takes too long or too much memory.',
        params: projectParams,
        body: tableQuery,
        response: { 200: queryResult, 400: problem, ...refusals },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'read')
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const { sql, limit, data_version } = request.body
      const answer = await tables.query({ projectId, sql, maxRows: limit, signal: whileConnected(reply) })
      const version = dataVersionOf(answer.tables)
      return {
        ...presentResult(answer),
        row_count: answer.rows.length,
        tables: answer.tables.map((one) => ({
          id: one.id,
          name: one.name,
          data_source_id: one.sourceId,
          data_version: one.contentHash,
        })),
        data_version: version,
        changed: data_version == null ? null : data_version !== version,
      }
    },
  )
}

/** Nobody waits for a query whose client has gone. */
function whileConnected({ raw }: { readonly raw: ServerResponse }): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => controller.abort(new QueryRefused('The client went away.')))
  return controller.signal
}

async function requireTable(
  { db }: Pick<Services, 'db'>,
  { principal, params }: { principal: Principal; params: z.infer<typeof tableParams> },
): Promise<DataTable> {
  const projectId = projectIdOf(params)
  await requireProject(db.query, principal, projectId, 'viewer')
  const tableId = parseId<TableId>(params.table_id)
  const found = tableId === undefined ? undefined : await findTable(db.query, { projectId, tableId })
  if (found === undefined) throw tableNotFound(projectId, params.table_id)
  return found
}

function presentTable(found: DataTable) {
  return {
    id: found.id,
    data_source_id: found.sourceId,
    document_id: found.documentId,
    name: found.name,
    file_name: found.fileName,
    sheet: found.sheet,
    row_count: found.rowCount,
    data_version: found.contentHash,
    created_at: found.createdAt,
  }
}

function presentColumn({ name, label, type, unit }: DataTable['columns'][number]) {
  return { name, label, type, unit }
}

function presentResult({ columns, rows, isTruncated }: QueryResult) {
  return { columns, rows, truncated: isTruncated }
}
