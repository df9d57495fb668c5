import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { isAdministrator, type Principal } from '../accounts/principal.ts'
import type { Schema } from '../database/schema.ts'

export type ChatAccess = 'read' | 'write'

/**
 * Who may see a chat, in SQL: its owner while a member of the project; for reading also the project's owners;
 * administrators of the instance always. The chat's `owner` label plays no part.
 */
export function mayAccessChat(
  principal: Principal,
  access: ChatAccess,
): (eb: ExpressionBuilder<Schema, 'chats'>) => Expression<SqlBool> {
  return (eb) => {
    if (isAdministrator(principal)) return sql<boolean>`1 = 1`
    const isOwn = eb('chats.owner_id', '=', principal.userId)
    const membership = eb
      .selectFrom('project_members')
      .select(sql<number>`1`.as('found'))
      .whereRef('project_members.project_id', '=', 'chats.project_id')
      .where('project_members.user_id', '=', principal.userId)
    if (access === 'write') return eb.and([isOwn, eb.exists(membership)])
    return eb.exists(membership.where((inner) => inner.or([isOwn, inner('project_members.role', '=', 'owner')])))
  }
}
