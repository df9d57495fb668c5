import { sql } from 'kysely'
import type { Principal } from '../accounts/principal.ts'
import { lockUser } from '../accounts/user-store.ts'
import { type Database, inTransaction, now, type Queryable } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import type { ProjectId } from '../ids.ts'
import type { Project } from './project.ts'
import { lockProject } from './project-store.ts'

/** What anybody may know of a project whose owner made it public. */
export type PublicProject = Pick<
  Project,
  'id' | 'name' | 'description' | 'status' | 'prompt_id' | 'model' | 'temperature' | 'max_tokens' | 'updated_at'
>

const columns = [
  'projects.id',
  'projects.name',
  'projects.description',
  'projects.status',
  'projects.prompt_id',
  'projects.model',
  'projects.temperature',
  'projects.max_tokens',
  'projects.updated_at',
] as const

/** The status as a literal: SQLite takes a partial index only when it sees the condition itself. */
function selectPublic(query: Queryable) {
  return query
    .selectFrom('projects')
    .select(columns)
    .where('projects.status', '=', sql.lit('public' as const))
}

export async function findPublicProject(query: Queryable, id: ProjectId): Promise<PublicProject | undefined> {
  return await selectPublic(query).where('projects.id', '=', id).executeTakeFirst()
}

export interface ListedPublicProject extends PublicProject {
  readonly memberCount: number
}

/** Every public project, oldest first. */
export async function listPublicProjects(query: Queryable, page: PageRequest): Promise<Page<ListedPublicProject>> {
  let select = selectPublic(query).select((project) =>
    project
      .selectFrom('project_members')
      .select(sql<number>`cast(count(*) as integer)`.as('count'))
      .whereRef('project_members.project_id', '=', 'projects.id')
      .as('memberCount'),
  )
  if (page.cursor !== undefined) select = select.where(isPast(['projects.id'], decodeCursor(page.cursor, ['id'])))
  const rows = await select
    .orderBy('projects.id')
    .limit(pageLimit(page) + 1)
    .execute()
  const projects = rows.map((row) => ({ ...row, memberCount: row.memberCount ?? 0 }))
  return toPage(projects, page, (project) => [project.id])
}

/** Makes the caller a viewer of a public project; a member stays what they are. Says whether there was such a project. */
export async function joinPublicProject(db: Database, principal: Principal, id: ProjectId): Promise<boolean> {
  return await inTransaction(db, async (tx) => {
    // User first, then project: the order in which a user is deleted.
    await lockUser(db, tx, principal.userId)
    await lockProject(db, tx, id)
    if ((await findPublicProject(tx, id)) === undefined) return false
    await tx
      .insertInto('project_members')
      .values({ project_id: id, user_id: principal.userId, role: 'viewer', created_at: now() })
      .onConflict((conflict) => conflict.columns(['project_id', 'user_id']).doNothing())
      .execute()
    return true
  })
}
