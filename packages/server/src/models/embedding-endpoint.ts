import type { EmbeddingConfig, ModelConfig } from '../config.ts'
import { googleUrl, openAiUrl, withoutSlash, withVersion } from './provider-urls.ts'

/** Where a model is asked for vectors, and what it is called there. */
export interface EmbeddingAddress {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly model: string
}

/**
 * `QUORY_EMBEDDING_BASE_URL` takes every name as it is. Otherwise the endpoints that answer questions are meant:
 * `provider/model`, or a bare name when OpenAI, or the server in its place, or nothing but one endpoint is configured.
 */
export function findEmbeddingAddress(
  name: string,
  embedding: Pick<EmbeddingConfig, 'baseUrl' | 'apiKey'>,
  models: Pick<ModelConfig, 'openaiKey' | 'openaiUrl' | 'googleKey' | 'ollamaUrl' | 'endpoints'>,
): EmbeddingAddress | undefined {
  if (embedding.baseUrl !== undefined)
    return { baseUrl: withoutSlash(embedding.baseUrl), apiKey: embedding.apiKey?.reveal(), model: name }
  const providers = listProviders(models)
  const slash = name.indexOf('/')
  const prefixed = slash > 0 ? providers.get(name.slice(0, slash)) : undefined
  if (prefixed !== undefined) return { ...prefixed, model: name.slice(slash + 1) }
  const only = providers.get('openai') ?? (providers.size === 1 ? [...providers.values()][0] : undefined)
  return only === undefined ? undefined : { ...only, model: name }
}

function listProviders(
  models: Parameters<typeof findEmbeddingAddress>[2],
): Map<string, Omit<EmbeddingAddress, 'model'>> {
  const { openaiKey, openaiUrl, googleKey, ollamaUrl, endpoints } = models
  const providers = new Map<string, Omit<EmbeddingAddress, 'model'>>()
  if (openaiKey !== undefined || openaiUrl !== undefined)
    providers.set('openai', { baseUrl: withoutSlash(openaiUrl ?? openAiUrl), apiKey: openaiKey?.reveal() })
  // Google speaks OpenAI's protocol beside its own.
  if (googleKey !== undefined) providers.set('google', { baseUrl: `${googleUrl}/openai`, apiKey: googleKey.reveal() })
  if (ollamaUrl !== undefined) providers.set('ollama', { baseUrl: withVersion(ollamaUrl), apiKey: undefined })
  for (const { name, base_url, api_key } of endpoints)
    providers.set(name, { baseUrl: withoutSlash(base_url), apiKey: api_key?.reveal() })
  return providers
}
