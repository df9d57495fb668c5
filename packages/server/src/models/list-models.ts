import type { Dispatcher } from 'undici'
import { ModelError } from './language-model.ts'
import { connectionError, refusalError, scrubSecrets } from './provider-error.ts'

/** Where a provider lists its models. */
export interface ModelListing {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** A model as its provider names it. */
export interface ListedModel {
  readonly name: string
  /** Seconds since 1970, where the provider says. */
  readonly created: number | undefined
  /** Whether it looks like one that can hold a conversation. */
  readonly chats: boolean
}

const maxListBytes = 8_000_000
/** Names of models that do something else: there is no field for it in OpenAI's list. */
const notForChat =
  /embed|whisper|\btts\b|speech|audio|transcri|dall-e|image|imagen|sora|veo|video|moderation|guard|rerank|realtime|\bbge-|^e5-|minilm|instruct-search|davinci|babbage|(^|\W)(ada|curie)(\W|$)|gpt-3\.5-turbo-instruct|aqa|deep-research|computer-use|codex|-search-/i

/** Asks a provider what it has; throws a `ModelError` when it does not say within the time. */
export async function listModels(
  { url, headers, secrets }: ModelListing,
  { dispatcher, timeoutMs }: { dispatcher: Dispatcher; timeoutMs: number },
): Promise<readonly ListedModel[]> {
  const { request } = await import('undici')
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await request(url, { headers: { ...headers, accept: 'application/json' }, dispatcher, signal })
    let text = ''
    for await (const chunk of response.body.setEncoding('utf8')) {
      text += chunk
      if (text.length > maxListBytes) throw new ModelError('refused', 'The list of models is too long')
    }
    if (response.statusCode !== 200) {
      throw refusalError({ status: response.statusCode, body: text, retryAfter: undefined, secrets, sentTools: false })
    }
    return readList(JSON.parse(text))
  } catch (error) {
    if (error instanceof ModelError) throw error
    if (signal.aborted) throw new ModelError('timeout', `No answer within ${timeoutMs / 1000} s`, { cause: error })
    throw (
      connectionError(error, secrets) ??
      new ModelError('refused', `The list of models cannot be read (${scrubSecrets(String(error), secrets)})`, {
        cause: error,
      })
    )
  }
}

interface WireModel {
  readonly id?: unknown
  readonly name?: unknown
  readonly created?: unknown
  readonly created_at?: unknown
  readonly supportedGenerationMethods?: unknown
}

/** OpenAI's and Anthropic's `{data: [{id}]}`, Google's `{models: [{name: "models/…"}]}`, or a bare list. */
function readList(value: { data?: unknown; models?: unknown } | readonly unknown[] | null): readonly ListedModel[] {
  const list: unknown = value === null || 'length' in value ? value : (value.data ?? value.models)
  if (!Array.isArray(list)) throw new ModelError('refused', 'The list of models is in no known form')
  return list.flatMap((entry: WireModel | null): ListedModel[] => {
    const name = entry?.id ?? entry?.name
    if (entry === null || typeof name !== 'string' || name === '') return []
    const created = entry.created ?? Date.parse(String(entry.created_at)) / 1000
    const methods = entry.supportedGenerationMethods
    return [
      {
        name: name.replace(/^models\//, ''),
        created: typeof created === 'number' && Number.isFinite(created) && created > 0 ? created : undefined,
        chats: !notForChat.test(name) && (!Array.isArray(methods) || methods.includes('generateContent')),
      },
    ]
  })
}
