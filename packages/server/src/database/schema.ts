import type { ColumnType, Generated } from 'kysely'
import type {
  AnswerId,
  ApiKeyId,
  ChatId,
  DocumentId,
  EmbeddingSetId,
  FileId,
  Id,
  InvitationId,
  JobId,
  MessageId,
  ProjectId,
  PromptId,
  SegmentId,
  SourceId,
  TrainingId,
  UserId,
} from '../ids.ts'

/**
 * One schema for both engines. Times are `YYYY-MM-DDTHH:mm:ss.sssZ` text in TypeScript on both (timestamptz(3) on
 * PostgreSQL, text on SQLite); JSON columns hold JSON text on both; `Uint8Array` columns are blob or bytea.
 */
export type Timestamp = string
type Json = string
/** Written once, never updated. */
type Fixed<T> = ColumnType<T, T, never>

export type UserRole = 'admin' | 'user'
export type MemberRole = 'owner' | 'editor' | 'viewer'
export type KeyScope = 'read' | 'chat' | 'admin'
export type MessageRole = 'user' | 'assistant' | 'system'
/** Where a chat's name is from: its user, nobody yet, or the first exchange. */
export type NameOrigin = 'given' | 'placeholder' | 'made'
export type MessageStatus = 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled'
export type SourceStatus = 'configured' | 'syncing' | 'connected' | 'error'
/**
 * `listed`: its bytes are to be fetched. `fetched`: they are here, to be read. `unpacked`: an archive whose members are
 * files of their own. `gone`: no longer at the source, to be taken out.
 */
export type FileStatus = 'listed' | 'fetched' | 'indexed' | 'unpacked' | 'skipped' | 'failed' | 'gone'
export type FileOutcome = 'indexed' | 'unpacked' | 'skipped' | 'failed'
export type SyncState = 'running' | 'paused' | 'completed' | 'failed' | 'cancelled'
export type TrainingStatus = 'queued' | 'in_progress' | 'completed' | 'failed'
/** See retrieval/segment.ts. */
export type SegmentState = 'building' | 'visible' | 'next' | 'retired'
/** `building` is not searched yet, `active` is, `retired` waits to be removed. One of a project is active at most. */
export type EmbeddingSetState = 'building' | 'active' | 'next' | 'retired'
export type JobState = 'queued' | 'running' | 'completed' | 'failed'

export type IdempotencyState = 'running' | 'done'

