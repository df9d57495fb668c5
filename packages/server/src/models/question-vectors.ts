import { ModelError } from './language-model.ts'

/** An answer that comes later than this helps nobody: words alone answer. */
const limitMs = 2_000
/** After a failure the endpoint is left alone for so long, or every question would wait for it. */
const restMs = 10_000
const maxKept = 1_000

type Embed = (model: string, text: string, signal: AbortSignal) => Promise<Float32Array>

/** Vectors of questions, the last ones kept; the same question asked twice at once is one request. */
export class QuestionVectors {
  readonly #embed: Embed
  readonly #vectors = new Map<string, Promise<Float32Array>>()
  readonly #resting = new Map<string, { readonly until: number; readonly error: ModelError }>()

  constructor(embed: Embed) {
    this.#embed = embed
  }

  get(model: string, text: string): Promise<Float32Array> {
    const key = `${model}\n${text}`
    const known = this.#vectors.get(key)
    if (known !== undefined) {
      this.#vectors.delete(key)
      this.#vectors.set(key, known)
      return known
    }
    const resting = this.#resting.get(model)
    if (resting !== undefined && resting.until > performance.now()) return Promise.reject(resting.error)
    const vector = this.#ask(model, text)
    this.#vectors.set(key, vector)
    const oldest = this.#vectors.size > maxKept ? this.#vectors.keys().next().value : undefined
    if (oldest !== undefined) this.#vectors.delete(oldest)
    vector.catch(() => this.#vectors.delete(key))
    return vector
  }

  async #ask(model: string, text: string): Promise<Float32Array> {
    const signal = AbortSignal.timeout(limitMs)
    try {
      const vector = await withinLimit(this.#embed(model, text, signal), signal)
      this.#resting.delete(model)
      return vector
    } catch (error) {
      const failure = signal.aborted
        ? new ModelError('timeout', `The embedding model did not answer within ${limitMs / 1000} s`, { cause: error })
        : error
      if (failure instanceof ModelError && failure.reason !== 'context_too_long')
        this.#resting.set(model, { until: performance.now() + restMs, error: failure })
      throw failure
    }
  }
}

/** Loading a local model does not listen to the signal. */
async function withinLimit<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
