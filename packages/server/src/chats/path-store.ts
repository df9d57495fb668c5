import { type RawBuilder, sql } from 'kysely'
import type { Queryable, Tx } from '../database/database.ts'
import type { MessageId } from '../ids.ts'
import type { ChatRef } from './chat.ts'

/** Read at once on the way to an end of a path: a millisecond or two. */
const stepSize = 500

/** The path goes on with the newest child of a message again. */
export async function followNewest(tx: Tx, { projectId, chatId }: ChatRef, parentId: MessageId): Promise<void> {
  await tx
    .updateTable('messages')
    .set({ next_id: null })
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('id', '=', parentId)
    .where('next_id', 'is not', null)
    .execute()
}

/**
 * A message and those above it, nearest first: one look-up of the primary key each. By a subquery, since PostgreSQL would
 * read the whole chat for a join.
 */
export async function readUpwards(db: Queryable, ref: ChatRef, from: MessageId, limit: number): Promise<MessageId[]> {
  const { rows } = await sql<{ id: MessageId }>`
    with recursive path (id, parent_id, step) as (
      select id, parent_id, 1 from messages where ${isInChat(ref)} and id = ${from}
      union all
      select p.parent_id, (select m.parent_id from messages m where ${isInChat(ref, 'm')} and ${isMessage('p.parent_id')}),
        p.step + 1
      from path p where p.parent_id is not null and p.step < ${limit})
    select id from path order by step`.execute(db)
  return rows.map(({ id }) => id)
}

/** What follows a message on the path through it, nearest first: of children, the one last walked to or the newest. */
export async function readDownwards(db: Queryable, ref: ChatRef, from: MessageId, limit: number): Promise<MessageId[]> {
  const { rows } = await sql<{ id: MessageId }>`
    with recursive path (id, step) as (
      select id, 0 from messages where ${isInChat(ref)} and id = ${from}
      union all
      select (
        select c.id from messages c where c.project_id = ${ref.projectId} and c.parent_id = p.id
        order by case when c.id = (select m.next_id from messages m where ${isInChat(ref, 'm')} and ${isMessage('p.id')})
          then 0 else 1 end, c.position desc limit 1), p.step + 1
      from path p where p.id is not null and p.step < ${limit})
    select id from path where step > 0 and id is not null order by step`.execute(db)
  return rows.map(({ id }) => id)
}

/** Where the path through a message ends. */
export async function findLeafBelow(db: Queryable, ref: ChatRef, from: MessageId): Promise<MessageId> {
  let leaf = from
  for (;;) {
    const below = await readDownwards(db, ref, leaf, stepSize)
    leaf = below.at(-1) ?? leaf
    if (below.length < stepSize) return leaf
  }
}

/** Makes the path from the beginning lead to a message, wherever it branches off. */
export async function leadTo(tx: Queryable, ref: ChatRef, target: MessageId): Promise<void> {
  let from: MessageId | null = target
  while (from !== null) {
    const path: MessageId[] = await readUpwards(tx, ref, from, stepSize + 1)
    const forks = await findForks(tx, ref, path.slice(1))
    for (const [index, id] of path.slice(1).entries()) {
      if (!forks.has(id)) continue
      await tx
        .updateTable('messages')
        .set({ next_id: path[index] ?? null })
        .where('project_id', '=', ref.projectId)
        .where('chat_id', '=', ref.chatId)
        .where('id', '=', id)
        .execute()
    }
    from = path.length > stepSize ? (path.at(-1) ?? null) : null
  }
}

async function findForks(db: Queryable, ref: ChatRef, ids: readonly MessageId[]): Promise<ReadonlySet<MessageId>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('messages')
    .select('parent_id')
    .where('project_id', '=', ref.projectId)
    .where('parent_id', 'in', ids)
    .groupBy('parent_id')
    .having((eb) => eb.fn.countAll(), '>', 1)
    .execute()
  return new Set(rows.flatMap(({ parent_id }) => parent_id ?? []))
}

/** Each message's children of the same parent, in the order they were made, by the parent; null for beginnings. */
export async function readSiblings(
  db: Queryable,
  ref: ChatRef,
  parents: readonly (MessageId | null)[],
): Promise<ReadonlyMap<MessageId | null, readonly MessageId[]>> {
  const siblings = new Map<MessageId | null, MessageId[]>()
  const named = parents.filter((id) => id !== null)
  const inProject = db
    .selectFrom('messages')
    .select(['id', 'parent_id'])
    .where('project_id', '=', ref.projectId)
    .orderBy('position')
  const rows = named.length === 0 ? [] : await inProject.where('parent_id', 'in', named).execute()
  if (parents.includes(null)) {
    rows.push(...(await inProject.where('chat_id', '=', ref.chatId).where('parent_id', 'is', null).execute()))
  }
  for (const { id, parent_id } of rows) siblings.set(parent_id, [...(siblings.get(parent_id) ?? []), id])
  return siblings
}

/**
 * One message, in an order that only the primary key serves: without statistics, as after an import or a restore,
 * PostgreSQL takes the index of positions for as good, and reads the whole chat at each step.
 */
function isMessage(id: string): RawBuilder<unknown> {
  return sql`m.id >= ${sql.ref(id)} and m.id <= ${sql.ref(id)} order by m.id limit 1`
}

function isInChat({ projectId, chatId }: ChatRef, table = 'messages'): RawBuilder<unknown> {
  return sql`${sql.ref(`${table}.project_id`)} = ${projectId} and ${sql.ref(`${table}.chat_id`)} = ${chatId}`
}
