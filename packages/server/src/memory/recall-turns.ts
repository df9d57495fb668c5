import type { Queryable } from '../database/database.ts'
import type { ChatId, ProjectId, UserId } from '../ids.ts'
import { findRecallScope } from './recall-store.ts'
import { type FoundMessage, searchMessages } from './search-messages.ts'

const ownTurns = 5
const otherTurns = 4

interface Asking {
  readonly projectId: ProjectId
  readonly chatId: ChatId
  /** Position of the question: what comes after it is no past. */
  readonly before: number
  readonly askedBy: UserId
}

export interface RecalledTurns {
  readonly here: readonly FoundMessage[]
  /** Of the person's other chats in the project; none unless they agreed and ask in a chat of their own. */
  readonly elsewhere: readonly FoundMessage[]
}

/** Past turns that fit a query. */
export async function recallTurns(db: Queryable, asking: Asking, query: string): Promise<RecalledTurns> {
  const { projectId, chatId, before, askedBy } = asking
  const scope = await findRecallScope(db, { projectId, chatId })
  if (scope === undefined) return { here: [], elsewhere: [] }
  const shared = { projectId, ownerId: scope.ownerId, query }
  const here = await searchMessages(db, { ...shared, chat: { id: chatId, before }, limit: ownTurns })
  const mayLookElsewhere = scope.recallsOtherChats && scope.ownerId === askedBy
  const elsewhere = mayLookElsewhere
    ? await searchMessages(db, { ...shared, except: chatId, limit: otherTurns })
    : undefined
  return { here: here.messages, elsewhere: elsewhere?.messages ?? [] }
}
