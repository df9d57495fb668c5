import type { Selectable } from 'kysely'
import { requireScope } from '../accounts/authorize.ts'
import type { Principal } from '../accounts/principal.ts'
import { now, type Queryable } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import type { Schema } from '../database/schema.ts'
import { QuoryError } from '../errors.ts'
import { newId, type PromptId } from '../ids.ts'
import { withoutUndefined } from './project.ts'

/** Instructions that projects can share: Quivr's prompts. */
export type Prompt = Selectable<Schema['prompts']>

const columns = ['id', 'owner_id', 'title', 'content', 'status', 'created_at', 'updated_at'] as const

export interface PromptFields {
  readonly title: string
  readonly content: string
  readonly status?: Prompt['status'] | undefined
}

export interface NewPrompt extends PromptFields {
  readonly id?: PromptId | undefined
}

export interface PromptChanges {
  readonly title?: string | undefined
  readonly content?: string | undefined
  readonly status?: Prompt['status'] | undefined
}

export async function createPrompt(query: Queryable, principal: Principal, prompt: NewPrompt): Promise<Prompt> {
  requireScope(principal, 'admin')
  const time = now()
  const { id = newId<PromptId>(), title, content, status = 'private' } = prompt
  const made = await query
    .insertInto('prompts')
    .values({
      id,
      owner_id: principal.userId,
      title,
      content,
      status,
      created_at: time,
      updated_at: time,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(columns)
    .executeTakeFirst()
  // Under this very id, it was made by an earlier run of the same request.
  return made ?? (await requirePrompt(query, principal, id))
}

/** One's own and everybody's public ones. */
export async function findPrompt(query: Queryable, principal: Principal, id: PromptId): Promise<Prompt | undefined> {
  return await query
    .selectFrom('prompts')
    .select(columns)
    .where('id', '=', id)
    .where((prompt) => prompt.or([prompt('owner_id', '=', principal.userId), prompt('status', '=', 'public')]))
    .executeTakeFirst()
}

export async function requirePrompt(query: Queryable, principal: Principal, id: PromptId): Promise<Prompt> {
  const prompt = await findPrompt(query, principal, id)
  if (prompt === undefined) throw promptNotFound(id)
  return prompt
}

function promptNotFound(id: PromptId): QuoryError {
  return new QuoryError('prompt_not_found', `Prompt with ID ${id} not found`)
}

/** The public prompts, oldest first. */
export async function listPublicPrompts(query: Queryable, page: PageRequest): Promise<Page<Prompt>> {
  let select = query.selectFrom('prompts').select(columns).where('status', '=', 'public')
  if (page.cursor !== undefined) select = select.where(isPast(['id'], decodeCursor(page.cursor, ['id'])))
  const rows = await select
    .orderBy('id')
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows, page, (prompt) => [prompt.id])
}

/** For its owner alone; to everybody else it is not there, even if they may read it. */
export async function updatePrompt(
  query: Queryable,
  principal: Principal,
  id: PromptId,
  changes: PromptChanges,
): Promise<Prompt> {
  requireScope(principal, 'admin')
  const prompt = await query
    .updateTable('prompts')
    .set({ ...withoutUndefined(changes), updated_at: now() })
    .where('id', '=', id)
    .where('owner_id', '=', principal.userId)
    .returning(columns)
    .executeTakeFirst()
  if (prompt === undefined) throw promptNotFound(id)
  return prompt
}
