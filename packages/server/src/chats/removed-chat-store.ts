import { sql } from 'kysely'
import type { AnswerRef } from '../answers/answer.ts'
import { type Database, now, type Queryable, type Tx } from '../database/database.ts'
import { rowLock } from '../database/row-lock.ts'
import type { ChatId, JobId, ProjectId, UserId } from '../ids.ts'
import { requestProjectJob } from '../jobs/project-job-store.ts'
import { isThere } from '../projects/project-store.ts'
import { type ChatRef, nobody } from './chat.ts'

/** What takes the rows of removed chats away. */
export const clearingKind = 'clear-chats'
/** What one transaction deletes at most: a few milliseconds' work on SQLite. */
export const mostAtOnce = { messages: 200, bytes: 1_000_000 }

/** Of a short chat the messages' bytes are added up too; a long one's are not looked at. */
export const isLargeChat = sql<number>`case
  when last_position > ${sql.lit(mostAtOnce.messages)} then 1
  when (select coalesce(sum(octet_length(m.content)), 0) from messages m
    where m.project_id = chats.project_id and m.chat_id = chats.id) > ${sql.lit(mostAtOnce.bytes)} then 1
  else 0 end`.as('is_large')

/** Holds the chat until the transaction ends: nothing is asked in it meanwhile. Says whether it goes piece by piece. */
export async function lockForDeletion(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  { projectId, chatId }: ChatRef,
): Promise<boolean> {
  const row = await tx
    .selectFrom('chats')
    .select(isLargeChat)
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .modifyEnd(rowLock(db.engine).forUpdate)
    .executeTakeFirst()
  return row !== undefined && Number(row.is_large) === 1
}

/** In nobody's name, in the trash, and with nothing to be indexed or named: whatever lists or finds chats passes over it. */
function hidden() {
  return {
    owner_id: nobody,
    name: '',
    name_origin: 'given',
    description: null,
    indexed_position: sql<number>`last_position`,
    deleted_at: now(),
  } as const
}

/** From the commit on nobody sees the chat or anything in it. `running` are the answers in it that are held. */
export async function removeChat(tx: Tx, { projectId, chatId }: ChatRef, running: readonly AnswerRef[]): Promise<void> {
  if (running.length > 0) await deleteUnfinished(tx, { projectId, chatId })
  await tx.updateTable('chats').set(hidden()).where('project_id', '=', projectId).where('id', '=', chatId).execute()
  await requestClearing(tx, projectId)
}

/** What has lain in the trash since before a time; false when it was taken out again meanwhile. */
export async function removeThrownChat(tx: Tx, { projectId, chatId }: ChatRef, before: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('chats')
    .set(hidden())
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .where('owner_id', '!=', nobody)
    .where('deleted_at', '<', before)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return false
  await requestClearing(tx, projectId)
  return true
}

/** Whatever is unfinished in the chat: from the commit on who runs it writes nothing more. */
export async function deleteUnfinished(tx: Tx, { projectId, chatId }: ChatRef): Promise<void> {
  await tx
    .deleteFrom('answers')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('state', 'in', ['queued', 'processing'])
    .execute()
}

/** Takes somebody's chats away: at once when they are little altogether. Those in removed projects go with these. */
export async function removeChatsOf(tx: Tx, ownerId: UserId): Promise<void> {
  const theirs = await tx
    .selectFrom('chats')
    .select(['project_id', sql<number>`sum(last_position + 1)`.as('rows')])
    .where('owner_id', '=', ownerId)
    .where(isThere('chats.project_id'))
    .groupBy('project_id')
    .execute()
  const projects = theirs.map((row) => row.project_id)
  if (projects.length === 0) return
  const rows = theirs.reduce((sum, row) => sum + Number(row.rows), 0)
  if (rows <= mostAtOnce.messages && !(await isAnyLarge(tx, projects, ownerId))) {
    await tx.deleteFrom('chats').where('project_id', 'in', projects).where('owner_id', '=', ownerId).execute()
    return
  }
  await sql`
    delete from answers where state in ('queued', 'processing') and exists (
      select 1 from chats c where c.project_id = answers.project_id and c.id = answers.chat_id
        and c.owner_id = ${ownerId})`.execute(tx)
  await tx
    .updateTable('chats')
    .set(hidden())
    .where('project_id', 'in', projects)
    .where('owner_id', '=', ownerId)
    .execute()
  for (const projectId of projects) await requestClearing(tx, projectId)
}

async function isAnyLarge(tx: Tx, projects: readonly ProjectId[], ownerId: UserId): Promise<boolean> {
  const chats = await tx
    .selectFrom('chats')
    .select(isLargeChat)
    .where('project_id', 'in', projects)
    .where('owner_id', '=', ownerId)
    .execute()
  return chats.some((chat) => Number(chat.is_large) === 1)
}

async function requestClearing(tx: Tx, projectId: ProjectId): Promise<void> {
  await requestProjectJob(tx, { projectId, kind: clearingKind, id: clearingJobId(projectId) })
}

/** The project's own id as a UUID of a version that nothing else has. */
function clearingJobId(projectId: ProjectId): JobId {
  return `${projectId.slice(0, 14)}c${projectId.slice(15)}` as JobId
}

/** One of the project's chats that are nobody's any more. */
export async function findRemovedChat(
  db: Queryable,
  projectId: ProjectId,
): Promise<{ readonly chatId: ChatId; readonly isLarge: boolean } | undefined> {
  const row = await db
    .selectFrom('chats')
    .select('id')
    .select(isLargeChat)
    .where('project_id', '=', projectId)
    .where('owner_id', '=', nobody)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : { chatId: row.id, isLarge: Number(row.is_large) === 1 }
}

/** Some of a chat's answers, in the order of the index by message. */
export async function listAnswers(
  db: Queryable,
  { projectId, chatId }: ChatRef,
  limit: number,
): Promise<AnswerRef['answerId'][]> {
  const rows = await db
    .selectFrom('answers')
    .select('id')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .orderBy('message_id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
