/** What the clients of a round saw and were told. The checker knows nothing else, and shares no code with the server. */
export interface RoundRecords {
  readonly chats: ChatRecord[]
  readonly questions: QuestionRecord[]
  readonly readers: ReaderRecord[]
  readonly looks: LookRecord[]
  readonly cancels: CancelRecord[]
  readonly deletes: DeleteRecord[]
  readonly uploads: UploadRecord[]
  readonly calls: ModelCall[]
  readonly refusals: RefusalRecord[]
}

/** One request and what became of it; `status` is absent when no whole answer came. */
export interface Try {
  readonly node: string
  readonly startedAt: number
  readonly endedAt: number
  readonly status?: number
  readonly error?: string
}

export interface ChatRecord {
  readonly projectId: string
  readonly chatId: string
  /** Made with a key, perhaps in many tries: so there is one of this name. */
  readonly name: string
}

/** One question as a person means it: asked once, or several times with or without a key. */
export interface QuestionRecord {
  readonly tag: string
  readonly projectId: string
  readonly chatId: string
  readonly content: string
  readonly key?: string
  readonly tries: (Try & { readonly questionId?: string; readonly replyId?: string })[]
  /** Replies that another was asked for, each with one key, and the ids told of for it. */
  readonly regenerated: string[]
  readonly siblings: string[]
}

export interface ReaderRecord {
  readonly name: string
  readonly tag: string
  readonly projectId: string
  readonly chatId: string
  readonly replyId: string
  readonly connections: Connection[]
  /** `end`: saw the terminal event; `gone`: the answer was not there (any more); `stuck`: neither within the bound. */
  outcome: 'end' | 'gone' | 'stuck' | 'open'
}

export interface Connection extends Try {
  /** What it sent as `Last-Event-ID`. */
  readonly after?: number
  readonly frames: readonly Frame[]
  readonly isCutByClient: boolean
}

export interface Frame {
  /** As it came, without the empty line after it. */
  readonly raw: string
  readonly id?: number
  readonly event?: string
  readonly data?: string
}

/** A message as some GET showed it in the middle of the round. */
export interface LookRecord extends ShownMessage {
  readonly replyId: string
  readonly at: number
}

export interface ShownMessage {
  readonly status: string
  readonly content: string
}

export interface CancelRecord extends Try {
  readonly replyId: string
  readonly chatId: string
  readonly shown?: ShownMessage
}

export interface DeleteRecord extends Try {
  readonly kind: 'chat' | 'message' | 'project'
  readonly projectId: string
  readonly chatId: string
  readonly messageId?: string
}

export interface UploadRecord {
  readonly projectId: string
  readonly name: string
  readonly text: string
  readonly tries: (Try & { readonly sourceId?: string })[]
}

/** One call that the model server answered, and how much of its text it had sent when the caller went. */
export interface ModelCall {
  readonly tag: string
  readonly number: number
  readonly text: string
  sent: number
  outcome: 'running' | 'finished' | 'aborted'
  readonly startedAt: number
  endedAt?: number
  /** Texts of the assistant's turns in the prompt. */
  readonly history: readonly string[]
}

/** An answer of 500 and above, for the summary, or one that nothing explains. */
export interface RefusalRecord {
  readonly status: number
  readonly route: string
  readonly body: string
}

/** How things are when all is quiet again: read over the API, and from the database by the checker's own statements. */
export interface FinalState {
  /** By chat; absent: 404. */
  readonly chats: ReadonlyMap<string, readonly FinalMessage[]>
  /** Frames of an uninterrupted read, by reply. */
  readonly streams: ReadonlyMap<string, readonly Frame[]>
  readonly attempts: ReadonlyMap<string, readonly FinalAttempt[]>
  readonly rows: readonly StoredMessage[]
  readonly answers: readonly StoredAnswer[]
  /** How many there are of each name that a client made with a key. */
  readonly chatCounts: ReadonlyMap<string, number>
  /** Rows that belong to nothing, by the table they are in. */
  readonly orphans: readonly string[]
  readonly documents: readonly StoredDocument[]
  /** Whatever else is wrong: a process that died by itself or grew, an integrity check that failed. */
  readonly complaints: readonly string[]
}

export interface FinalMessage extends ShownMessage {
  readonly id: string
  readonly role: string
  readonly parentId: string | null
  /** Why it failed. */
  readonly error: unknown
}

export interface FinalAttempt {
  readonly attempt: number
  readonly content: string
}

export interface StoredMessage extends ShownMessage {
  readonly id: string
  readonly chatId: string
  readonly role: string
}

export interface StoredAnswer {
  readonly id: string
  readonly chatId: string
  readonly messageId: string
  readonly state: string
  readonly attempt: number
  readonly eventCount: number
  readonly firstNumber: number | null
  readonly lastNumber: number | null
}

export interface StoredDocument {
  readonly sourceId: string
  readonly sourceName: string
  readonly status: string
  readonly error: string | null
  /** Canonical texts of its documents. */
  readonly texts: readonly string[]
}

export type FindingKind = 'lost' | 'duplicated' | 'gaps' | 'stuck' | 'broken'

export interface Finding {
  readonly kind: FindingKind
  readonly text: string
}
