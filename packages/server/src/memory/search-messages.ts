import { setImmediate as nextTurn } from 'node:timers/promises'
import { now, type Queryable } from '../database/database.ts'
import type { MessageRole, Timestamp } from '../database/schema.ts'
import type { ChatId, MessageId, ProjectId, UserId } from '../ids.ts'
import { analyseQuestion } from '../retrieval/analysis/analyse-question.ts'
import { analyseMessage } from './analyse-message.ts'
import { readTurnsAround } from './found-turn-store.ts'
import { findLaterTurns } from './later-turns.ts'
import { decodeBlock, hashWord, type IndexedTurn, positionsPerBlock } from './message-block.ts'
import {
  type BlockRow,
  type ChatsBefore,
  listOwnChats,
  readBlocks,
  readTurns,
  type SearchedChat,
} from './message-block-store.ts'
import { compareTurns, type ScoredTurn, scoreTurns } from './score-turns.ts'

/** What one search reads at most, the newest first: 32,000 messages in blocks, and what is in none yet. */
const maxChats = 500
const maxBlocks = 512
const maxUnindexed = 256
const blocksPerSlice = 16
const blocksPerRead = 32
const chatsPerRead = 100

export interface MessageSearch {
  readonly projectId: ProjectId
  /** Whose chats: nobody searches another's. */
  readonly ownerId: UserId
  /** This chat only, or all but this one, up to a position of it. */
  readonly chat?: { readonly id: ChatId; readonly before?: number } | undefined
  readonly except?: ChatId | undefined
  /** Only chats older than this one. */
  readonly chatsBefore?: ChatsBefore | undefined
  readonly query: string
  /** Of an earlier page: what came since is left out, so that its turns keep their places. */
  readonly asOf?: Timestamp | undefined
  /** Only what comes after this one. */
  readonly after?: ScoredTurn<ChatId> | undefined
  readonly limit: number
}

/** Greater than the id of any chat. */
const lastId = 'ffffffff-ffff-4fff-bfff-ffffffffffff' as ChatId

export interface FoundMessage {
  readonly id: MessageId
  readonly chatId: ChatId
  readonly chatName: string
  readonly role: MessageRole
  readonly content: string
  readonly position: number
  readonly createdAt: Timestamp
  readonly score: number
  /** What was said just before and after it, in order. */
  readonly beside: readonly Pick<FoundMessage, 'id' | 'role' | 'content' | 'position'>[]
}

export interface FoundMessages {
  readonly messages: readonly FoundMessage[]
  /** When the search was begun, for further pages. */
  readonly asOf: Timestamp
  /** The last one of this page when there are more in the same chats. */
  readonly last: ScoredTurn<ChatId> | undefined
  /** False when there is more than one search reads: older messages, or some that are in no block yet. */
  readonly isComplete: boolean
  /** Where to look on: there are older chats than one search reads. */
  readonly nextChats: ChatsBefore | undefined
}

/** The messages of somebody's own chats that fit a query best, best first. */
export async function searchMessages(db: Queryable, search: MessageSearch): Promise<FoundMessages> {
  const chatId = search.chat?.id
  const { asOf } = search
  const own = await listOwnChats(db, {
    projectId: search.projectId,
    ownerId: search.ownerId,
    limit: maxChats,
    before: search.chatsBefore ?? (asOf === undefined ? undefined : { createdAt: asOf, id: lastId }),
    ...(chatId === undefined ? {} : { chatId }),
  })
  const oldest = own.at(-1)
  const chats = own.filter(({ id }) => id !== search.except)
  const later = await findLaterTurns(db, search.projectId, chats, asOf)
  const { blocks, isComplete: hasAllBlocks } = await readAllBlocks(db, search.projectId, chats)
  const unindexed = await readUnindexed(db, search, chats, { blocks, later })
  const languages = new Set(['en', ...blocks.flatMap((block) => block.languages.split(' ')), ...unindexed.languages])
  const wanted = [
    ...analyseQuestion(
      search.query,
      // Always in the same order, so that the same turns get the same scores to the last digit.
      [...languages].filter((language) => language !== '').toSorted(),
    ).keys(),
  ].map(hashWord)
  const isWanted = new Set(wanted)
  const fresh = new Map([...unindexed.turns].map(([id, list]) => [id, list.map((turn) => keepWanted(turn, isWanted))]))
  const turns = await decodeAll(blocks, isWanted, fresh)
  for (const [id, positions] of later) keepTurns(turns, id, (position) => !positions.has(position))
  const before = search.chat?.before
  if (chatId !== undefined && before !== undefined) keepTurns(turns, chatId, (position) => position < before)
  const { after } = search
  const scored = scoreTurns(turns, wanted).filter((turn) => after === undefined || compareTurns(turn, after) > 0)
  const page = scored.slice(0, search.limit)
  return {
    messages: await readFound(db, search.projectId, page, new Map(chats.map((chat) => [chat.id, chat.name]))),
    asOf: asOf ?? latestOf(own),
    last: scored.length > page.length ? page.at(-1) : undefined,
    isComplete: hasAllBlocks && unindexed.isComplete && own.length < maxChats,
    nextChats:
      oldest === undefined || own.length < maxChats ? undefined : { createdAt: oldest.created_at, id: oldest.id },
  }
}

