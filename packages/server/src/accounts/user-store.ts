import { type Insertable, type Selectable, sql } from 'kysely'
import { type Database, inTransaction, now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import { rowLock } from '../database/row-lock.ts'
import type { Schema } from '../database/schema.ts'
import { QuoryError } from '../errors.ts'
import { newId, type ProjectId, type UserId } from '../ids.ts'
import { requireAdministrator } from './authorize.ts'
import type { Principal } from './principal.ts'
import { firstAdministratorEmail, type NewUser, normalizeEmail, requireEmail, type User } from './user.ts'

const columns = [
  'id',
  'email',
  'name',
  'email_verified',
  'image',
  'role',
  'home_project_id',
  'default_project_id',
  'recalls_other_chats',
  'created_at',
  'updated_at',
] as const

/** PostgreSQL has booleans, SQLite 0 and 1: this and `flag` are the only places that know. */
function toUser(row: Selectable<Schema['users']>): User {
  return {
    ...row,
    email_verified: Boolean(row.email_verified),
    recalls_other_chats: Boolean(row.recalls_other_chats),
  }
}

/** A literal, because `node:sqlite` takes no boolean as a parameter and PostgreSQL no number for a boolean. */
function flag(value: boolean) {
  return value ? sql<boolean>`true` : sql<boolean>`false`
}

/** The row is new exactly when it comes back: the unique e-mail decides among concurrent inserts. */
async function insertUser(
  query: Queryable,
  user: Pick<Insertable<Schema['users']>, 'id' | 'email' | 'name' | 'role'> & { isEmailVerified: boolean },
): Promise<User | undefined> {
  const { isEmailVerified, ...values } = user
  const time = now()
  const row = await query
    .insertInto('users')
    .values({ ...values, email_verified: flag(isEmailVerified), created_at: time, updated_at: time })
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .executeTakeFirst()
  return row === undefined ? undefined : toUser(row)
}

/** For administrators. The e-mail is unique whatever its case. */
export async function createUser(query: Queryable, principal: Principal, user: NewUser): Promise<User> {
  requireAdministrator(principal)
  const email = requireEmail(user.email)
  const { id = newId<UserId>() } = user
  const values = {
    id,
    email,
    name: user.name ?? localPart(email),
    role: user.role ?? 'user',
    isEmailVerified: false,
  }
  if (email === firstAdministratorEmail) throw userExists(email)
  // Under this very id, it was made by an earlier run of the same request.
  const created = (await insertUser(query, values)) ?? (await findUser(query, id))
  if (created === undefined) throw userExists(email)
  return created
}

function userExists(email: string): QuoryError {
  return new QuoryError('user_exists', `A user with the email '${email}' already exists`)
}

function localPart(email: string): string {
  return email.slice(0, email.indexOf('@'))
}

export async function findUser(query: Queryable, id: UserId): Promise<User | undefined> {
  const row = await query.selectFrom('users').select(columns).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toUser(row)
}

/** What users say of themselves: their name, their consent to have their other chats searched for answers. */
export async function changeUser(
  query: Queryable,
  id: UserId,
  { name, recalls }: { readonly name?: string | undefined; readonly recalls?: boolean | undefined },
): Promise<void> {
  await query
    .updateTable('users')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(recalls === undefined ? {} : { recalls_other_chats: flag(recalls) }),
      updated_at: now(),
    })
    .where('id', '=', id)
    .execute()
}

export async function findUserByEmail(query: Queryable, text: string): Promise<User | undefined> {
  const email = normalizeEmail(text)
  if (email === undefined) return undefined
  const row = await query.selectFrom('users').select(columns).where('email', '=', email).executeTakeFirst()
  return row === undefined ? undefined : toUser(row)
}

/** For administrators: every user, oldest first (ids sort by time, except those that a token's issuer gave). */
export async function listUsers(query: Queryable, principal: Principal, page: PageRequest): Promise<Page<User>> {
  requireAdministrator(principal)
  let select = query.selectFrom('users').select(columns)
  if (page.cursor !== undefined) select = select.where(isPast(['id'], decodeCursor(page.cursor, ['id'])))
  const rows = await select
    .orderBy('id')
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows.map(toUser), page, (user) => [user.id])
}

/** Who a verified token says is asking. */
export interface TokenIdentity {
  /** The token's subject as an id of ours: itself when it is a UUID, else derived from issuer and subject. */
  readonly userId: UserId
  readonly email: string
  /** The issuer said `email_verified: true`. */
  readonly isEmailVerified: boolean
  readonly name: string | undefined
}

/**
 * The token's user, made on the first visit. The subject decides who it is. An e-mail alone never does, since at many
 * issuers anybody may sign up with anybody's address: only when the issuer says that it verified the address does the
 * token become the user an administrator made for it. Otherwise a taken e-mail gives nobody.
 */
export async function findOrCreateTokenUser(query: Queryable, identity: TokenIdentity): Promise<User | undefined> {
  const known = await findUser(query, identity.userId)
  if (known !== undefined) return known.email === firstAdministratorEmail ? undefined : known
  if (identity.email === firstAdministratorEmail) return undefined
  const created = await insertUser(query, {
    id: identity.userId,
    email: identity.email,
    name: identity.name ?? localPart(identity.email),
    role: 'user',
    isEmailVerified: identity.isEmailVerified,
  })
  if (created !== undefined) return created
  // Another request of the same token was faster, or the e-mail is somebody's.
  const winner = await findUser(query, identity.userId)
  if (winner !== undefined || !identity.isEmailVerified) return winner
  return await findUserByEmail(query, identity.email)
}

