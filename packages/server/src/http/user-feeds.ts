import type { Chat } from '../chats/chat.ts'
import { findChatOfOwner, findMessageStatus, listMembersAmong } from '../chats/feed-store.ts'
import { type ChangeNotice, parseChange } from '../database/change-notice.ts'
import type { Database } from '../database/database.ts'
import type { MessageStatus } from '../database/schema.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ChatId, MessageId, ProjectId, SourceId, TrainingId, UserId } from '../ids.ts'
import type { Logger } from '../logger.ts'

/** What happens together is read and told together. */
const windowMs = 50
const lookMs = 1_000
/** While other nodes are not heard, readers are told to look for themselves this often. */
const deafMs = 5_000
/** A reader with more than this waiting is told to begin anew instead. */
const maxWaiting = 500

export type FeedEvent =
  /** Nothing is known of what was before: the reader fetches what it shows. */
  | { readonly type: 'start' }
  | { readonly type: 'chat'; readonly chat: Chat }
  | { readonly type: 'chat-deleted'; readonly projectId: ProjectId; readonly chatId: ChatId }
  | {
      readonly type: 'answer'
      readonly projectId: ProjectId
      readonly chatId: ChatId
      readonly messageId: MessageId
      readonly status: MessageStatus
    }
  | { readonly type: 'source'; readonly projectId: ProjectId; readonly sourceId: SourceId | undefined }
  | { readonly type: 'project-deleted'; readonly projectId: ProjectId }
  | { readonly type: 'training'; readonly projectId: ProjectId; readonly trainingId: TrainingId | undefined }

interface Reader {
  readonly userId: UserId
  events: FeedEvent[]
  wake: () => void
}

interface FeedDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly logger: Logger
}

/** Who looks at what is theirs on this node, and the changes that they are told. */
export class UserFeeds {
  readonly #dependencies: FeedDependencies
  readonly #readers = new Map<UserId, Set<Reader>>()
  readonly #waiting = new Map<string, ChangeNotice>()
  readonly #stopListening: () => void
  readonly #timer: NodeJS.Timeout
  #telling: Promise<void> = Promise.resolve()
  #windowTimer: NodeJS.Timeout | undefined
  #deafSince: number | undefined

  constructor(dependencies: FeedDependencies) {
    this.#dependencies = dependencies
    this.#stopListening = dependencies.wakeUp.listen('change', (text) => this.#hear(text))
    this.#timer = setInterval(() => this.#look(), lookMs)
    this.#timer.unref()
  }

  /** The changes of somebody's own from now on, a few at a time, until the signal is aborted. */
  async *read(userId: UserId, signal: AbortSignal): AsyncGenerator<readonly FeedEvent[], void> {
    const reader: Reader = { userId, events: [{ type: 'start' }], wake: () => undefined }
    const readers = this.#readers.get(userId) ?? new Set()
    this.#readers.set(userId, readers.add(reader))
    // A node that just came may hear the others before it first looks whether it does: what is missed until then counts.
    if (!this.#dependencies.wakeUp.isConnected) this.#deafSince ??= performance.now()
    const stop = () => reader.wake()
    signal.addEventListener('abort', stop)
    try {
      while (!signal.aborted) {
        const { events } = reader
        reader.events = []
        if (events.length > 0) yield events
        else
          await new Promise<void>((resolve) => {
            reader.wake = resolve
            if (signal.aborted || reader.events.length > 0) resolve()
          })
      }
    } finally {
      signal.removeEventListener('abort', stop)
      readers.delete(reader)
      if (readers.size === 0) this.#readers.delete(userId)
    }
  }

  #hear(text: string): void {
    if (this.#readers.size === 0) return
    const notice = parseChange(text)
    if (notice === undefined) return
    const userId = 'userId' in notice ? notice.userId : 'ownerId' in notice ? notice.ownerId : undefined
    if (userId !== undefined && !this.#readers.has(userId)) return
    this.#waiting.set(text, notice)
    this.#windowTimer ??= setTimeout(() => {
      this.#windowTimer = undefined
      this.#telling = this.#telling.then(() => this.#tellWaiting())
    }, windowMs)
  }

  /** What the node did not hear of, its readers find when they begin anew. */
  #look(): void {
    const now = performance.now()
    const isDeaf = !this.#dependencies.wakeUp.isConnected
    if (isDeaf) this.#deafSince ??= now
    if (this.#deafSince === undefined || (isDeaf && now - this.#deafSince < deafMs)) return
    this.#deafSince = isDeaf ? now : undefined
    for (const userId of this.#readers.keys()) this.#tell(userId, { type: 'start' })
  }

  async #tellWaiting(): Promise<void> {
    const notices = [...this.#waiting.values()]
    this.#waiting.clear()
    const chats = new Map<ChatId, Promise<Chat | undefined>>()
    try {
      for (const notice of notices) await this.#tellOne(notice, chats)
    } catch (error) {
      this.#dependencies.logger.warn({ error: String(error) }, 'changes could not be read; readers begin anew')
      for (const userId of this.#readers.keys()) this.#tell(userId, { type: 'start' })
    }
  }

  async #tellOne(notice: ChangeNotice, chats: Map<ChatId, Promise<Chat | undefined>>): Promise<void> {
    const { query } = this.#dependencies.db
    if (notice.type === 'source' || notice.type === 'training') {
      for (const userId of await listMembersAmong(query, notice.projectId, [...this.#readers.keys()]))
        this.#tell(userId, notice as FeedEvent)
      return
    }
    if (notice.type === 'project-deleted') {
      this.#tell(notice.userId, { type: 'project-deleted', projectId: notice.projectId })
      return
    }
    const { projectId, chatId, ownerId } = notice
    if (notice.type === 'chat-deleted') {
      if (ownerId !== undefined) this.#tell(ownerId, { type: 'chat-deleted', projectId, chatId })
      return
    }
    const isFirst = !chats.has(chatId)
    const reading = chats.get(chatId) ?? findChatOfOwner(query, notice)
    chats.set(chatId, reading)
    const chat = await reading
    if (chat === undefined) return
    if ('messageId' in notice) {
      const { messageId } = notice
      const status = notice.type === 'answer-started' ? 'processing' : await findMessageStatus(query, notice, messageId)
      if (status !== undefined) this.#tell(chat.ownerId, { type: 'answer', projectId, chatId, messageId, status })
    }
    if (isFirst) this.#tell(chat.ownerId, { type: 'chat', chat })
  }

  #tell(userId: UserId, event: FeedEvent): void {
    for (const reader of this.#readers.get(userId) ?? []) {
      if (reader.events.length >= maxWaiting || event.type === 'start') reader.events = [{ type: 'start' }]
      else reader.events.push(event)
      reader.wake()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening()
    clearInterval(this.#timer)
    clearTimeout(this.#windowTimer)
    await this.#telling
  }
}
