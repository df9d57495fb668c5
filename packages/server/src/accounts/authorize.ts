import type { KeyScope } from '../database/schema.ts'
import { QuoryError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { isAdministrator, type Principal } from './principal.ts'

const rank: Readonly<Record<KeyScope, number>> = { read: 0, chat: 1, admin: 2 }

/** `read` reads; `chat` also asks and edits the caller's chats; `admin` does all that the user may. */
export function requireScope(principal: Principal, least: KeyScope): void {
  if (rank[principal.scope] >= rank[least]) return
  throw new QuoryError('insufficient_scope', `This needs a key with the scope ${least}`)
}

export function requireAdministrator(principal: Principal): void {
  if (!isAdministrator(principal)) throw new QuoryError('forbidden', 'Only an administrator may do this')
}

/** An account is its user's and the administrators'; to anybody else it does not exist. */
export function requireAccount(principal: Principal, userId: UserId): void {
  if (principal.userId === userId || isAdministrator(principal)) return
  throw new QuoryError('user_not_found', `User with ID ${userId} not found`)
}