export interface Schema {
  migrations: { id: Fixed<string>; applied_at: Fixed<Timestamp> }
  /** One row. */
  installation: { id: Fixed<string> }
  users: {
    id: Fixed<UserId>
    email: string
    name: string
    email_verified: boolean | number
    image: string | null
    role: UserRole
    home_project_id: ProjectId | null
    default_project_id: ProjectId | null
    /** Lets answers search their other chats of a project. */
    recalls_other_chats: Generated<boolean | number>
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  api_keys: {
    id: Fixed<ApiKeyId>
    user_id: Fixed<UserId>
    name: Fixed<string>
    prefix: Fixed<string>
    hash: Fixed<string>
    scope: Fixed<KeyScope>
    created_at: Fixed<Timestamp>
    expires_at: Fixed<Timestamp | null>
    last_used_at: Timestamp | null
    revoked_at: Timestamp | null
  }
  /** better-auth's, with hashed tokens. */
  sessions: {
    id: Fixed<string>
    user_id: Fixed<UserId>
    token: string
    expires_at: Timestamp
    ip_address: string | null
    user_agent: string | null
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  /** better-auth's: how a user signs in, `credential` (a password) or an OpenID provider. */
  accounts: {
    id: Fixed<string>
    account_id: Fixed<string>
    provider_id: Fixed<string>
    user_id: Fixed<UserId>
    password: string | null
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  sign_in_links: {
    hash: Fixed<string>
    user_id: Fixed<UserId>
    created_at: Fixed<Timestamp>
    expires_at: Fixed<Timestamp>
  }
  sign_in_attempts: {
    subject: Fixed<string>
    attempts: number
    ends_at: Timestamp
  }
  /** What a node says of itself; one not seen for long is dead. */
  nodes: {
    name: Fixed<string>
    version: Fixed<string>
    /** Space-separated: `http`, `worker`. */
    roles: Fixed<string>
    url: string | null
    load: Json
    started_at: Fixed<Timestamp>
    seen_at: Timestamp
  }
  /** A POST that carried an Idempotency-Key, and what it was answered. */
  idempotency_keys: {
    user_id: Fixed<UserId>
    key_hash: Fixed<string>
    request_hash: string
    state: IdempotencyState
    /** What the ids made by the request are derived from, so that a repetition makes the same ones. */
    seed: Fixed<string>
    node: string | null
    lease_expires_at: Timestamp | null
    status: number | null
    headers: Json | null
    /** Encrypted with the caller's key, which is not kept. */
    body: Uint8Array | null
    created_at: Fixed<Timestamp>
  }
  question_counts: { user_id: UserId; day: string; questions: number }
  prompts: {
    id: Fixed<PromptId>
    owner_id: Fixed<UserId>
    title: string
    content: string
    status: 'private' | 'public'
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  projects: {
    id: Fixed<ProjectId>
    organization_id: string
    owner_id: Fixed<UserId>
    name: string
    description: string | null
    status: 'private' | 'public'
    instructions: string | null
    prompt_id: PromptId | null
    model: string | null
    temperature: number | null
    max_tokens: number | null
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
    /** Deleted then: nobody sees it, and what is in it goes piece by piece. */
    removed_at: Timestamp | null
  }
  project_members: {
    project_id: Fixed<ProjectId>
    user_id: Fixed<UserId>
    role: MemberRole
    created_at: Fixed<Timestamp>
  }
  project_invitations: {
    project_id: Fixed<ProjectId>
    id: Fixed<InvitationId>
    email: Fixed<string>
    role: MemberRole
    created_at: Fixed<Timestamp>
    expires_at: Timestamp
  }
  chats: {
    project_id: Fixed<ProjectId>
    id: Fixed<ChatId>
    /** Nobody's once it is removed, until its rows are gone: see chats/removed-chat-store. */
    owner_id: UserId
    /** The label a client sent; never an authority. */
    owner: Fixed<string>
    name: string
    description: string | null
    message_count: number
    /** Position of the newest message ever stored; positions are never used again. */
    last_position: number
    /** Messages up to here are in `message_blocks`. */
    indexed_position: Generated<number>
    /** End of the active path: what the next message answers. */
    leaf_id: MessageId | null
    pinned_at: Timestamp | null
    archived_at: Timestamp | null
    /** In the trash since; every route but those of the trash takes the chat for gone. */
    deleted_at: Timestamp | null
    name_origin: Generated<NameOrigin>
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  messages: {
    project_id: Fixed<ProjectId>
    chat_id: Fixed<ChatId>
    id: Fixed<MessageId>
    position: Fixed<number>
    role: Fixed<MessageRole>
    content: string
    status: MessageStatus
    parent_id: MessageId | null
    /** The child that the path goes on with; null, or one that is gone: the newest. */
    next_id: MessageId | null
    answer_id: Fixed<AnswerId | null>
    metadata: Json
    model: string | null
    usage: Json | null
    citations: Json | null
    /** How its answer was made: see answers/answer-event.ts. */
    details: Json | null
    error: Json | null
    /** 1 thumbs up, 0 thumbs down. */
    rating: number | null
    created_at: Fixed<Timestamp>
    completed_at: Timestamp | null
  }
  answers: {
    project_id: Fixed<ProjectId>
    id: Fixed<AnswerId>
    chat_id: Fixed<ChatId>
    question_id: Fixed<MessageId>
    message_id: Fixed<MessageId>
    /** Position of the assistant message: answers of a chat run in this order. */
    position: Fixed<number>
    owner_id: Fixed<UserId>
    state: MessageStatus
    /** The model asked for; null means the project's, then the server's. */
    model: string | null
    parameters: Fixed<Json>
    attempt: number
    lease_owner: string | null
    lease_expires_at: Timestamp | null
    /** The node that holds the caller's own provider key, which is never stored. */
    pinned_node: string | null
    cancel_requested_at: Timestamp | null
    last_number: number
    usage: Json | null
    error: Json | null
    created_at: Fixed<Timestamp>
    started_at: Timestamp | null
    completed_at: Timestamp | null
    log_pruned_at: Timestamp | null
  }
  answer_attempts: {
    project_id: Fixed<ProjectId>
    answer_id: Fixed<AnswerId>
    attempt: Fixed<number>
    content: Fixed<string>
    reason: Fixed<string>
    ended_at: Fixed<Timestamp>
  }
  answer_events: {
    project_id: Fixed<ProjectId>
    answer_id: Fixed<AnswerId>
    /** Of the answer's id, so that a whole log is in one partition on PostgreSQL. */
    day: Fixed<number>
    number: Fixed<number>
    attempt: Fixed<number>
    event: Fixed<Json>
  }
  /** How an answer was made; see answers/trace.ts. Kept for two weeks. */
  answer_traces: {
    project_id: Fixed<ProjectId>
    answer_id: Fixed<AnswerId>
    /** Of the answer's id, as in `answer_events`. */
    day: Fixed<number>
    created_at: Fixed<Timestamp>
    /** JSON, packed. */
    trace: Fixed<Uint8Array>
  }
  /** The words of 64 positions of a chat, by which its messages are found. See memory/message-block.ts. */
  message_blocks: {
    project_id: Fixed<ProjectId>
    chat_id: Fixed<ChatId>
    number: Fixed<number>
    /** Of the newest message in it. */
    last_position: number
    /** Space-separated; a question is analysed as each of them. */
    languages: string
    words: Uint8Array
  }
  sources: {
    project_id: Fixed<ProjectId>
    id: Fixed<SourceId>
    type: Fixed<string>
    name: string
    configuration: Json
    /** The key that encrypted its secrets; null when it has none. */
    secret_key: string | null
    /** The chat that it was added from, which is told how it goes. */
    chat_id: Fixed<ChatId | null>
    status: SourceStatus
    error: string | null
    file_name: string | null
    media_type: string | null
    size: number | null
    content_hash: string | null
    items_done: number
    items_total: number
    created_by: Fixed<UserId>
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  /** What a source holds: a row a file, page or table, found by what the source calls it. */
  source_files: {
    project_id: Fixed<ProjectId>
    /** An upload's file has the id of its source. */
    id: Fixed<FileId>
    source_id: Fixed<SourceId>
    /** The archive that it is a member of. */
    parent_id: Fixed<FileId | null>
    key: Fixed<string>
    name: string
    url: string | null
    /** What the listing said of its version when it was last fetched; null when it has to be fetched again. */
    listed_version: string | null
    /** Of the bytes that are kept, as the source names it. */
    version: string | null
    media_type: string | null
    size: number | null
    content_hash: string | null
    status: FileStatus
    /** What came of reading the bytes that are kept; null while they were not read. */
    outcome: FileOutcome | null
    /** Why it was skipped or failed, for the person who set the source up. */
    reason: string | null
    document_id: DocumentId | null
    /** The number of the last sync whose listing held it. */
    seen_in: number
    attempt: number
    retry_at: Timestamp | null
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  /** The last or current sync of a source, and when the next is due. */
  source_syncs: {
    project_id: Fixed<ProjectId>
    source_id: Fixed<SourceId>
    /** Counts the syncs of this source. */
    number: number
    state: SyncState
    /** What was asked of the source: everything, or what changed since the last time. */
    mode: 'full' | 'incremental'
    /** The one job that may write for it. */
    job_id: JobId | null
    /** Where the next listing goes on; null lists all. */
    cursor: string | null
    /** When the listing of this sync was complete; null while it is not. */
    listed_at: Timestamp | null
    started_at: Timestamp | null
    ended_at: Timestamp | null
    error: string | null
    /** Failures since something was last got done; three in a row end the sync. */
    stalls: number
    /** The source asked for a pause, or it is tried again then. */
    waiting_until: Timestamp | null
    every_minutes: number | null
    next_at: Timestamp | null
    progress: Json | null
    updated_at: Timestamp
  }
  /** One version of one file or page; its text is what citations are slices of, and never changes. */
  documents: {
    project_id: Fixed<ProjectId>
    id: Fixed<DocumentId>
    source_id: Fixed<SourceId>
    /** The file that it is a version of; another one when that goes and this has the same bytes. */
    file_id: FileId
    name: string
    media_type: string
    language: Fixed<string>
    content_hash: string
    /** Unicode code points of its text. */
    length: Fixed<number>
    passage_count: number
    token_count: number
    created_at: Timestamp
    /** The job that is still writing it, piece by piece, or `goingAway`: nobody sees it. Null when it is whole. */
    staged_by: JobId | null
  }
  /** The canonical text of a document, in pieces. */
  document_texts: {
    project_id: Fixed<ProjectId>
    document_id: Fixed<DocumentId>
    /** Where the piece begins, in code points. */
    start: Fixed<number>
    text: Fixed<string>
  }
  passages: {
    project_id: Fixed<ProjectId>
    document_id: Fixed<DocumentId>
    /** One after the other within the document; 0, 1, 2 … until it is cut anew. */
    number: Fixed<number>
    text: Fixed<string>
    /** Heading path as JSON array of strings. */
    heading_path: Fixed<Json>
    /** Half-open range in the document's text, in Unicode code points. */
    start: Fixed<number>
    end: Fixed<number>
    page: Fixed<number | null>
    sheet: Fixed<string | null>
    row_start: Fixed<number | null>
    row_end: Fixed<number | null>
    /** Where headings and rows change within the passage, as JSON; null when they do not. See retrieval/document-store.ts. */
    place_changes: Fixed<Json | null>
  }
  /** The pieces of a project's lexical index. See retrieval/segment.ts for the bytes. */
  index_segments: {
    project_id: Fixed<ProjectId>
    id: Fixed<SegmentId>
    state: SegmentState
    /** Of the analyser. */
    version: Fixed<number>
    /** Of the rules by which its passages were cut. */
    passages_version: Fixed<number>
    size: number
    passage_count: number
    token_count: number
    /** Passages by language, as a JSON object. */
    languages: Json
    /** Ranges of ordinals whose documents were deleted. */
    gone: Uint8Array
    /** Terms of each passage, by ordinal. */
    lengths: Uint8Array
    /** When it was last written to or retired; what is left of a dead node is recognised by it. */
    touched_at: Timestamp
  }
  /** A segment's postings: terms in order, some to a block. See retrieval/segment-blocks.ts. */
  index_blocks: {
    project_id: Fixed<ProjectId>
    segment_id: Fixed<SegmentId>
    first_term: Fixed<string>
    entries: Fixed<Uint8Array>
  }
  /** Which ordinals of a segment are whose. */
  index_documents: {
    project_id: Fixed<ProjectId>
    segment_id: Fixed<SegmentId>
    /** The ordinal of its first passage. */
    base: Fixed<number>
    /** The number of its first passage. */
    first: Fixed<number>
    document_id: Fixed<DocumentId>
    passage_count: Fixed<number>
    token_count: Fixed<number>
    language: Fixed<string>
  }
  /** Large projects whose passages pg_textsearch indexes too; SQLite has none. See retrieval/textsearch. */
  textsearch_projects: {
    project_id: Fixed<ProjectId>
    state: 'building' | 'active'
    /** Of the analyser. */
    version: number
  }
  /** PostgreSQL only: the terms of their passages, as pg_textsearch reads them. */
  textsearch_passages: {
    project_id: Fixed<ProjectId>
    document_id: Fixed<DocumentId>
    number: Fixed<number>
    terms: Fixed<string>
  }
  /** The vectors of a project by one model. */
  embedding_sets: {
    project_id: Fixed<ProjectId>
    id: Fixed<EmbeddingSetId>
    model: Fixed<string>
    /** Null until the first vectors came. */
    dimensions: number | null
    state: EmbeddingSetState
    /** What answers a search: see retrieval/vector-index.ts. */
    index_kind: 'exact' | 'lists' | 'pgvector'
    /** Counts up with every index that is built; 0 before the first. */
    index_generation: number
    /** Vectors that the index was built of, and those in it now. */
    index_built: number
    index_size: number
    vector_count: number
    /** Moves whenever `embeddings` does, for what keeps copies of them. */
    version: number
    /** Failed attempts in a row, and what the last one came to. */
    failures: number
    error: string | null
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  /** The vector of every distinct text, so that none is embedded twice. */
  embedded_texts: {
    project_id: Fixed<ProjectId>
    set_id: Fixed<EmbeddingSetId>
    hash: Fixed<Uint8Array>
    vector: Fixed<Uint8Array>
  }
  /** The vectors of a document in blocks of passages side by side; packed as in retrieval/packed-vectors.ts. */
  embeddings: {
    project_id: Fixed<ProjectId>
    document_id: Fixed<DocumentId>
    set_id: Fixed<EmbeddingSetId>
    /** Counts down: block 0 is written last, so that a document with it is complete. */
    blocks_after: Fixed<number>
    /** The generation of the index that holds it; 0 when none does. */
    listed: number
    /** The number of the first passage. */
    first: Fixed<number>
    passage_count: Fixed<number>
    /** 16 bytes a passage, of the text that was embedded. */
    hashes: Fixed<Uint8Array>
    vectors: Fixed<Uint8Array>
  }
  /** Centres of the lists of a large project, some hundred a row. */
  embedding_centroids: {
    project_id: Fixed<ProjectId>
    set_id: Fixed<EmbeddingSetId>
    generation: Fixed<number>
    number: Fixed<number>
    vectors: Fixed<Uint8Array>
  }
  /** Vectors near a centre. */
  embedding_lists: {
    project_id: Fixed<ProjectId>
    set_id: Fixed<EmbeddingSetId>
    generation: Fixed<number>
    list: Fixed<number>
    id: Fixed<string>
    /** See retrieval/list-store.ts. */
    places: string
    vectors: Uint8Array
  }
  trainings: {
    project_id: Fixed<ProjectId>
    id: Fixed<TrainingId>
    data_source_ids: Json
    description: string | null
    status: TrainingStatus
    progress: Json | null
    /** What it came to, and Markdown about the project; both are written at its end. */
    report: Json | null
    overview: string | null
    error: string | null
    created_at: Fixed<Timestamp>
    updated_at: Timestamp
  }
  jobs: {
    project_id: Fixed<ProjectId>
    id: Fixed<JobId>
    kind: Fixed<string>
    /** Ids only, as JSON. */
    payload: Fixed<Json>
    state: JobState
    attempt: number
    /** Not to be begun earlier; null is at once. */
    not_before: Fixed<Timestamp | null>
    run_after: Timestamp
    lease_owner: string | null
    lease_expires_at: Timestamp | null
    error: string | null
    created_at: Fixed<Timestamp>
    completed_at: Timestamp | null
  }
  /** What is known of a project's tables; the rows of each are a Parquet file. See tables/table-files.ts. */
  data_tables: {
    project_id: Fixed<ProjectId>
    id: Fixed<Id<'table'>>
    source_id: Fixed<SourceId>
    document_id: Fixed<DocumentId>
    /** Names its bytes: another version, another id. */
    data_id: Fixed<Id<'table-data'>>
    name: Fixed<string>
    file_name: Fixed<string>
    sheet: Fixed<string | null>
    row_count: Fixed<number>
    size: Fixed<number>
    content_hash: Fixed<string>
    columns: Fixed<Json>
    sample: Fixed<Json>
    created_at: Fixed<Timestamp>
  }
  /** PostgreSQL only: the bytes of tables. SQLite keeps them in the data folder. */
  table_chunks: {
    project_id: Fixed<ProjectId>
    table_id: Fixed<Id<'table'>>
    number: Fixed<number>
    bytes: Fixed<Uint8Array>
  }
  /** PostgreSQL only: the bytes of uploads, which every node must be able to read. SQLite keeps them in the data folder. */
  file_chunks: { project_id: Fixed<ProjectId>; file_id: Fixed<string>; number: Fixed<number>; bytes: Fixed<Uint8Array> }
}