/** Exactly one, however many nodes start at once. */
export async function ensureFirstAdministrator(query: Queryable): Promise<UserId> {
  const created = await insertUser(query, {
    id: newId<UserId>(),
    email: firstAdministratorEmail,
    name: 'Administrator',
    role: 'admin',
    isEmailVerified: false,
  })
  const user = created ?? (await findUserByEmail(query, firstAdministratorEmail))
  if (user === undefined) throw new Error('The first administrator was deleted while the server started')
  return user.id
}

/**
 * Whether the address is theirs: its provider or issuer said so, or an administrator's link let them in. A token's user
 * may have anybody's.
 */
export async function ownsEmail(query: Queryable, user: Pick<User, 'id' | 'email_verified'>): Promise<boolean> {
  if (user.email_verified) return true
  const account = query.selectFrom('accounts').select('id').where('user_id', '=', user.id).limit(1)
  return (await account.executeTakeFirst()) !== undefined
}

/** Holds a user's row until the transaction ends, so that what is decided per user is decided one at a time. */
export async function lockUser(db: Database, tx: Tx, id: UserId): Promise<User | undefined> {
  const lock = rowLock(db.engine).forUpdate
  const row = await tx.selectFrom('users').select(columns).where('id', '=', id).modifyEnd(lock).executeTakeFirst()
  return row === undefined ? undefined : toUser(row)
}

/** Whether the user is there; then they stay until the transaction ends. */
export async function keepUser(db: Pick<Database, 'engine'>, tx: Tx, id: UserId): Promise<boolean> {
  const lock = rowLock(db.engine).forKeyShare
  const row = await tx.selectFrom('users').select('id').where('id', '=', id).modifyEnd(lock).executeTakeFirst()
  return row !== undefined
}

/** What is done with the projects and chats that go with a user. */
export interface BelongingsRemoval {
  /** Holds what runs in the projects that may go, before they are held themselves. */
  readonly lockWork: (tx: Tx, projects: readonly ProjectId[]) => Promise<void>
  readonly removeProjects: (tx: Tx, projects: readonly ProjectId[]) => Promise<void>
  /** After those, of the chats that are not in them. */
  readonly removeChats: (tx: Tx) => Promise<void>
}

/**
 * Deletes a user with their keys, prompts, chats and the projects that are theirs alone; shared projects stay with
 * their other owners. Refused while they are the only owner of a project with other members. Nobody deletes
 * themselves, and only an administrator deletes, so one always remains.
 */
export async function deleteUser(
  db: Database,
  principal: Principal,
  id: UserId,
  { lockWork, removeProjects, removeChats }: BelongingsRemoval,
): Promise<void> {
  requireAdministrator(principal)
  if (principal.userId === id) throw new QuoryError('forbidden', 'You cannot delete yourself')
  return await inTransaction(db, async (tx) => {
    // Both rows, always in the same order: two administrators who delete each other must not both succeed.
    const [first, second] = [principal.userId, id].sort() as [UserId, UserId]
    const locked = [await lockUser(db, tx, first), await lockUser(db, tx, second)]
    const actor = locked.find((each) => each?.id === principal.userId)
    const user = locked.find((each) => each?.id === id)
    if (actor?.role !== 'admin') throw new QuoryError('forbidden', 'Only an administrator may do this')
    if (user === undefined) throw new QuoryError('user_not_found', `User with ID ${id} not found`)
    const owned = await tx
      .selectFrom('project_members')
      .select('project_id')
      .where('user_id', '=', id)
      .where('role', '=', 'owner')
      .execute()
    await lockWork(
      tx,
      owned.map((row) => row.project_id),
    )
    await removeProjects(tx, await lockSolelyOwnedProjects(db, tx, id))
    await removeChats(tx)
    await tx.deleteFrom('users').where('id', '=', id).execute()
  })
}

async function lockSolelyOwnedProjects(db: Database, tx: Tx, userId: UserId): Promise<ProjectId[]> {
  const owned = await tx
    .selectFrom('projects')
    .select('id')
    .where('id', 'in', (members) =>
      members
        .selectFrom('project_members')
        .select('project_id')
        .where('user_id', '=', userId)
        .where('role', '=', 'owner'),
    )
    .orderBy('id')
    .modifyEnd(rowLock(db.engine).forUpdate)
    .execute()
  const others = await tx
    .selectFrom('project_members as own')
    .innerJoin('project_members as other', 'other.project_id', 'own.project_id')
    .select(['other.project_id', 'other.role'])
    .where('own.user_id', '=', userId)
    .where('own.role', '=', 'owner')
    .where('other.user_id', '!=', userId)
    .execute()
  const withOwner = new Set(others.filter(({ role }) => role === 'owner').map(({ project_id }) => project_id))
  const stranded = others.find(({ project_id }) => !withOwner.has(project_id))
  if (stranded !== undefined) {
    throw new QuoryError('last_owner', `The user is the only owner of the shared project ${stranded.project_id}`)
  }
  return owned.map(({ id }) => id).filter((id) => !withOwner.has(id))
}
