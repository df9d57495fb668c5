import { randomUUID } from 'node:crypto'
import { now, type Queryable } from '../../database/database.ts'
import type { UserId } from '../../ids.ts'

/** What better-auth calls the account of a password. */
const passwordProvider = 'credential'

export async function replacePassword(query: Queryable, userId: UserId, passwordHash: string): Promise<void> {
  const time = now()
  await query
    .insertInto('accounts')
    .values({
      id: randomUUID(),
      account_id: userId,
      provider_id: passwordProvider,
      user_id: userId,
      password: passwordHash,
      created_at: time,
      updated_at: time,
    })
    .onConflict((conflict) =>
      conflict.columns(['provider_id', 'account_id']).doUpdateSet({ password: passwordHash, updated_at: time }),
    )
    .execute()
}

export async function findPasswordHash(query: Queryable, userId: UserId): Promise<string | undefined> {
  const row = await query
    .selectFrom('accounts')
    .select('password')
    .where('user_id', '=', userId)
    .where('provider_id', '=', passwordProvider)
    .executeTakeFirst()
  return row?.password ?? undefined
}

/** Whether anybody at all can sign in yet. */
export async function hasAccounts(query: Queryable): Promise<boolean> {
  return (await query.selectFrom('accounts').select('id').limit(1).executeTakeFirst()) !== undefined
}
