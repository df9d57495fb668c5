import type { Selectable } from 'kysely'
import type { Schema, UserRole } from '../database/schema.ts'
import { invalidField } from '../errors.ts'
import type { UserId } from '../ids.ts'

export interface User extends Omit<Selectable<Schema['users']>, 'email_verified' | 'recalls_other_chats'> {
  readonly email_verified: boolean
  readonly recalls_other_chats: boolean
}

export interface NewUser {
  readonly id?: UserId | undefined
  readonly email: string
  /** Unset: what stands before the `@`. */
  readonly name?: string | undefined
  readonly role?: UserRole | undefined
}

const maxEmailLength = 320

/** Owns the key that comes with the installation. Reserved: no token and no request can be or become this user. */
export const firstAdministratorEmail = 'admin@localhost'

/** An address in the one form that is stored and compared; `undefined` when it cannot be one. */
export function normalizeEmail(text: string): string | undefined {
  const email = text.trim().normalize('NFC').toLowerCase()
  return email.length <= maxEmailLength && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email) ? email : undefined
}

/** The same of a request's body, which is refused when it holds none. */
export function requireEmail(input: string): string {
  const email = normalizeEmail(input)
  if (email !== undefined) return email
  throw invalidField({
    type: 'value_error',
    loc: ['body', 'email'],
    msg: 'value is not a valid email address',
    input,
  })
}
