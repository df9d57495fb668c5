import type { Agent } from 'undici'
import type { ModelConfig } from '../config.ts'
import { QuoryError } from '../errors.ts'
import { type LanguageModel, ModelError } from './language-model.ts'
import { type ListedModel, listModels } from './list-models.ts'
import { createOpenAiProvider, createProviders, type Provider } from './providers.ts'

/** The model that is always there: no provider, answers are sentences quoted from the documents. */
export const extractiveModelId = 'quory/extractive'

/** One model that a request may name. */
interface AvailableModel {
  /** `provider/name`, which names it without doubt. */
  readonly id: string
  readonly provider: string
  readonly name: string
  /** Seconds since 1970, where the provider says. */
  readonly created: number | undefined
  /** False for embeddings, speech, images and the like, as far as their names tell. */
  readonly chats: boolean
}

interface ModelList {
  readonly models: readonly AvailableModel[]
  /** Providers that did not say what they have, and why. Their models of the last good answer stay listed. */
  readonly unavailable: readonly { readonly provider: string; readonly reason: string }[]
}

export interface ModelRegistry {
  readonly hasProviders: boolean
  /** What is really there, asked of every provider at most once a minute. */
  list(): Promise<ModelList>
  /**
   * The model of a name, or the default one. A named model is never swapped for another: when it is nowhere, this throws
   * `model_unavailable`. Only with no provider at all does every name mean the extractive generator. `openaiKey` is a
   * caller's own key (`''`: none), which the OpenAI provider then uses.
   */
  resolve(name: string | undefined, caller?: { readonly openaiKey?: string }): Promise<LanguageModel | 'extractive'>
  [Symbol.asyncDispose](): Promise<void>
}

interface Listed {
  readonly models: readonly ListedModel[]
  readonly failure: string | undefined
}

const keepListMs = 60_000
/** A provider that failed is asked again sooner. */
const keepFailureMs = 10_000
const connectTimeoutMs = 10_000

/** Models of the configured providers. Nothing is loaded or asked before the first call. */
export function createModelRegistry(
  config: ModelConfig,
  { listTimeoutMs = 3_000 }: { readonly listTimeoutMs?: number } = {},
): ModelRegistry {
  return new Registry(config, listTimeoutMs)
}

class Registry implements ModelRegistry {
  readonly hasProviders: boolean
  readonly #config: ModelConfig
  readonly #listTimeoutMs: number
  readonly #lists = new Map<string, { until: number; answer: Promise<Listed> }>()
  #opened: Promise<{ agent: Agent; providers: readonly Provider[] }> | undefined

  constructor(config: ModelConfig, listTimeoutMs: number) {
    this.#config = config
    this.#listTimeoutMs = listTimeoutMs
    const { openaiKey, openaiUrl, anthropicKey, googleKey, ollamaUrl, endpoints } = config
    this.hasProviders =
      [openaiKey, openaiUrl, anthropicKey, googleKey, ollamaUrl].some((setting) => setting !== undefined) ||
      endpoints.length > 0
  }

