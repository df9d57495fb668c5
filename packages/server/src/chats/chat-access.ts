import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { isAdministrator, type Principal } from '../accounts/principal.ts'
import type { Schema } from '../database/schema.ts'
import { isThere } from '../projects/project-store.ts'
import { nobody } from './chat.ts'

/** `discard` is `write`, in the trash too: what deletes for good, or takes out again. */
export type ChatAccess = 'read' | 'write' | 'discard'

/**
 * Who may see a chat, in SQL: its owner while a member of the project; for reading also the project's owners;
 * administrators of the instance always. The chat's `owner` label plays no part.
 * What is in the trash is there for `discard` alone.
 */
export function mayAccessChat(
  principal: Principal,
  access: ChatAccess,
): (eb: ExpressionBuilder<Schema, 'chats'>) => Expression<SqlBool> {
  return (eb) => {
    const isMine = ownerAccess(principal, access)(eb)
    const isToBeSeen = access === 'discard' ? eb('chats.owner_id', '!=', nobody) : eb('chats.deleted_at', 'is', null)
    return eb.and([isToBeSeen, isMine])
  }
}

function ownerAccess(
  principal: Principal,
  access: ChatAccess,
): (eb: ExpressionBuilder<Schema, 'chats'>) => Expression<SqlBool> {
  return (eb) => {
    if (isAdministrator(principal)) return isThere('chats.project_id')
    const isOwn = eb('chats.owner_id', '=', principal.userId)
    const membership = eb
      .selectFrom('project_members')
      .select(sql<number>`1`.as('found'))
      .whereRef('project_members.project_id', '=', 'chats.project_id')
      .where('project_members.user_id', '=', principal.userId)
    if (access !== 'read') return eb.and([isOwn, eb.exists(membership)])
    return eb.exists(membership.where((inner) => inner.or([isOwn, inner('project_members.role', '=', 'owner')])))
  }
}
