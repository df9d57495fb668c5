import type { Queryable } from '../database/database.ts'
import type { MessageId } from '../ids.ts'
import type { ChatRef, Message } from './chat.ts'
import { selectMessages, toMessage, withTextSoFar } from './message-store.ts'
import { readDownwards, readSiblings, readUpwards } from './path-store.ts'

export interface PathMessage extends Message {
  /** All children of its parent in the order they were made, itself among them. */
  readonly siblings: readonly MessageId[]
}

export interface PathPage {
  readonly limit: number
  /** The end of the path, where a page begins that names no message. */
  readonly leafId: MessageId | null
  readonly before?: MessageId | undefined
  readonly after?: MessageId | undefined
  readonly around?: MessageId | undefined
}

export interface PathMessages {
  readonly messages: readonly PathMessage[]
  readonly hasOlder: boolean
  readonly hasNewer: boolean
}

/**
 * A page of the path that ends at the leaf, or of the one through the message that is named, oldest first. Goes from
 * message to message by the primary key and the index of parents: a page costs a page, however long the chat is.
 */
export async function listPath(db: Queryable, ref: ChatRef, page: PathPage): Promise<PathMessages> {
  const { limit, leafId, before, after, around } = page
  if (after !== undefined) {
    const below = await readDownwards(db, ref, after, limit + 1)
    return await readPage(db, ref, below.slice(0, limit), { hasOlder: true, hasNewer: below.length > limit })
  }
  if (before !== undefined) {
    const above = (await readUpwards(db, ref, before, limit + 2)).slice(1)
    return await readPage(db, ref, above.slice(0, limit), { hasOlder: above.length > limit, hasNewer: true })
  }
  if (around !== undefined) {
    const older = Math.ceil(limit / 2)
    const above = await readUpwards(db, ref, around, older + 1)
    const newer = limit - Math.min(above.length, older)
    const below = newer === 0 ? [] : await readDownwards(db, ref, around, newer + 1)
    const ids = [...above.slice(0, older), ...below.slice(0, newer)]
    return await readPage(db, ref, ids, { hasOlder: above.length > older, hasNewer: below.length > newer })
  }
  const above = leafId === null ? [] : await readUpwards(db, ref, leafId, limit + 1)
  return await readPage(db, ref, above.slice(0, limit), { hasOlder: above.length > limit, hasNewer: false })
}

async function readPage(
  db: Queryable,
  ref: ChatRef,
  ids: readonly MessageId[],
  more: Pick<PathMessages, 'hasOlder' | 'hasNewer'>,
): Promise<PathMessages> {
  if (ids.length === 0) return { messages: [], ...more }
  const rows = await selectMessages(db, ref).where('id', 'in', ids).orderBy('position').execute()
  const siblings = await readSiblings(db, ref, [...new Set(rows.map((row) => row.parent_id))])
  const messages = rows.map(async (row) => ({
    ...(await withTextSoFar(db, toMessage(row))),
    siblings: siblings.get(row.parent_id) ?? [row.id],
  }))
  return { messages: await Promise.all(messages), ...more }
}
