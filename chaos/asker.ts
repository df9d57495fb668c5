import { setTimeout as wait } from 'node:timers/promises'
import { attempt, type ClientOptions, insist, nextNode } from './clients.ts'
import { tagText } from './model-server.ts'
import { postQuestion, streamQuestion } from './post-question.ts'
import { isTerminal, readAnswer, readerKinds } from './reader.ts'
import type { ChatRecord, QuestionRecord, ReaderRecord, Try } from './records.ts'

const askKinds = {
  once: 4,
  streamed: 3,
  'double without a key': 1,
  'with a key': 2,
  'streamed with a key': 2,
  'double with a key': 2,
  'with a key, again later': 2,
} as const

/** Whoever writes into one chat, and all who read there. */
export class Asker {
  readonly #options: ClientOptions
  readonly #chat: ChatRecord
  readonly #work: Promise<void>[] = []
  /** Replies that somebody reads already. */
  readonly #followed = new Set<string>()
  #readers = 0

  constructor(options: ClientOptions, chat: ChatRecord) {
    this.#options = options
    this.#chat = chat
  }

  ask(tag: string): void {
    this.#work.push(this.#ask(tag))
  }

  /** Resolves when everything that was begun has come to its end, the follow-ups of it included. */
  async done(): Promise<void> {
    const { random, world } = this.#options
    if (this.#chat.projectId !== world.projectId)
      this.#later(random.between(0, this.#patientMs), () => this.#delete('project'))
    else if (random.chance(0.12)) this.#later(random.between(0, this.#patientMs), () => this.#delete('chat'))
    for (let seen = -1; seen !== this.#work.length; ) {
      seen = this.#work.length
      await Promise.all(this.#work)
    }
  }

  /** How much later something later is. */
  get #patientMs(): number {
    return this.#options.world.engine === 'sqlite' ? 500 : 2_000
  }

  get #longShare(): number {
    return this.#options.world.engine === 'sqlite' ? 0.1 : 0.35
  }

