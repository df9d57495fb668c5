import { type Database, inTransaction } from '../database/database.ts'
import type { MessageId } from '../ids.ts'
import type { ChatRef } from './chat.ts'
import { lockChat, moveLeaf } from './chat-store.ts'
import { findLeafBelow, leadTo } from './path-store.ts'

/** Makes the path through a message the active one, down to where that branch was last. */
export async function walkToMessage(db: Database, ref: ChatRef, messageId: MessageId): Promise<MessageId> {
  return await inTransaction(db, async (tx) => {
    // Nothing is asked meanwhile, so that the leaf is the end of the path when it is moved there.
    await lockChat(db, tx, ref)
    await leadTo(tx, ref, messageId)
    const leafId = await findLeafBelow(tx, ref, messageId)
    await moveLeaf(tx, ref, leafId)
    return leafId
  })
}
