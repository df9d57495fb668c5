export interface EgressRequest {
  readonly method?: string
  readonly headers?: Headers | Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal: AbortSignal
  /** From the first byte sent to the last received, redirects included. */
  readonly timeoutMs?: number
  /** How long nothing at all may come. */
  readonly idleTimeoutMs?: number
  /** Of the body, over the wire and unfolded. */
  readonly maxBytes?: number
  /** 0 hands a redirect out as it is; one more than any other number is a failure. */
  readonly maxRedirects?: number
}
