import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Queryable } from '../database/database.ts'
import type { Timestamp } from '../database/schema.ts'
import type { ChatId, ProjectId } from '../ids.ts'
import { readTimes, type SearchedChat } from './message-block-store.ts'

const perRead = 64
/** What a search looks back over at most, of all that came since it began: as much as it reads in blocks. */
const maxReads = 512

/**
 * The positions, by chat, of what came or ended after a moment. Further pages of a search leave it out: so each turn
 * has the score, and thereby the place, that it had on the first.
 */
export async function findLaterTurns(
  db: Queryable,
  projectId: ProjectId,
  chats: readonly SearchedChat[],
  moment: Timestamp | undefined,
): Promise<ReadonlyMap<ChatId, ReadonlySet<number>>> {
  const later = new Map<ChatId, ReadonlySet<number>>()
  let reads = 0
  for (const chat of moment === undefined ? [] : chats) {
    if (moment === undefined || chat.updated_at < moment) continue
    const positions = new Set<number>()
    for (let to = chat.last_position; reads < maxReads; reads++) {
      const rows = await readTimes(db, { projectId, chatId: chat.id }, { to, limit: perRead })
      const before = positions.size
      for (const { position, created_at, completed_at } of rows) {
        if (created_at > moment || (completed_at ?? '') > moment) positions.add(position)
      }
      // Answers end in another order than they began, but not that far from each other.
      if (rows.length < perRead || positions.size === before) break
      to = (rows.at(-1)?.position ?? 0) - 1
      await nextTurn()
    }
    later.set(chat.id, positions)
  }
  return later
}
