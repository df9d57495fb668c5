import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Principal } from '../accounts/principal.ts'
import type { Queryable } from '../database/database.ts'
import { decodeCursor, encodeCursor } from '../database/page.ts'
import type { MessageRole, Timestamp } from '../database/schema.ts'
import type { ChatId, MessageId, ProjectId } from '../ids.ts'
import { markSnippet, markWords, type SnippetPart } from '../memory/mark-snippet.ts'
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
  readonly offset: number
}

/**
 * Somebody's own chats whose names have the words, newest first, then what was said in them, the newest chats first and
 * of 500 chats at a time the best first. A page may have fewer results than asked for; its cursor looks on.
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
  return { results, nextCursor: place === undefined ? null : encodeCursor([place.phase, ...place.after, place.offset]) }
}

function startOf(cursor: string | undefined): Place {
  if (cursor === undefined) return { phase: titles, after: beginning, offset: 0 }
  const [phase, time, id, offset] = decodeCursor(cursor, ['number', 'time', 'id', 'number'])
  return { phase, after: [time, id], offset: Math.max(0, offset) }
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
      if (hits.length === limit) return { phase: titles, after: before, offset: 0 }
    }
    if (found.length < titlesPerRead) return { phase: messages, after: beginning, offset: 0 }
    // On SQLite a read takes this thread.
    await nextTurn()
  }
  return { phase: titles, after: before, offset: 0 }
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
    offset: place.offset,
    limit: wanted,
    // The id is a chat's, or greater than any.
    chatsBefore: { createdAt, id: id as ChatId },
  })
  for (const message of found.messages) {
    hits.push({
      chatId: message.chatId,
      message: { id: message.id, role: message.role },
      snippet: markSnippet(message.content, query),
      createdAt: message.createdAt,
    })
  }
  if (found.hasMore) return { ...place, offset: place.offset + wanted }
  const next = found.nextChats
  return next === undefined ? undefined : { phase: messages, after: [next.createdAt, next.id], offset: 0 }
}

/** Without case and accents, as people type. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
