import { setTimeout as wait } from 'node:timers/promises'
import type { Agent } from 'undici'
import type { EmbeddingConfig, ModelConfig } from '../config.ts'
import { approximateTokens } from './approximate-tokens.ts'
import { findEmbeddingAddress } from './embedding-endpoint.ts'
import type { EmbeddingModel } from './embedding-model.ts'
import { ModelError } from './language-model.ts'
import { createEndpointEmbeddings } from './openai-embeddings.ts'
import { QuestionVectors } from './question-vectors.ts'
import { TokenBudget } from './token-budget.ts'

/** The configured embedding model, and those of earlier settings whose vectors are still searched. */
export interface Embeddings {
  /** Names the configured model; vectors of other names are made anew. */
  readonly model: string
  /**
   * Vectors of passages, in their order; `undefined` for a text that the model refuses however it is cut. Waits for the
   * rate limit and tries again what may pass; throws a `ModelError` when the endpoint is not to be had.
   */
  embedPassages(texts: readonly string[], signal: AbortSignal): Promise<readonly (Float32Array | undefined)[]>
  /** The vector of a question, by the model of this name; throws a `ModelError` when it does not come in time. */
  embedQuestion(model: string, text: string): Promise<Float32Array>
  [Symbol.asyncDispose](): Promise<void>
}

const localPrefix = 'local:'
/** Longer questions are pasted pages. */
const maxAttempts = 4
const firstDelayMs = 500
/** A pause longer than this is not waited for here: the job comes back later. */
const maxWaitMs = 30_000
const requestTimeoutMs = 60_000
const connectTimeoutMs = 10_000
/** Models take 512 tokens at least; a passage has some 250. */
const maxTextLength = 8_000
/** A text that is refused as too long is cut in half at most this often. */
const maxHalvings = 4

/** Opens nothing before the first text. Throws when the settings name no endpoint for the model. */
export function openEmbeddings(config: { embedding: EmbeddingConfig; models: ModelConfig }): Embeddings {
  const { model } = config.embedding
  if (!model.startsWith(localPrefix) && findEmbeddingAddress(model, config.embedding, config.models) === undefined) {
    throw new Error(
      `QUORY_EMBEDDING_MODEL: no configured provider has "${model}"; name it as provider/model, or set QUORY_EMBEDDING_BASE_URL`,
    )
  }
  return new OpenEmbeddings(config)
}

class OpenEmbeddings implements Embeddings {
  readonly model: string
  readonly #config: { readonly embedding: EmbeddingConfig; readonly models: ModelConfig }
  readonly #budget: TokenBudget
  readonly #questions = new QuestionVectors((model, text, signal) => this.#embedQuestion(model, text, signal))
  readonly #models = new Map<string, Promise<EmbeddingModel>>()
  #agent: Promise<Agent> | undefined

  constructor(config: { embedding: EmbeddingConfig; models: ModelConfig }) {
    this.#config = config
    this.model = config.embedding.model
    this.#budget = new TokenBudget(config.embedding.tokensPerMinute)
  }

  async embedPassages(texts: readonly string[], signal: AbortSignal): Promise<readonly (Float32Array | undefined)[]> {
    const model = await this.#open(this.model)
    return await this.#embedOrSplit(
      model,
      texts.map((text) => text.slice(0, maxTextLength)),
      signal,
      0,
    )
  }

  embedQuestion(model: string, text: string): Promise<Float32Array> {
    return this.#questions.get(model, text)
  }

  /** What is too much at once is sent in halves; a single text that is too long is cut in half. */
  async #embedOrSplit(
    model: EmbeddingModel,
    texts: readonly string[],
    signal: AbortSignal,
    halvings: number,
  ): Promise<readonly (Float32Array | undefined)[]> {
    try {
      return await this.#embedPatiently(model, texts, signal)
    } catch (error) {
      if (!(error instanceof ModelError) || error.reason !== 'context_too_long') throw error
      const [only = ''] = texts
      if (texts.length > 1) {
        const middle = texts.length >> 1
        const first = await this.#embedOrSplit(model, texts.slice(0, middle), signal, halvings)
        return [...first, ...(await this.#embedOrSplit(model, texts.slice(middle), signal, halvings))]
      }
      if (halvings === maxHalvings || only.length < 2) return [undefined]
      const half = only.slice(0, only.length >> 1).toWellFormed()
      return await this.#embedOrSplit(model, [half], signal, halvings + 1)
    }
  }

  async #embedPatiently(model: EmbeddingModel, texts: readonly string[], signal: AbortSignal) {
    for (let attempt = 1; ; attempt++) {
      await this.#budget.take(
        texts.reduce((sum, text) => sum + approximateTokens(text), 0),
        signal,
      )
      try {
        return await model.embed({ texts, purpose: 'passage', signal })
      } catch (error) {
        signal.throwIfAborted()
        if (attempt === maxAttempts || !(error instanceof ModelError) || error.retry === undefined) throw error
        const pause = error.retry.afterMs ?? firstDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
        if (pause > maxWaitMs) throw error
        // Whoever else sends to this endpoint waits, too: it is the endpoint that is busy.
        if (error.retry.afterMs !== undefined) this.#budget.pause(pause)
        await wait(pause, undefined, { signal }).catch(() => signal.throwIfAborted())
      }
    }
  }

  async #embedQuestion(name: string, text: string, signal: AbortSignal): Promise<Float32Array> {
    const model = await this.#open(name)
    const [vector] = await model.embed({ texts: [text.slice(0, maxTextLength)], purpose: 'query', signal })
    if (vector === undefined) throw new ModelError('broken_stream', 'The embedding model gave no vector')
    return vector
  }

  #open(name: string): Promise<EmbeddingModel> {
    const known = this.#models.get(name)
    if (known !== undefined) return known
    const opened = this.#openNow(name)
    this.#models.set(name, opened)
    // A folder that was not there may be there next time.
    opened.catch(() => this.#models.delete(name))
    return opened
  }

  async #openNow(name: string): Promise<EmbeddingModel> {
    if (name.startsWith(localPrefix)) {
      const { openLocalEmbeddings } = await import('./local-embeddings.ts')
      return await openLocalEmbeddings(name, name.slice(localPrefix.length))
    }
    const address = findEmbeddingAddress(name, this.#config.embedding, this.#config.models)
    if (address === undefined) throw new ModelError('refused', `No configured provider has the model "${name}"`)
    this.#agent ??= import('undici').then(({ Agent }) => new Agent({ connect: { timeout: connectTimeoutMs } }))
    const dispatcher = await this.#agent
    return createEndpointEmbeddings({ ...address, timeoutMs: requestTimeoutMs, dispatcher }, name, address.model)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of this.#models.values()) {
      const model = await opened.catch(() => undefined)
      await model?.[Symbol.asyncDispose]()
    }
    await (await this.#agent)?.destroy()
  }
}
