import { sql, type Updateable } from 'kysely'
import { type Database, now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import { rowLock } from '../database/row-lock.ts'
import type { Schema } from '../database/schema.ts'
import type { ChatId, ProjectId, SourceId, UserId } from '../ids.ts'
import type { Configuration, Source, SourceRef } from './source.ts'

const columns = [
  'project_id',
  'id',
  'type',
  'name',
  'configuration',
  'status',
  'error',
  'file_name',
  'media_type',
  'size',
  'content_hash',
  'items_done',
  'items_total',
  'created_by',
  'created_at',
  'updated_at',
] as const

function selectSources(db: Queryable, projectId: ProjectId) {
  return db.selectFrom('sources').select(columns).where('project_id', '=', projectId)
}

function toSource(row: Omit<Source, 'configuration'> & { configuration: string }): Source {
  // Only JSON objects are ever stored there.
  return { ...row, configuration: JSON.parse(row.configuration) as Configuration }
}

export interface NewSource {
  readonly projectId: ProjectId
  readonly id: SourceId
  readonly type: string
  readonly name: string
  readonly configuration: Configuration
  readonly status: Source['status']
  readonly secretKey?: string | null
  readonly chatId?: ChatId | undefined
  readonly createdBy: UserId
  readonly file?: {
    readonly name: string
    readonly mediaType: string | null
    readonly size: number
    readonly hash: string
  }
}

/** `undefined` when the project has this id or the same bytes already: the unique hash decides, also among concurrent uploads. */
export async function insertSource(db: Queryable, source: NewSource): Promise<Source | undefined> {
  return (await insertSources(db, [source]))[0]
}

/**
 * As `insertSource`, in one statement: returns those that were stored, in no order. By hash, so that two that store the same
 * files wait for each other once and not in a ring.
 */
export async function insertSources(db: Queryable, sources: readonly NewSource[]): Promise<Source[]> {
  const time = now()
  const rows = await db
    .insertInto('sources')
    .values(
      sources.toSorted(byHash).map((source) => ({
        project_id: source.projectId,
        id: source.id,
        type: source.type,
        name: source.name,
        configuration: JSON.stringify(source.configuration),
        secret_key: source.secretKey ?? null,
        chat_id: source.chatId ?? null,
        status: source.status,
        file_name: source.file?.name ?? null,
        media_type: source.file?.mediaType ?? null,
        size: source.file?.size ?? null,
        content_hash: source.file?.hash ?? null,
        items_done: 0,
        items_total: 0,
        created_by: source.createdBy,
        created_at: time,
        updated_at: time,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .execute()
  return rows.map(toSource)
}

function byHash(a: NewSource, b: NewSource): number {
  const [hash, other] = [a.file?.hash ?? '', b.file?.hash ?? '']
  if (hash === other) return 0
  return hash < other ? -1 : 1
}

export async function findSource(db: Queryable, { projectId, sourceId }: SourceRef): Promise<Source | undefined> {
  const row = await selectSources(db, projectId).where('id', '=', sourceId).executeTakeFirst()
  return row === undefined ? undefined : toSource(row)
}

export async function findSourceByHash(db: Queryable, projectId: ProjectId, hash: string): Promise<Source | undefined> {
  const row = await selectSources(db, projectId).where('content_hash', '=', hash).executeTakeFirst()
  return row === undefined ? undefined : toSource(row)
}

/** Holds the row until the transaction ends: indexing and deleting one source happen one after the other. */
export async function lockSource(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  { projectId, sourceId }: SourceRef,
): Promise<Source | undefined> {
  const row = await selectSources(tx, projectId)
    .where('id', '=', sourceId)
    .modifyEnd(rowLock(db.engine).forUpdate)
    .executeTakeFirst()
  return row === undefined ? undefined : toSource(row)
}

interface SourcePage extends PageRequest {
  /** Only those with this in their names, in any case. */
  readonly q?: string | undefined
  readonly sort?: 'oldest' | 'newest' | undefined
}

/** By creation, oldest first unless asked otherwise. */
export async function listSources(db: Queryable, projectId: ProjectId, page: SourcePage): Promise<Page<Source>> {
  const [order, direction] =
    page.sort === 'newest' ? (['descending', 'desc'] as const) : (['ascending', 'asc'] as const)
  let select = selectSources(db, projectId)
  if (page.cursor !== undefined) {
    select = select.where(isPast(['created_at', 'id'], decodeCursor(page.cursor, ['time', 'id']), order))
  }
  if (page.q !== undefined && page.q !== '') {
    const pattern = `%${page.q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
    select = select.where(sql<boolean>`lower(name) like ${pattern} escape '\\'`)
  }
  const rows = await select
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows.map(toSource), page, (source) => [source.created_at, source.id])
}

type SourceChanges = Pick<
  Updateable<Schema['sources']>,
  'name' | 'status' | 'error' | 'media_type' | 'items_done' | 'items_total' | 'secret_key'
> & { readonly configuration?: Configuration }

/** `undefined` when the source is gone. */
export async function updateSource(
  db: Queryable,
  { projectId, sourceId }: SourceRef,
  { configuration, ...changes }: SourceChanges,
): Promise<Source | undefined> {
  const row = await db
    .updateTable('sources')
    .set({ ...changes, updated_at: now() })
    .$if(configuration !== undefined, (update) => update.set({ configuration: JSON.stringify(configuration) }))
    .where('project_id', '=', projectId)
    .where('id', '=', sourceId)
    .returning(columns)
    .executeTakeFirst()
  return row === undefined ? undefined : toSource(row)
}

export async function deleteSourceRow(tx: Tx, { projectId, sourceId }: SourceRef): Promise<void> {
  await tx.deleteFrom('sources').where('project_id', '=', projectId).where('id', '=', sourceId).execute()
}

const resealedPerRead = 100

/** Sources whose secrets another key encrypted, or none, in the order of their ids. */
export async function listSealedOtherwise(
  db: Queryable,
  keyId: string,
  after: SourceRef | undefined,
): Promise<SourceRef[]> {
  let select = db
    .selectFrom('sources')
    .select(['project_id as projectId', 'id as sourceId'])
    .where('secret_key', 'is not', null)
    .where('secret_key', '!=', keyId)
  if (after !== undefined) {
    const { projectId, sourceId } = after
    select = select.where((eb) =>
      eb.or([eb('project_id', '>', projectId), eb.and([eb('project_id', '=', projectId), eb('id', '>', sourceId)])]),
    )
  }
  return await select.orderBy('project_id').orderBy('id').limit(resealedPerRead).execute()
}
