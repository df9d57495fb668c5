import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { requireScope } from '../accounts/authorize.ts'
import { isAdministrator, type Principal, rolesFrom } from '../accounts/principal.ts'
import { lockUser } from '../accounts/user-store.ts'
import { type Database, inTransaction, now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import { rowLock } from '../database/row-lock.ts'
import type { MemberRole } from '../database/schema.ts'
import { QuoryError } from '../errors.ts'
import { newId, type ProjectId } from '../ids.ts'
import {
  type NewProject,
  ownOrganization,
  type Project,
  type ProjectChanges,
  type ProjectSettings,
  projectNotFoundMessage,
  withoutUndefined,
} from './project.ts'
import { requirePrompt } from './prompt-store.ts'

const columns = [
  'projects.id',
  'projects.organization_id',
  'projects.owner_id',
  'projects.name',
  'projects.description',
  'projects.status',
  'projects.instructions',
  'projects.prompt_id',
  'projects.model',
  'projects.temperature',
  'projects.max_tokens',
  'projects.created_at',
  'projects.updated_at',
] as const

/** Whether the project that `column` names is there; one that was deleted is not, while its rows go. */
export function isThere(column: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`exists (select 1 from projects there where there.id = ${sql.ref(column)} and there.removed_at is null)`
}

/** The projects a principal sees, each with their role. A join, so that a member's few are not sought among all. */
function selectVisible(query: Queryable, principal: Principal) {
  const select = query
    .selectFrom('projects')
    .leftJoin('project_members as membership', (join) =>
      join.onRef('membership.project_id', '=', 'projects.id').on('membership.user_id', '=', principal.userId),
    )
    .select(columns)
    .select('membership.role')
    .where('projects.removed_at', 'is', null)
  return isAdministrator(principal) ? select : select.where('membership.user_id', '=', principal.userId)
}

function asSeenBy(
  principal: Principal,
  { role, ...row }: Omit<Project, 'role'> & { role: MemberRole | null },
): Project {
  // Only an administrator sees a project without being its member.
  return { ...row, role: isAdministrator(principal) || role === null ? 'owner' : role }
}

export async function findProject(query: Queryable, principal: Principal, id: ProjectId): Promise<Project | undefined> {
  const row = await selectVisible(query, principal).where('projects.id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : asSeenBy(principal, row)
}

/** The project, or 404 when the principal does not see it (whether or not it is there), or 403 when their role is too small. */
export async function requireProject(
  query: Queryable,
  principal: Principal,
  id: ProjectId,
  least: MemberRole,
): Promise<Project> {
  const project = await findProject(query, principal, id)
  if (project === undefined) throw new QuoryError('project_not_found', projectNotFoundMessage(id))
  requireRole(project, least)
  return project
}

/** Of a project that the principal sees: 403 when their role in it is too small. */
export function requireRole({ role }: Pick<Project, 'role'>, least: MemberRole): void {
  if (!rolesFrom(least).includes(role)) throw new QuoryError('forbidden', `You need the role ${least} in this project`)
}

/** The projects of one organization that the principal sees, by creation. */
export async function listOrganizationProjects(
  query: Queryable,
  principal: Principal,
  organizationId: string,
  page: PageRequest,
): Promise<Page<Project>> {
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor, ['time', 'id'])
  const rows = await selectVisible(query, principal)
    .where('projects.organization_id', '=', organizationId)
    .$if(after !== undefined, (select) => select.where(isPast(['projects.created_at', 'projects.id'], after ?? [])))
    .orderBy('projects.created_at')
    .orderBy('projects.id')
    .limit(pageLimit(page) + 1)
    .execute()
  const projects = rows.map((row) => asSeenBy(principal, row))
  return toPage(projects, page, (project) => [project.created_at, project.id])
}

/** All projects the principal sees, by id, which is by creation. */
export async function listProjects(query: Queryable, principal: Principal, page: PageRequest): Promise<Page<Project>> {
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor, ['id'])
  // A member's are read off the index of memberships in its order; SQLite would sort them all for the same id of projects.
  const id = isAdministrator(principal) ? 'projects.id' : 'membership.project_id'
  const rows = await selectVisible(query, principal)
    .$if(after !== undefined, (select) => select.where(isPast([id], after ?? [])))
    .orderBy(id)
    .limit(pageLimit(page) + 1)
    .execute()
  const projects = rows.map((row) => asSeenBy(principal, row))
  return toPage(projects, page, (project) => [project.id])
}

