import { setTimeout as wait } from 'node:timers/promises'
import { attempt, type ClientOptions, insist, nextNode } from './clients.ts'
import { visitStream } from './http-client.ts'
import { tagText } from './model-server.ts'
import { leaveRule, readAnswer, readerKinds, toConnection } from './reader.ts'
import type { ChatRecord, QuestionRecord, ReaderRecord, Try } from './records.ts'

const askKinds = { once: 4, streamed: 3, 'double without a key': 1 } as const
const keyedKinds = { ...askKinds, 'with a key': 2, 'double with a key': 2, 'with a key, again later': 1 } as const

/** Whoever writes into one chat, and all who read there. */
export class Asker {
  readonly #options: ClientOptions
  readonly #chat: ChatRecord
  readonly #work: Promise<void>[] = []
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
    const { random, records, hasKeys, count } = this.#options
    const kind = random.pickWeighted<keyof typeof keyedKinds>(
      hasKeys ? keyedKinds : { ...askKinds, 'with a key': 0, 'double with a key': 0, 'with a key, again later': 0 },
    )
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
      ...(isKeyed ? { key: `key-${tag}` } : {}),
    }
    records.questions.push(question)
    if (kind !== 'once' && kind !== 'streamed') count(`POST ${kind}`)
    const isTold = (replyId: string) => this.#follow(question, replyId)
    switch (kind) {
      case 'streamed':
        return this.#askAndRead(question)
      case 'once':
        return this.#told(await this.#post(question), isTold)
      case 'double without a key':
      case 'double with a key': {
        const [first, second] = await Promise.all([this.#post(question), this.#post(question)])
        this.#told(first, isTold)
        if (second !== first) this.#told(second, isTold)
        return
      }
      case 'with a key':
        return this.#told(await this.#post(question), isTold)
      case 'with a key, again later': {
        this.#told(await this.#post(question), isTold)
        await wait(random.between(0, this.#patientMs))
        await this.#post(question)
      }
    }
  }

  #told(replyId: string | undefined, isTold: (replyId: string) => void): void {
    if (replyId !== undefined) isTold(replyId)
  }

  /** Without a key nobody can know whether a request that broke off was taken, so it is not sent again. */
  async #post(question: QuestionRecord): Promise<string | undefined> {
    const headers = question.key === undefined ? {} : { 'idempotency-key': question.key }
    const request = { method: 'POST', path: `${this.#path}/messages`, body: { content: question.content }, headers }
    let replyId: string | undefined
    const keep = (tried: Awaited<ReturnType<typeof attempt>>) => {
      const { text, headers: _, ...rest } = tried
      if (tried.status !== 201 || text === undefined) return void question.tries.push(rest)
      const body: { id: string; metadata: { assistant_message_id: string } } = JSON.parse(text)
      replyId = body.metadata.assistant_message_id
      question.tries.push({ ...rest, questionId: body.id, replyId })
    }
    await this.#someNode()
    if (question.key !== undefined) await insist(this.#options, request, keep)
    else {
      keep(await attempt(this.#options, request))
    }
    return replyId
  }

  /** Nobody asks a service that is known to be down: the question would only break off. */
  async #someNode(): Promise<void> {
    const { world, patience } = this.#options
    while (world.members.every(({ node, url }) => url === undefined || !node.isReady) && Date.now() < patience.until)
      await wait(20)
  }

  /** Asks and reads over one connection, then goes on as any reader does. */
  async #askAndRead(question: QuestionRecord): Promise<void> {
    const { world, random } = this.#options
    await this.#someNode()
    const { name, url } = nextNode(world, random)
    const startedAt = Date.now()
    let replyId: string | undefined
    let questionId: string | undefined
    const visit = await visitStream({
      url,
      method: 'POST',
      path: `${this.#path}/messages`,
      body: { content: question.content },
      headers: { accept: 'text/event-stream' },
      shouldLeave: leaveRule(random.chance(0.5) ? 'whole' : 'some events', random),
      started: (headers) => {
        const [asked, reply] = [headers['x-user-message-id'], headers['x-assistant-message-id']]
        if (typeof asked === 'string') questionId = asked
        if (typeof reply === 'string') replyId = reply
      },
    })
    const connection = toConnection(name, startedAt, visit)
    const { frames: _, isCutByClient: __, ...tried } = connection
    question.tries.push({
      ...tried,
      ...(questionId === undefined ? {} : { questionId }),
      ...(replyId === undefined ? {} : { replyId }),
    })
    if (visit.status !== 200 || replyId === undefined) return
    const reader = this.#newReader(question, replyId, 'streamed')
    reader.connections.push(connection)
    if (visit.frames.some((frame) => frame.event === 'message_complete')) reader.outcome = 'end'
    this.#work.push(this.#read(reader, 'some events'))
    this.#follow(question, replyId)
  }

  /** What happens to a question that the server has taken. */
  #follow(question: QuestionRecord, replyId: string): void {
    const { random, count } = this.#options
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
    if (random.chance(0.06)) this.#later(random.between(0, 900), () => this.#delete('message', replyId))
  }

  #newReader(question: QuestionRecord, replyId: string, kind: string): ReaderRecord {
    this.#readers += 1
    const reader: ReaderRecord = {
      name: `${question.tag} reader ${this.#readers} (${kind})`,
      tag: question.tag,
      ...this.#chat,
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