/** Now; or later, when another node's clock is ahead. */
function latestOf(chats: readonly SearchedChat[]): Timestamp {
  const time = now()
  return [time, ...chats.map(({ updated_at }) => updated_at)].toSorted().at(-1) ?? time
}

function keepTurns(turns: Map<ChatId, IndexedTurn[]>, chatId: ChatId, isKept: (position: number) => boolean): void {
  turns.set(
    chatId,
    (turns.get(chatId) ?? []).filter(({ position }) => isKept(position)),
  )
}

async function readAllBlocks(
  db: Queryable,
  projectId: ProjectId,
  chats: readonly SearchedChat[],
): Promise<{ blocks: BlockRow[]; isComplete: boolean }> {
  const blocks: BlockRow[] = []
  for (let at = 0; at < chats.length && blocks.length < maxBlocks; at += chatsPerRead) {
    const ids = chats.slice(at, at + chatsPerRead).map(({ id }) => id)
    for (let offset = 0; blocks.length < maxBlocks; offset += blocksPerRead) {
      const read = await readBlocks(db, projectId, ids, { offset, limit: blocksPerRead })
      blocks.push(...read)
      if (read.length < blocksPerRead) break
      // On SQLite a read takes this thread.
      await nextTurn()
    }
  }
  return { blocks, isComplete: blocks.length < maxBlocks }
}

/** What was said since the blocks were made, analysed on the spot: the newest of each chat, as much as one search may. */
async function readUnindexed(
  db: Queryable,
  { projectId }: MessageSearch,
  chats: readonly SearchedChat[],
  { blocks, later }: { blocks: readonly BlockRow[]; later: ReadonlyMap<ChatId, ReadonlySet<number>> },
): Promise<{ turns: Map<ChatId, IndexedTurn[]>; languages: Set<string>; isComplete: boolean }> {
  const turns = new Map<ChatId, IndexedTurn[]>()
  const languages = new Set<string>()
  const covered = new Set(blocks.map(({ chat_id, number }) => `${chat_id}/${number}`))
  let left = maxUnindexed
  let isComplete = true
  for (const { id, indexed_position, last_position } of chats) {
    let to = last_position
    while (later.get(id)?.has(to)) to -= 1
    if (to <= indexed_position) continue
    if (left <= 0) {
      isComplete = false
      break
    }
    const range = { from: indexed_position + 1, to, newest: Math.min(left, 2 * positionsPerBlock) }
    const rows = await readTurns(db, { projectId, chatId: id }, range)
    isComplete &&= rows.length < range.newest
    left -= rows.length
    const fresh = rows.filter(
      ({ position }) => position > lastOf(blocks, covered, id, position) && !later.get(id)?.has(position),
    )
    for (const row of fresh) {
      const { language, ...turn } = analyseMessage(row)
      languages.add(language)
      turns.set(id, [...(turns.get(id) ?? []), turn])
    }
    await nextTurn()
  }
  return { turns, languages, isComplete }
}

/** Where the block ends that a position would be in; after a deletion later blocks are still there. */
function lastOf(blocks: readonly BlockRow[], covered: ReadonlySet<string>, chatId: ChatId, position: number): number {
  const number = Math.floor(position / positionsPerBlock)
  if (!covered.has(`${chatId}/${number}`)) return -1
  return blocks.find((block) => block.chat_id === chatId && block.number === number)?.last_position ?? -1
}

function keepWanted(turn: IndexedTurn, wanted: ReadonlySet<number>): IndexedTurn {
  return { ...turn, words: new Map([...turn.words].filter(([word]) => wanted.has(word))) }
}

async function decodeAll(
  blocks: readonly BlockRow[],
  wanted: ReadonlySet<number>,
  unindexed: ReadonlyMap<ChatId, readonly IndexedTurn[]>,
): Promise<Map<ChatId, IndexedTurn[]>> {
  const turns = new Map([...unindexed].map(([id, list]) => [id, [...list]]))
  for (const [at, { chat_id, number, words }] of blocks.entries()) {
    const list = turns.get(chat_id) ?? []
    turns.set(chat_id, list)
    list.push(...decodeBlock(number, words, wanted))
    if (at % blocksPerSlice === blocksPerSlice - 1) await nextTurn()
  }
  return turns
}

async function readFound(
  db: Queryable,
  projectId: ProjectId,
  page: readonly ScoredTurn<ChatId>[],
  names: ReadonlyMap<ChatId, string>,
): Promise<FoundMessage[]> {
  const found = await Promise.all(
    page.map(async ({ chat, position, score }): Promise<FoundMessage | undefined> => {
      const around = await readTurnsAround(db, { projectId, chatId: chat }, position)
      const own = around.find((turn) => turn.position === position)
      // Deleted a moment ago.
      if (own === undefined) return undefined
      const beside = around.filter((turn) => turn !== own)
      return { ...own, chatId: chat, chatName: names.get(chat) ?? '', score, beside }
    }),
  )
  return found.filter((message) => message !== undefined)
}
