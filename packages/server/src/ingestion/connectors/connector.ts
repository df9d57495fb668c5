/** A file, page or table as its source lists it. */
export interface ListedFile {
  /** What the source calls it, unique within the source: a path, a URL, an object key, a file id. */
  readonly key: string
  /** To show, and for its extension: `guide.pdf`. */
  readonly name: string
  /** Where a person opens it. */
  readonly url: string | null
  /** Etag, blob id, revision, last-modified: equal means unchanged. Null: only the bytes tell. */
  readonly version: string | null
  readonly size: number | null
  readonly mediaType: string | null
}

export type Listed =
  | { readonly type: 'file'; readonly file: ListedFile }
  | { readonly type: 'removed'; readonly key: string }

export interface ListingEnd {
  /** Whatever was not listed is gone. */
  readonly isFull: boolean
  /** Where the next listing goes on (commit, change token); null: nowhere, it lists all. */
  readonly cursor: string | null
}

export interface ListOptions {
  /** Where the last listing ended. One that is refused as too old lists all. */
  readonly cursor: string | null
  readonly signal: AbortSignal
}

export interface FetchOptions {
  /** Does not exist yet; its folder does. */
  readonly path: string
  readonly maxBytes: number
  /** The version of the bytes that are here already. */
  readonly known: string | null
  readonly signal: AbortSignal
}

export interface FetchedFile {
  readonly size: number
  readonly version: string | null
  readonly mediaType: string | null
  /** When it is another than the listing said. */
  readonly name?: string
}

/** A source that is open: one way in for files of whatever kind. Listing and fetching go on side by side. */
export interface Connector {
  /** Tries the connection; returns a sentence that says what was found. Throws `ConnectorFailure`. */
  check(signal: AbortSignal): Promise<string>
  /** All files, or those that changed since `cursor`. */
  list(options: ListOptions): AsyncGenerator<Listed, ListingEnd>
  /**
   * Writes the file's bytes to `path`; `unchanged` when the source says that `known` is still right. Throws
   * `FileSkipped` for what is not wanted (too large, binary, disallowed) and `ConnectorFailure` for what went wrong.
   */
  fetch(file: ListedFile, options: FetchOptions): Promise<FetchedFile | 'unchanged'>
  [Symbol.asyncDispose](): Promise<void>
}

interface FailureOptions {
  /** Worth trying again by itself: a rate limit, a 5xx, a time-out. */
  readonly isPassing?: boolean
  /** When the source said how long to wait. */
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/** For the person who set the source up: what is wrong, in words, never with a secret in it. */
export class ConnectorFailure extends Error {
  override readonly name: string = 'ConnectorFailure'
  readonly isPassing: boolean
  readonly retryAfterMs: number | undefined

  constructor(message: string, { isPassing = false, retryAfterMs, cause }: FailureOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.isPassing = isPassing
    this.retryAfterMs = retryAfterMs
  }
}

/** A file that is left out, with the reason in words. */
export class FileSkipped extends Error {
  override readonly name = 'FileSkipped'
}
