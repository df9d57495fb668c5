import { type Quory, QuoryRequestError } from '@quory/sdk'
import type { QueryClient } from '@tanstack/react-query'
import { dataOf } from '../server/data-of.ts'
import { type ChatRef, refreshMessages } from '../server/messages-query.ts'
import type { AnswerOptions } from './answer-options.ts'

/** A question on its way. It is kept in the browser until the server has it. */
export interface OutgoingQuestion {
  /** Sent along as `Idempotency-Key`: however often it is sent, it is asked once. */
  readonly key: string
  readonly projectId: string
  /** Null until its chat is made. */
  readonly chatId: string | null
  readonly content: string
  readonly options: AnswerOptions
  /** The question that this one is another form of. */
  readonly siblingOf: string | null
  /** As `Date.now()` gives it. */
  readonly askedAt: number
  readonly state: 'sending' | 'waiting' | 'failed'
  /** Why it failed, in words. */
  readonly reason: string | null
}

export type NewQuestion = Pick<OutgoingQuestion, 'projectId' | 'chatId' | 'content' | 'options' | 'siblingOf'>

export interface Outbox {
  read(): readonly OutgoingQuestion[]
  subscribe(onChange: () => void): () => void
  send(question: NewQuestion): OutgoingQuestion
  retry(key: string): void
  /** Takes it back; gives its text. */
  discard(key: string): string
}

const storageKey = 'quory.outbox'
/** The server knows a key for a day; after that, sending again could ask twice. */
const sendsByItselfMs = 6 * 3_600_000
const boxes = new WeakMap<QueryClient, Outbox>()

/** The one outbox of the page. */
export function outboxOf(dependencies: { readonly quory: Quory; readonly queryClient: QueryClient }): Outbox {
  const known = boxes.get(dependencies.queryClient)
  if (known !== undefined) return known
  const outbox = createOutbox(dependencies)
  boxes.set(dependencies.queryClient, outbox)
  return outbox
}

function createOutbox({ quory, queryClient }: { readonly quory: Quory; readonly queryClient: QueryClient }): Outbox {
  let questions = readStored()
  const listeners = new Set<() => void>()
  const keep = (changed: readonly OutgoingQuestion[]) => {
    questions = changed
    store(changed)
    for (const listener of listeners) listener()
  }
  const change = (key: string, part: Partial<OutgoingQuestion>) =>
    keep(questions.map((question) => (question.key === key ? { ...question, ...part } : question)))

  async function deliver(key: string): Promise<void> {
    const question = questions.find((known) => known.key === key)
    if (question === undefined) return
    try {
      const chatId = question.chatId ?? (await createChat(quory, question))
      if (question.chatId === null) change(key, { chatId })
      const chat = { projectId: question.projectId, chatId }
      await ask(quory, chat, question)
      // From here on it is the server's. A chat that cannot be read now is read when it is next shown.
      await refreshMessages({ quory, queryClient }, chat).catch(() => undefined)
      keep(questions.filter((known) => known.key !== key))
    } catch (error) {
      if (error instanceof QuoryRequestError && error.status < 500)
        change(key, { state: 'failed', reason: error.message })
      else if (navigator.onLine) change(key, { state: 'failed', reason: null })
      else change(key, { state: 'waiting', reason: null })
    }
  }
  const retry = (key: string) => {
    change(key, { state: 'sending', reason: null })
    void deliver(key)
  }
  const retryAll = () => {
    for (const { key, askedAt } of questions) if (Date.now() - askedAt < sendsByItselfMs) retry(key)
  }
  addEventListener('online', retryAll)
  retryAll()
  return {
    read: () => questions,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    send: (input) => {
      const question: OutgoingQuestion = {
        ...input,
        key: randomKey(),
        askedAt: Date.now(),
        state: 'sending',
        reason: null,
      }
      keep([...questions, question])
      void deliver(question.key)
      return question
    },
    retry,
    discard: (key) => {
      const content = questions.find((known) => known.key === key)?.content ?? ''
      keep(questions.filter((known) => known.key !== key))
      return content
    },
  }
}

async function createChat(quory: Quory, { key, projectId }: OutgoingQuestion): Promise<string> {
  const chat = dataOf(
    await quory.api.POST('/v1/projects/{project_id}/chats', {
      params: { path: { project_id: projectId } },
      headers: { 'idempotency-key': `${key}-chat` },
      body: { name: 'New chat', is_named: false },
    }),
  )
  return chat.id
}

async function ask(quory: Quory, { projectId, chatId }: ChatRef, question: OutgoingQuestion): Promise<void> {
  const { key, content, options, siblingOf } = question
  await quory.api.POST('/v1/projects/{project_id}/chats/{chat_id}/messages', {
    params: { path: { project_id: projectId, chat_id: chatId }, header: { 'Idempotency-Key': key } },
    body: {
      content,
      model: options.model,
      temperature: options.temperature,
      max_tokens: options.maxTokens,
      ...(siblingOf === null ? {} : { sibling_of: siblingOf }),
    },
  })
}

/** What was on its way when the page was left may have arrived or not: its key makes sending it again safe. */
function readStored(): readonly OutgoingQuestion[] {
  try {
    const stored: readonly OutgoingQuestion[] = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return stored.map((question) => ({ ...question, state: 'failed' }))
  } catch {
    return []
  }
}

function store(questions: readonly OutgoingQuestion[]): void {
  try {
    if (questions.length === 0) localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, JSON.stringify(questions))
  } catch {
    // Storage is full or forbidden: the question is still here, until the page is left.
  }
}

/** `crypto.randomUUID` is missing where a page came over plain http from another machine. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
