import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Principal } from '../accounts/principal.ts'
import type { Queryable } from '../database/database.ts'
import { decodeCursor, encodeCursor } from '../database/page.ts'
import type { MessageRole, Timestamp } from '../database/schema.ts'
import type { ChatId, MessageId, ProjectId } from '../ids.ts'
import { markSnippet, markWords, type SnippetPart } from '../memory/mark-snippet.ts'
import type { ScoredTurn } from '../memory/score-turns.ts'
import { searchMessages } from '../memory/search-messages.ts'
import type { Chat } from './chat.ts'
import { findChats, readTitles } from './chat-title-store.ts'

/** Names read at once, and in one search: a few milliseconds of this thread, and a hundred thousand chats. */
const titlesPerRead = 1_000
const maxTitles = 100_000
/** Pieces of 500 chats whose messages one search reads at most. */
const maxWindows = 4

const titles = 0
const messages = 1
/** Before the first: later than any time, greater than any id. */
const beginning = ['9999-12-31T23:59:59.999Z', 'ffffffff-ffff-4fff-bfff-ffffffffffff'] as const
// No chat's id: comes before any turn.
const bestTurn: ScoredTurn<ChatId> = { score: Number.MAX_VALUE, position: 0, chat: beginning[1] as ChatId }

interface ChatSearch {
  readonly projectId: ProjectId
  readonly query: string
  readonly limit: number
  readonly cursor: string | undefined
}

export interface FoundInChat {
  readonly chat: Chat
  /** Null for the chat's name itself. */
  readonly message: { readonly id: MessageId; readonly role: MessageRole } | null
  readonly snippet: readonly SnippetPart[]
  readonly createdAt: Timestamp
}

export interface FoundInChats {
  readonly results: readonly FoundInChat[]
  readonly nextCursor: string | null
}

type Hit = Omit<FoundInChat, 'chat'> & { readonly chatId: ChatId }

interface Place {
  readonly phase: number
  readonly after: readonly [Timestamp, string]
  /** When the first page of messages was read, and the last one of this piece's that was shown. */
  readonly asOf?: Timestamp | undefined
  readonly turn?: ScoredTurn<ChatId> | undefined
}

/**
 * Somebody's own chats whose names have the words, newest first, then what was said in them, the newest chats first and
 * of 500 chats at a time the best first. A page may have fewer results than asked for; its cursor looks on, and no page
 * shows again, or passes over, what others moved while messages arrive.
 */
export async function searchChats(db: Queryable, principal: Principal, search: ChatSearch): Promise<FoundInChats> {
  let place: Place | undefined = startOf(search.cursor)
  const hits: Hit[] = []
  if (place.phase === titles) place = await searchTitles(db, principal, search, { place, hits })
  for (let window = 0; window < maxWindows && place?.phase === messages && hits.length < search.limit; window++) {
    place = await searchTexts(db, principal, search, { place, hits })
  }
  const chats = await findChats(db, principal, search.projectId, [...new Set(hits.map(({ chatId }) => chatId))])
  const results = hits.flatMap(({ chatId, ...hit }) => {
    const chat = chats.get(chatId)
    return chat === undefined ? [] : [{ ...hit, chat }]
  })
  return { results, nextCursor: place === undefined ? null : writePlace(place) }
}

function writePlace({ phase, after, asOf, turn = bestTurn }: Place): string {
  return encodeCursor([phase, ...after, asOf ?? beginning[0], turn.score, turn.position, turn.chat])
}

function startOf(cursor: string | undefined): Place {
  if (cursor === undefined) return { phase: titles, after: beginning }
  const kinds = ['number', 'time', 'id', 'time', 'score', 'number', 'id'] as const
  const [phase, time, id, asOf, score, position, chat] = decodeCursor(cursor, kinds)
  // The ids are those of chats, or greater than any.
  const turn = { score, position, chat: chat as ChatId }
  return { phase, after: [time, id], asOf: asOf === beginning[0] ? undefined : asOf, turn }
}

interface Progress {
  readonly place: Place
  readonly hits: Hit[]
}

async function searchTitles(
  db: Queryable,
  principal: Principal,
  { projectId, query, limit }: ChatSearch,
  { place, hits }: Progress,
): Promise<Place> {
  const words = fold(query)
    .split(/\s+/)
    .filter((each) => each !== '')
  let before = place.after
  for (let read = 0; read < maxTitles; read += titlesPerRead) {
    const found = await readTitles(db, principal, { projectId, before, limit: titlesPerRead })
    for (const { id, name, updatedAt } of found) {
      before = [updatedAt, id]
      const folded = fold(name)
      if (!words.every((each) => folded.includes(each))) continue
      const fits = (written: string) => words.some((each) => fold(written).includes(each))
      hits.push({ chatId: id, message: null, snippet: markWords(name, fits), createdAt: updatedAt })
      if (hits.length === limit) return { phase: titles, after: before }
    }
    if (found.length < titlesPerRead) return { phase: messages, after: beginning }
    // On SQLite a read takes this thread.
    await nextTurn()
  }
  return { phase: titles, after: before }
}

async function searchTexts(
  db: Queryable,
  principal: Principal,
  { projectId, query, limit }: ChatSearch,
  { place, hits }: Progress,
): Promise<Place | undefined> {
  const [createdAt, id] = place.after
  const wanted = limit - hits.length
  const found = await searchMessages(db, {
    projectId,
    ownerId: principal.userId,
    query,
    asOf: place.asOf,
    after: place.turn,
    limit: wanted,
    chatsBefore: createdAt === beginning[0] ? undefined : { createdAt, id: id as ChatId },
  })
  for (const message of found.messages) {
    hits.push({
      chatId: message.chatId,
      message: { id: message.id, role: message.role },
      snippet: markSnippet(message.content, query),
      createdAt: message.createdAt,
    })
  }
  const { asOf, last, nextChats } = found
  if (last !== undefined) return { ...place, asOf, turn: last }
  return nextChats === undefined ? undefined : { phase: messages, after: [nextChats.createdAt, nextChats.id], asOf }
}

/** Without case and accents, as people type. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
