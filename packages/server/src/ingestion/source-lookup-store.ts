import { sql } from 'kysely'
import { isAdministrator, type Principal } from '../accounts/principal.ts'
import type { Queryable } from '../database/database.ts'
import type { ChatId, ProjectId, SourceId } from '../ids.ts'
import type { Source, SourceRef } from './source.ts'
import { findSource } from './source-store.ts'

/** A source by its id alone, in whichever project the principal sees: one look-up of the primary key per project. */
export async function findVisibleSource(
  query: Queryable,
  principal: Principal,
  id: SourceId,
): Promise<Source | undefined> {
  const projects = isAdministrator(principal)
    ? query.selectFrom('projects').select('id as project_id').where('removed_at', 'is', null)
    : query.selectFrom('project_members').select('project_id').where('user_id', '=', principal.userId)
  const place: SourceRef | undefined = await query
    .selectFrom(projects.as('visible'))
    .innerJoin('sources', (join) =>
      join.onRef('sources.project_id', '=', 'visible.project_id').on('sources.id', '=', id),
    )
    .select(['sources.project_id as projectId', 'sources.id as sourceId'])
    .executeTakeFirst()
  return place === undefined ? undefined : await findSource(query, place)
}

/** What was added from a chat lately, in whichever project the principal sees, oldest first. */
export async function listChatSources(
  query: Queryable,
  principal: Principal,
  { chatId, since }: { readonly chatId: ChatId; readonly since: string },
): Promise<{ readonly source: Source; readonly projectName: string }[]> {
  const places = await query
    .selectFrom('project_members')
    .innerJoin('sources', (join) =>
      join.onRef('sources.project_id', '=', 'project_members.project_id').on('sources.chat_id', '=', chatId),
    )
    .innerJoin('projects', 'projects.id', 'sources.project_id')
    .select(['sources.project_id as projectId', 'sources.id as sourceId', 'projects.name as projectName'])
    .where('project_members.user_id', '=', principal.userId)
    .where('sources.created_at', '>=', since)
    .orderBy('sources.created_at')
    .orderBy('sources.id')
    .limit(100)
    .execute()
  const found = await Promise.all(
    places.map(async ({ projectName, ...place }) => ({ projectName, source: await findSource(query, place) })),
  )
  return found.flatMap(({ source, projectName }) => (source === undefined ? [] : [{ source, projectName }]))
}

/** Bytes of the files of a project. */
export async function sumSourceSizes(query: Queryable, projectId: ProjectId): Promise<number> {
  const row = await query
    .selectFrom('sources')
    .select(sql<number>`cast(coalesce(sum(size), 0) as double precision)`.as('bytes'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow()
  return row.bytes
}
