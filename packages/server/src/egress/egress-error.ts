/** The address must not be called from this server; the sentence is for whoever gave it. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused'
}

export type EgressFailureKind = 'unreachable' | 'timeout' | 'too_large' | 'too_many_redirects' | 'bad_response'

/** A call that was allowed and did not work out, in words. `unreachable` and `timeout` may pass by themselves. */
export class EgressFailure extends Error {
  override readonly name = 'EgressFailure'
  readonly kind: EgressFailureKind

  constructor(kind: EgressFailureKind, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
  }
}

/** What went wrong underneath, as a sentence that names the host; ours stay as they are, however deep they lie. */
export function describeFailure(error: unknown, host: string): EgressRefused | EgressFailure {
  const chain = [...causesOf(error)]
  const own = chain.find((each) => each instanceof EgressRefused || each instanceof EgressFailure)
  if (own !== undefined) return own
  const code = chain.map(codeOf).find((each) => each !== undefined) ?? ''
  const [kind, sentence] = sentenceOf(code, host)
  return new EgressFailure(kind, sentence, { cause: error })
}

/** With the errors that an AggregateError, which Node throws when every address failed, holds. */
function* causesOf(error: unknown, depth = 0): Generator<Error> {
  if (!(error instanceof Error) || depth > 5) return
  yield error
  if (error instanceof AggregateError) for (const each of error.errors) yield* causesOf(each, depth + 1)
  yield* causesOf(error.cause, depth + 1)
}

function codeOf(error: Error): string | undefined {
  // undici's parser does not always say which rule was broken.
  if (error.name === 'HTTPParserError') return 'HPE'
  return 'code' in error && typeof error.code === 'string' && error.code !== '' ? error.code : undefined
}

function sentenceOf(code: string, host: string): readonly [EgressFailureKind, string] {
  if (/^(ENOTFOUND|ENODATA|EBADNAME)$/.test(code)) return ['unreachable', `There is no host named ${host}.`]
  if (/^(EAI_AGAIN|ESERVFAIL|EREFUSED|ECANCELLED)$/.test(code))
    return ['unreachable', `The name ${host} could not be looked up.`]
  if (code === 'ECONNREFUSED') return ['unreachable', `${host} refuses the connection.`]
  if (/^(ETIMEOUT|ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/.test(code))
    return ['timeout', `${host} did not answer in time.`]
  if (/CERT|^ERR_TLS|^ERR_SSL|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code))
    return ['bad_response', `The certificate of ${host} cannot be trusted (${code}).`]
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return ['too_large', `${host} sent more headers than are taken.`]
  if (/^(Z_|ZSTD_|ERR_(_ERROR|ZSTD|BROTLI|PADDING))/.test(code) || code.startsWith('ERR__'))
    return ['bad_response', `What ${host} sent is compressed, but damaged.`]
  if (/^HPE|^UND_ERR_RES_/.test(code)) return ['bad_response', `What ${host} sent is not proper HTTP.`]
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE)$/.test(code))
    return ['unreachable', `${host} broke the connection off.`]
  return ['unreachable', `${host} could not be reached.`]
}
