import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Database, inTransaction } from '../database/database.ts'
import type { ChatId, ProjectId } from '../ids.ts'
import type { JobHandler, NewJob } from '../jobs/job.ts'
import { analyseMessage } from './analyse-message.ts'
import { blockOf, encodeBlock, positionsPerBlock } from './message-block.ts'
import {
  type ChatPlace,
  findFirstUnfinished,
  hasBlock,
  listUnindexedChats,
  moveIndexed,
  readTurns,
  type SearchedChat,
  storeBlock,
} from './message-block-store.ts'

export const indexMessagesKind = 'index-messages'
const chatsPerRead = 50
/** Analysed in a row: a millisecond or two of this thread. */
const messagesPerSlice = 4

export function indexMessagesJob(projectId: ProjectId): NewJob {
  return { projectId, kind: indexMessagesKind, payload: {} }
}

/** Takes the words of what was said in a project since into blocks. What is cut off is found unindexed the next time. */
export function createIndexMessagesHandler({ db }: { db: Database }): JobHandler {
  return {
    run: async ({ projectId }, signal) => {
      let after: ChatId | undefined
      for (;;) {
        const chats = await listUnindexedChats(db.query, projectId, { after, limit: chatsPerRead })
        for (const chat of chats) await indexChat(db, { projectId, chatId: chat.id }, chat, signal)
        after = chats.at(-1)?.id
        if (chats.length < chatsPerRead) return async () => undefined
      }
    },
    giveUp: async () => undefined,
  }
}

/** Block after block, each in some milliseconds of this thread and a short transaction. */
async function indexChat(
  db: Database,
  place: ChatPlace,
  { indexed_position, last_position }: Pick<SearchedChat, 'indexed_position' | 'last_position'>,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = await findFirstUnfinished(db.query, place, indexed_position)
  const last = Math.min(last_position, (unfinished ?? Number.POSITIVE_INFINITY) - 1)
  for (let number = blockOf(indexed_position + 1); number <= blockOf(last); number++) {
    signal.throwIfAborted()
    const from = number * positionsPerBlock
    const to = Math.min(last, from + positionsPerBlock - 1)
    if (to < from) return
    if (await hasBlock(db.query, place, number, to)) await moveIndexed(db.query, place, to)
    else if (!(await indexBlock(db, place, { number, from, to }))) return
    await nextTurn()
  }
}

async function indexBlock(
  db: Database,
  place: ChatPlace,
  { number, from, to }: { number: number; from: number; to: number },
): Promise<boolean> {
  const turns = await readTurns(db.query, place, { from, to })
  const analysed: ReturnType<typeof analyseMessage>[] = []
  for (const turn of turns) {
    analysed.push(analyseMessage(turn))
    if (analysed.length % messagesPerSlice === 0) await nextTurn()
  }
  const block = {
    number,
    last_position: to,
    languages: [...new Set(analysed.map(({ language }) => language))].join(' '),
    words: encodeBlock(number, analysed),
    messages: turns.map(({ id }) => id),
  }
  return await inTransaction(db, (tx) => storeBlock(db, tx, place, block))
}
