import type { Dispatcher } from 'undici'
import type { ModelConfig } from '../config.ts'
import { createAiSdkModel } from './ai-sdk.ts'
import type { LanguageModel } from './language-model.ts'
import type { ModelListing } from './list-models.ts'
import { createOpenAiModels } from './openai-compatible.ts'
import { anthropicUrl, googleUrl, openAiUrl, withoutSlash, withVersion } from './provider-urls.ts'

/** One configured provider: makes its models by name, and says where to ask what it has. */
export interface Provider {
  readonly name: string
  readonly listing: ModelListing
  /** Which of its models answers by default: the first of these patterns that one of its names matches, else any. */
  readonly preferred: readonly RegExp[]
  model(name: string): LanguageModel
}

/** The providers of a configuration, in the order in which a default model is looked for. */
export function createProviders(config: ModelConfig, dispatcher: Dispatcher): readonly Provider[] {
  const { timeoutMs } = config
  const providers: Provider[] = []
  if (config.openaiKey !== undefined || config.openaiUrl !== undefined) {
    providers.push(createOpenAiProvider(config, dispatcher, config.openaiKey?.reveal()))
  }
  if (config.anthropicKey !== undefined) {
    const apiKey = config.anthropicKey.reveal()
    const baseUrl = withVersion(config.anthropicUrl ?? anthropicUrl)
    providers.push({
      name: 'anthropic',
      listing: {
        url: `${baseUrl}/models?limit=1000`,
        headers: { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' },
        secrets: [apiKey],
      },
      preferred: [/sonnet/, /haiku/],
      model: (name) => createAiSdkModel({ provider: 'anthropic', apiKey, baseUrl, timeoutMs, dispatcher }, name),
    })
  }
  if (config.googleKey !== undefined) {
    const apiKey = config.googleKey.reveal()
    providers.push({
      name: 'google',
      listing: { url: `${googleUrl}/models?pageSize=1000`, headers: { 'x-goog-api-key': apiKey }, secrets: [apiKey] },
      preferred: [/^gemini-[\d.]+-flash$/, /^gemini-flash-latest$/, /^gemini-[\d.]+-pro$/],
      model: (name) =>
        createAiSdkModel({ provider: 'google', apiKey, baseUrl: googleUrl, timeoutMs, dispatcher }, name),
    })
  }
  if (config.ollamaUrl !== undefined) {
    providers.push(createCompatible('ollama', withVersion(config.ollamaUrl), undefined, timeoutMs, dispatcher))
  }
  for (const endpoint of config.endpoints) {
    const key = endpoint.api_key?.reveal()
    providers.push(createCompatible(endpoint.name, withoutSlash(endpoint.base_url), key, timeoutMs, dispatcher))
  }
  return providers
}

/** OpenAI, or the server at `OPENAI_BASE_URL`, with the server's key or a caller's own. */
export function createOpenAiProvider(
  config: ModelConfig,
  dispatcher: Dispatcher,
  apiKey: string | undefined,
): Provider {
  const baseUrl = withoutSlash(config.openaiUrl ?? openAiUrl)
  return {
    ...createCompatible('openai', baseUrl, apiKey, config.timeoutMs, dispatcher),
    preferred: [/^gpt-[\d.]+-mini$/, /^gpt-4o-mini$/, /^gpt-[\d.]+$/, /^gpt-4o$/, /^gpt-/],
  }
}

function createCompatible(
  provider: string,
  baseUrl: string,
  apiKey: string | undefined,
  timeoutMs: number,
  dispatcher: Dispatcher,
): Provider {
  return {
    name: provider,
    listing: {
      url: `${baseUrl}/models`,
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      secrets: apiKey === undefined ? [] : [apiKey],
    },
    preferred: [],
    model: createOpenAiModels({ provider, baseUrl, apiKey, timeoutMs, dispatcher }),
  }
}