  async list(): Promise<ModelList> {
    const providers = this.hasProviders ? (await this.#open()).providers : []
    const lists = await Promise.all(providers.map(async (provider) => ({ provider, ...(await this.#ask(provider)) })))
    const extractive = { id: extractiveModelId, provider: 'quory', name: 'extractive', created: undefined, chats: true }
    return {
      models: [
        extractive,
        ...lists.flatMap(({ provider, models }) =>
          models.map((model) => ({ id: `${provider.name}/${model.name}`, provider: provider.name, ...model })),
        ),
      ],
      unavailable: lists.flatMap(({ provider, failure }) =>
        failure === undefined ? [] : [{ provider: provider.name, reason: failure }],
      ),
    }
  }

  async resolve(
    name: string | undefined,
    { openaiKey = '' }: { readonly openaiKey?: string } = {},
  ): Promise<LanguageModel | 'extractive'> {
    if (name === extractiveModelId) return 'extractive'
    if (!this.hasProviders && openaiKey === '') return 'extractive'
    const { agent, providers: configured } = await this.#open()
    const providers =
      openaiKey === ''
        ? configured
        : [createOpenAiProvider(this.#config, agent, openaiKey), ...configured.filter(({ name }) => name !== 'openai')]
    const wanted = name ?? this.#config.defaultModel
    if (wanted === extractiveModelId) return 'extractive'
    return wanted === undefined
      ? this.#findDefault(providers, openaiKey)
      : this.#findNamed(wanted, providers, openaiKey)
  }

  async #findNamed(wanted: string, providers: readonly Provider[], openaiKey: string): Promise<LanguageModel> {
    const slash = wanted.indexOf('/')
    const prefixed = providers.find((provider) => provider.name === wanted.slice(0, Math.max(0, slash)))
    if (prefixed !== undefined) return prefixed.model(wanted.slice(slash + 1))
    const [only, ...others] = providers
    if (only !== undefined && others.length === 0) return only.model(wanted)
    // A caller's key is for OpenAI; asking for its list as well would only cost time.
    const asked = openaiKey === '' ? providers : others
    const lists = await Promise.all(asked.map(async (provider) => ({ provider, ...(await this.#ask(provider)) })))
    const found = lists.find(({ models }) => models.some((model) => isNamed(model.name, wanted)))
    if (found !== undefined) return found.provider.model(wanted)
    if (openaiKey !== '' && only !== undefined) return only.model(wanted)
    const silent = lists.flatMap(({ provider, failure }) =>
      failure === undefined ? [] : [`${provider.name}: ${failure}`],
    )
    const reason = silent.length === 0 ? '' : ` (not asked in full: ${silent.join('; ')})`
    throw new QuoryError('model_unavailable', `No configured provider has the model "${wanted}"${reason}`)
  }

  async #findDefault(providers: readonly Provider[], openaiKey: string): Promise<LanguageModel> {
    const reasons: string[] = []
    for (const provider of providers) {
      const { models, failure } = await this.#ask(provider, openaiKey !== '' && provider.name === 'openai')
      const model = preferredModel(models, provider.preferred)
      if (model !== undefined) return provider.model(model)
      if (openaiKey !== '' && provider.name === 'openai' && failure !== undefined) {
        throw new QuoryError('model_unavailable', `OpenAI did not take the key of this request: ${failure}`)
      }
      reasons.push(`${provider.name}: ${failure ?? 'it lists no model that can hold a conversation'}`)
    }
    // Whoever configured a provider wants its answers: quoting instead would hide that it is away.
    throw new QuoryError(
      'model_unavailable',
      `No configured provider has a model to answer with (${reasons.join('; ')})`,
    )
  }

  /** A provider's models, never failing: asked once a minute, and together with whoever asks at the same time. */
  #ask(provider: Provider, isCallers = false): Promise<Listed> {
    const known = isCallers ? undefined : this.#lists.get(provider.name)
    if (known !== undefined && known.until > Date.now()) return known.answer
    const entry = { until: Number.POSITIVE_INFINITY, answer: this.#askNow(provider, known?.answer) }
    if (!isCallers) this.#lists.set(provider.name, entry)
    void entry.answer.then(({ failure }) => {
      entry.until = Date.now() + (failure === undefined ? keepListMs : keepFailureMs)
    })
    return entry.answer
  }

  async #askNow(provider: Provider, before: Promise<Listed> | undefined): Promise<Listed> {
    const { agent } = await this.#open()
    try {
      const models = await listModels(provider.listing, { dispatcher: agent, timeoutMs: this.#listTimeoutMs })
      return { models, failure: undefined }
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      return { models: (await before)?.models ?? [], failure: error.message }
    }
  }

  #open(): Promise<{ agent: Agent; providers: readonly Provider[] }> {
    this.#opened ??= (async () => {
      const { Agent } = await import('undici')
      // A connection per answer: one that is cancelled or broken takes no other with it.
      const agent = new Agent({ connect: { timeout: connectTimeoutMs }, allowH2: false })
      return { agent, providers: createProviders(this.#config, agent) }
    })()
    return this.#opened
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened)?.agent.destroy()
  }
}

/** Ollama lists `llama3.2:latest`, which people call `llama3.2`. */
function isNamed(listed: string, wanted: string): boolean {
  return listed === wanted || listed === `${wanted}:latest`
}

/** Of the models that can hold a conversation: the newest version that fits the first pattern any fits, else the first. */
function preferredModel(models: readonly ListedModel[], preferred: readonly RegExp[]): string | undefined {
  const names = models.filter((model) => model.chats).map((model) => model.name)
  for (const pattern of preferred) {
    const [newest] = names
      .filter((name) => pattern.test(name))
      .sort((first, second) => second.localeCompare(first, 'en', { numeric: true }))
    if (newest !== undefined) return newest
  }
  return names[0]
}
