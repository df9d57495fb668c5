import type { Agent } from 'undici'
import { z } from 'zod'
import type { RerankConfig } from '../config.ts'
import { ModelError } from './language-model.ts'
import { connectionError, refusalError, scrubSecrets } from './provider-error.ts'

/** Judges how well each text answers a question. */
export interface Reranker {
  readonly model: string | null
  /** A score a text, in their order; null for one that was not judged. Throws a `ModelError`, at the latest after the limit. */
  score(question: string, texts: readonly string[]): Promise<readonly (number | null)[]>
  [Symbol.asyncDispose](): Promise<void>
}

/** The found order is good enough to be shown when this one takes longer. */
const limitMs = 3_000
/** After a failure the endpoint is left alone for so long, or every question would wait for it. */
const restMs = 10_000
const maxTextLength = 4_000
const maxAnswerBytes = 4_000_000

/** Cohere and Jina say `results` of `relevance_score`; Text Embeddings Inference says a bare list of `score`. */
const result = z.object({ index: z.int(), relevance_score: z.number().optional(), score: z.number().optional() })
const answer = z.union([
  z.array(result),
  z.object({ results: z.array(result) }).transform(({ results }) => results),
  z.object({ data: z.array(result) }).transform(({ data }) => data),
])

export function openReranker(config: RerankConfig): Reranker {
  return new EndpointReranker(config)
}

class EndpointReranker implements Reranker {
  readonly model: string | null
  readonly #config: RerankConfig
  /** What the endpoint calls the passages. */
  #field: 'documents' | 'texts' = 'documents'
  #agent: Promise<Agent> | undefined
  #rest: { readonly until: number; readonly error: unknown } | undefined

  constructor(config: RerankConfig) {
    this.#config = config
    this.model = config.model ?? null
  }

  async score(question: string, texts: readonly string[]): Promise<readonly (number | null)[]> {
    if (this.#rest !== undefined && this.#rest.until > performance.now()) throw this.#rest.error
    const signal = AbortSignal.timeout(limitMs)
    try {
      return await this.#ask(question, texts, signal)
    } catch (error) {
      const failure = this.#describe(error, signal)
      this.#rest = { until: performance.now() + restMs, error: failure }
      throw failure
    }
  }

  async #ask(question: string, texts: readonly string[], signal: AbortSignal): Promise<readonly (number | null)[]> {
    const { status, body } = await this.#post(question, texts, signal)
    if ((status === 400 || status === 422) && this.#field === 'documents' && /\btexts\b/.test(body)) {
      this.#field = 'texts'
      return await this.#ask(question, texts, signal)
    }
    if (status !== 200)
      throw refusalError({ status, body, retryAfter: undefined, secrets: this.#secrets, sentTools: false })
    const parsed = answer.safeParse(JSON.parse(body))
    if (!parsed.success) throw new ModelError('broken_stream', "The reranker's answer is in no known form")
    const scores = new Array<number | null>(texts.length).fill(null)
    for (const { index, relevance_score: relevance, score } of parsed.data) {
      if (index >= 0 && index < texts.length) scores[index] = relevance ?? score ?? null
    }
    return scores
  }

  async #post(question: string, texts: readonly string[], signal: AbortSignal) {
    const { request, Agent } = await import('undici')
    this.#agent ??= Promise.resolve(new Agent())
    const { url, model } = this.#config
    const [key] = this.#secrets
    const response = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        ...(model === undefined ? {} : { model }),
        query: question,
        [this.#field]: texts.map((text) => text.slice(0, maxTextLength).toWellFormed()),
        ...(this.#field === 'documents' ? { top_n: texts.length } : { truncate: true }),
      }),
      signal,
      dispatcher: await this.#agent,
    })
    let body = ''
    for await (const chunk of response.body.setEncoding('utf8')) {
      body += chunk
      if (body.length > maxAnswerBytes) throw new ModelError('broken_stream', "The reranker's answer is too long")
    }
    return { status: response.statusCode, body }
  }

  get #secrets(): readonly string[] {
    const { apiKey } = this.#config
    return apiKey === undefined ? [] : [apiKey.reveal()]
  }

  #describe(error: unknown, signal: AbortSignal): ModelError {
    if (signal.aborted)
      return new ModelError('timeout', `The reranker did not answer within ${limitMs / 1000} s`, { cause: error })
    if (error instanceof ModelError) return error
    const reason = scrubSecrets(String(error), this.#secrets)
    return (
      connectionError(error, this.#secrets) ??
      new ModelError('broken_stream', `The reranker's answer cannot be used (${reason})`, { cause: error })
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#agent)?.destroy()
  }
}