/** The new project with the principal as its owner. Their user row is locked meanwhile, so that a name cannot be taken twice at once. */
export async function createProject(db: Database, principal: Principal, input: NewProject): Promise<Project> {
  requireScope(principal, 'admin')
  return await inTransaction(db, async (tx) => {
    const user = await lockUser(db, tx, principal.userId)
    if (user === undefined) throw new QuoryError('user_not_found', `User with ID ${principal.userId} not found`)
    const project = await insertProject(tx, principal, input)
    if (input.isDefaultIfNone && user.default_project_id === null) {
      await tx.updateTable('users').set({ default_project_id: project.id }).where('id', '=', user.id).execute()
    }
    return project
  })
}

async function insertProject(tx: Tx, principal: Principal, input: NewProject): Promise<Project> {
  const {
    id = newId<ProjectId>(),
    name,
    isNameUnique,
    isDefaultIfNone: _,
    organization_id = ownOrganization(principal.userId),
    ...given
  } = input
  if (isNameUnique) await requireFreeName(tx, principal, { organization_id, name, id })
  await requireReadablePrompt(tx, principal, given)
  const time = now()
  const row = await tx
    .insertInto('projects')
    .values({
      ...withoutUndefined(given),
      id,
      organization_id,
      owner_id: principal.userId,
      name,
      status: given.status ?? 'private',
      created_at: time,
      updated_at: time,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(columns)
    .executeTakeFirst()
  // Made by an earlier run of the same request.
  if (row === undefined) return await requireProject(tx, principal, id, 'viewer')
  await tx
    .insertInto('project_members')
    .values({ project_id: row.id, user_id: principal.userId, role: 'owner', created_at: time })
    .execute()
  return { ...row, role: 'owner' }
}

/** Changes what differs; `updated_at` moves only then, and always forward. */
export async function updateProject(
  db: Database,
  principal: Principal,
  id: ProjectId,
  changes: ProjectChanges,
): Promise<Project> {
  requireScope(principal, 'admin')
  return await inTransaction(db, async (tx) => {
    await lockUser(db, tx, principal.userId)
    await lockProject(db, tx, id)
    const project = await requireProject(tx, principal, id, 'editor')
    const { name, ...settings } = changes
    const wanted = withoutUndefined({ ...settings, name: name ?? undefined })
    const differing = Object.entries(wanted).filter(
      ([column, value]) => project[column as keyof typeof wanted] !== value,
    )
    if (differing.length === 0) return project
    const isRenamed = wanted.name !== undefined && wanted.name !== project.name
    if (isRenamed) await requireFreeName(tx, principal, { ...project, name: wanted.name ?? project.name })
    await requireReadablePrompt(tx, principal, wanted)
    const row = await tx
      .updateTable('projects')
      .set({ ...Object.fromEntries(differing), updated_at: laterThan(project.updated_at) })
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirstOrThrow()
    return { ...row, role: project.role }
  })
}

/** Two changes within one millisecond still get two times. */
function laterThan(time: string): string {
  return new Date(Math.max(Date.now(), Date.parse(time) + 1)).toISOString()
}

async function requireFreeName(
  tx: Tx,
  principal: Principal,
  wanted: { organization_id: string; name: string; id: ProjectId | undefined },
): Promise<void> {
  const taken = await selectVisible(tx, principal)
    .where('projects.organization_id', '=', wanted.organization_id)
    .where('projects.name', '=', wanted.name)
    .$if(wanted.id !== undefined, (select) => select.where('projects.id', '!=', wanted.id ?? newId<ProjectId>()))
    .limit(1)
    .executeTakeFirst()
  if (taken === undefined) return
  throw new QuoryError('project_exists', `A project with name '${wanted.name}' already exists in this organization`)
}

/** A prompt answers for a project only if whoever sets it may read it. */
async function requireReadablePrompt(tx: Tx, principal: Principal, { prompt_id }: ProjectSettings): Promise<void> {
  if (prompt_id !== undefined && prompt_id !== null) await requirePrompt(tx, principal, prompt_id)
}

/** Holds a project's row until the transaction ends, so that its members change one at a time. */
export async function lockProject(db: Database, tx: Tx, id: ProjectId): Promise<void> {
  await tx.selectFrom('projects').select('id').where('id', '=', id).modifyEnd(rowLock(db.engine).forUpdate).execute()
}

/** Holds a project that the principal may delete: not a home project. */
export async function lockDeletable(db: Database, tx: Tx, principal: Principal, id: ProjectId): Promise<void> {
  await lockProject(db, tx, id)
  const project = await requireProject(tx, principal, id, 'owner')
  const home = await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', project.owner_id)
    .where('home_project_id', '=', id)
    .executeTakeFirst()
  if (home !== undefined) throw new QuoryError('home_project', "A user's default project cannot be deleted")
}
