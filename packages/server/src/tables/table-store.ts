import type { NotNull } from 'kysely'
import { now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import type { DocumentId, FileId, ProjectId } from '../ids.ts'
import type { DataTable, TableDataId, TableRef } from './data-table.ts'

const columns = [
  'id',
  'project_id as projectId',
  'source_id as sourceId',
  'document_id as documentId',
  'data_id as dataId',
  'name',
  'file_name as fileName',
  'sheet',
  'row_count as rowCount',
  'size',
  'content_hash as contentHash',
  'columns',
  'sample',
  'created_at as createdAt',
] as const

type Row = Omit<DataTable, 'columns' | 'sample'> & { readonly columns: string; readonly sample: string }

function toTable(row: Row): DataTable {
  // Written by insertTable.
  return { ...row, columns: JSON.parse(row.columns), sample: JSON.parse(row.sample) }
}

function selectTables(db: Queryable, projectId: ProjectId) {
  return (
    db
      .selectFrom('data_tables')
      .select(columns)
      .select((table) =>
        table
          .selectFrom('documents')
          .select('documents.file_id')
          .whereRef('documents.project_id', '=', 'data_tables.project_id')
          .whereRef('documents.id', '=', 'data_tables.document_id')
          .$castTo<{ file_id: FileId }>()
          .as('fileId'),
      )
      .where('project_id', '=', projectId)
      // A table goes with its document.
      .$narrowType<{ fileId: NotNull }>()
  )
}

/** All tables of a project by name. */
export async function listTables(db: Queryable, projectId: ProjectId): Promise<DataTable[]> {
  return (await selectTables(db, projectId).orderBy('name').execute()).map(toTable)
}

/** Some of them, by name. */
export async function listTablePage(db: Queryable, projectId: ProjectId, page: PageRequest): Promise<Page<DataTable>> {
  let select = selectTables(db, projectId)
  if (page.cursor !== undefined) select = select.where(isPast(['name'], decodeCursor(page.cursor, ['name'])))
  const rows = await select
    .orderBy('name')
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows.map(toTable), page, (table) => [table.name])
}

export async function findTable(db: Queryable, { projectId, tableId }: TableRef): Promise<DataTable | undefined> {
  const row = await selectTables(db, projectId).where('id', '=', tableId).executeTakeFirst()
  return row === undefined ? undefined : toTable(row)
}

export async function listTablesOf(db: Queryable, projectId: ProjectId, documentId: DocumentId): Promise<DataTable[]> {
  return (await selectTables(db, projectId).where('document_id', '=', documentId).orderBy('name').execute()).map(
    toTable,
  )
}

/** With their bytes, where these are rows. */
export async function deleteTablesOf(tx: Tx, projectId: ProjectId, documentId: DocumentId): Promise<void> {
  await tx.deleteFrom('data_tables').where('project_id', '=', projectId).where('document_id', '=', documentId).execute()
}

/** False when the name is taken. */
export async function insertTable(tx: Tx, table: Omit<DataTable, 'fileId' | 'createdAt'>): Promise<boolean> {
  const row = await tx
    .insertInto('data_tables')
    .values({
      project_id: table.projectId,
      id: table.id,
      source_id: table.sourceId,
      document_id: table.documentId,
      data_id: table.dataId,
      name: table.name,
      file_name: table.fileName,
      sheet: table.sheet,
      row_count: table.rowCount,
      size: table.size,
      content_hash: table.contentHash,
      columns: JSON.stringify(table.columns),
      sample: JSON.stringify(table.sample),
      created_at: now(),
    })
    .onConflict((conflict) => conflict.columns(['project_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function listTableDataIds(db: Queryable, projectId: ProjectId): Promise<TableDataId[]> {
  const rows = await db.selectFrom('data_tables').select('data_id').where('project_id', '=', projectId).execute()
  return rows.map((row) => row.data_id)
}

export async function insertTableChunk(
  tx: Tx,
  { projectId, id }: Pick<DataTable, 'projectId' | 'id'>,
  number: number,
  bytes: Uint8Array,
): Promise<void> {
  await tx.insertInto('table_chunks').values({ project_id: projectId, table_id: id, number, bytes }).execute()
}

/** `undefined` past the end, and when that version of the table has been replaced. */
export async function readTableChunk(
  db: Queryable,
  { projectId, id, dataId }: Pick<DataTable, 'projectId' | 'id' | 'dataId'>,
  number: number,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('table_chunks as c')
    .innerJoin('data_tables as t', (join) =>
      join.onRef('t.project_id', '=', 'c.project_id').onRef('t.id', '=', 'c.table_id'),
    )
    .select('c.bytes')
    .where('c.project_id', '=', projectId)
    .where('c.table_id', '=', id)
    .where('c.number', '=', number)
    .where('t.data_id', '=', dataId)
    .executeTakeFirst()
  return row?.bytes
}