  get #path(): string {
    return `/v1/projects/${this.#chat.projectId}/chats/${this.#chat.chatId}`
  }

  async #ask(tag: string): Promise<void> {
    const { random, records, count } = this.#options
    const kind = random.pickWeighted(askKinds)
    const pace = {
      paceMs: random.between(2, 25),
      words: random.chance(this.#longShare) ? random.between(50, 120) : random.between(3, 45),
    }
    const content = `${tagText(tag, pace)} What about ${tag}, 漢字 & "quotes"?\nSecond line.`
    const isKeyed = kind.includes('with a key')
    const question: QuestionRecord = {
      tag,
      ...this.#chat,
      content,
      tries: [],
      regenerated: [],
      siblings: [],
      ...(isKeyed ? { key: `key-${tag}` } : {}),
    }
    records.questions.push(question)
    if (kind !== 'once' && kind !== 'streamed') count(`POST ${kind}`)
    switch (kind) {
      case 'streamed':
      case 'streamed with a key':
        return this.#askAndRead(question)
      case 'once':
      case 'with a key':
        return this.#askAndFollow(question)
      case 'double without a key':
      case 'double with a key':
        await Promise.all([this.#askAndFollow(question), this.#askAndFollow(question)])
        return
      case 'with a key, again later':
        await this.#askAndFollow(question)
        await wait(random.between(0, this.#patientMs))
        await (random.chance(0.5) ? postQuestion(this.#options, question) : this.#askAndRead(question))
    }
  }

  async #askAndFollow(question: QuestionRecord): Promise<void> {
    const replyId = await postQuestion(this.#options, question)
    if (replyId !== undefined && !this.#followed.has(replyId)) this.#follow(question, replyId)
  }

  /** Goes on, after what came with the POST, as any reader does. */
  async #askAndRead(question: QuestionRecord): Promise<void> {
    const told = await streamQuestion(this.#options, question)
    if (told === undefined) return
    const { replyId, connection } = told
    const reader = this.#newReader(question, replyId, 'streamed')
    reader.connections.push(connection)
    if (connection.frames.some(isTerminal)) reader.outcome = 'end'
    this.#work.push(this.#read(reader, 'some events'))
    if (!this.#followed.has(replyId)) this.#follow(question, replyId)
  }

  /** What happens to a question that the server has taken. */
  #follow(question: QuestionRecord, replyId: string): void {
    const { random, count } = this.#options
    this.#followed.add(replyId)
    for (let index = 0, readers = random.between(1, 3); index < readers; index++) {
      const kind = random.pickWeighted(readerKinds)
      if (kind !== 'whole' && kind !== 'late') count(`reader: ${kind}`)
      this.#work.push(this.#read(this.#newReader(question, replyId, kind), kind))
    }
    this.#later(random.between(0, 800), () => this.#look(replyId))
    if (random.chance(0.15)) {
      const afterMs = random.between(0, 900)
      for (let times = random.chance(0.4) ? 2 : 1; times > 0; times--) this.#later(afterMs, () => this.#cancel(replyId))
    }
    if (random.chance(0.08)) this.#later(random.between(0, 900), () => this.#regenerate(question, replyId))
    if (random.chance(0.06)) this.#later(random.between(0, 900), () => this.#delete('message', replyId))
  }

  #newReader(question: QuestionRecord, replyId: string, kind: string): ReaderRecord {
    this.#readers += 1
    const reader: ReaderRecord = {
      tag: question.tag,
      ...this.#chat,
      name: `${question.tag} reader ${this.#readers} (${kind})`,
      replyId,
      connections: [],
      outcome: 'open',
    }
    this.#options.records.readers.push(reader)
    return reader
  }

  async #read(record: ReaderRecord, kind: keyof typeof readerKinds): Promise<void> {
    const { world, random, patience } = this.#options
    await readAnswer({
      kind,
      record,
      random,
      patience,
      lateMs: this.#patientMs,
      nextUrl: () => nextNode(world, random),
    })
  }

  #later(ms: number, action: () => Promise<void>): void {
    this.#work.push(wait(ms).then(action))
  }

  async #look(replyId: string): Promise<void> {
    const seen = await attempt(this.#options, { method: 'GET', path: `${this.#path}/messages/${replyId}` })
    if (seen.status !== 200 || seen.text === undefined) return
    const { status, content }: { status: string; content: string } = JSON.parse(seen.text)
    this.#options.records.looks.push({ replyId, at: seen.endedAt, status, content })
  }

  async #cancel(replyId: string): Promise<void> {
    this.#options.count('cancel')
    const done = await insist(this.#options, { method: 'POST', path: `${this.#path}/messages/${replyId}/cancel` })
    const { text, headers: _, ...tried } = done
    const shown = done.status === 200 && text !== undefined ? shownIn(text) : undefined
    this.#options.records.cancels.push({
      ...tried,
      replyId,
      chatId: this.#chat.chatId,
      ...(shown === undefined ? {} : { shown }),
    })
  }

  /** Another reply to the same question; with a key, or nobody could try again. */
  async #regenerate(question: QuestionRecord, replyId: string): Promise<void> {
    this.#options.count('regenerate with a key')
    question.regenerated.push(replyId)
    const path = `${this.#path}/messages/${replyId}/regenerate`
    const headers = { 'idempotency-key': `regenerate-${replyId}` }
    const both = Array.from({ length: 2 }, () => insist(this.#options, { method: 'POST', path, headers }))
    for (const { status, text } of await Promise.all(both)) {
      if (status !== 201 || text === undefined) continue
      const { id }: { id: string } = JSON.parse(text)
      question.siblings.push(id)
    }
  }

  async #delete(kind: 'chat' | 'message' | 'project', messageId?: string): Promise<void> {
    this.#options.count(`delete a ${kind}`)
    const path = {
      chat: this.#path,
      message: `${this.#path}/messages/${messageId}`,
      project: `/v1/projects/${this.#chat.projectId}`,
    }[kind]
    const tries: Try[] = []
    const done = await insist(this.#options, { method: 'DELETE', path }, ({ text: _, headers: __, ...tried }) =>
      tries.push(tried),
    )
    const { text: _, headers: __, ...tried } = done
    this.#options.records.deletes.push({
      ...tried,
      kind,
      ...this.#chat,
      ...(messageId === undefined ? {} : { messageId }),
    })
  }
}

function shownIn(text: string): { status: string; content: string } {
  const { status, content }: { status: string; content: string } = JSON.parse(text)
  return { status, content }
}
