import { describe, expect, it, onTestFinished } from 'vitest'
import { startModelServer } from '../../test/support/model-server.ts'
import { readConfig } from '../config.ts'
import { createModelRegistry } from './model-registry.ts'

function registryOf(env: Readonly<Record<string, string>>, options: { listTimeoutMs?: number } = {}) {
  const registry = createModelRegistry(readConfig(env).models, options)
  onTestFinished(() => registry[Symbol.asyncDispose]())
  return registry
}

async function idOf(model: ReturnType<ReturnType<typeof createModelRegistry>['resolve']>): Promise<string> {
  const resolved = await model
  return resolved === 'extractive' ? resolved : resolved.id
}

function endpointsOf(...servers: readonly { name: string; url: string }[]): string {
  return JSON.stringify(servers.map(({ name, url }) => ({ name, base_url: url })))
}

describe('the model registry', () => {
  it('lists what every provider has, and the extractive generator always', async () => {
    await using openai = await startModelServer({ models: ['gpt-4o', 'text-embedding-3-small'] })
    await using ollama = await startModelServer({ models: ['llama3.2:latest'] })
    const registry = registryOf({ OPENAI_BASE_URL: openai.url, OLLAMA_BASE_URL: ollama.url.replace('/v1', '/') })
    const { models, unavailable } = await registry.list()
    expect(models.map(({ id, chats }) => [id, chats])).toEqual([
      ['quory/extractive', true],
      ['openai/gpt-4o', true],
      ['openai/text-embedding-3-small', false],
      ['ollama/llama3.2:latest', true],
    ])
    expect(unavailable).toEqual([])
    expect(registry.hasProviders).toBe(true)
  })

  it('is not held up by a provider that does not answer, and says why it is missing', async () => {
    await using well = await startModelServer({ models: ['a'] })
    await using silent = await startModelServer()
    await using locked = await startModelServer({ apiKey: 'right' })
    silent.listModels('hang')
    const endpoints = endpointsOf(
      { name: 'well', url: well.url },
      { name: 'silent', url: silent.url },
      { name: 'locked', url: locked.url },
      { name: 'absent', url: 'http://127.0.0.1:9/v1' },
    )
    const { models, unavailable } = await registryOf(
      { QUORY_MODEL_ENDPOINTS: endpoints },
      { listTimeoutMs: 200 },
    ).list()
    expect(models.map(({ id }) => id)).toEqual(['quory/extractive', 'well/a'])
    expect(unavailable.map(({ provider }) => provider)).toEqual(['silent', 'locked', 'absent'])
    expect(unavailable[0]?.reason).toBe('No answer within 0.2 s')
    expect(unavailable[1]?.reason).toContain('answered 401: Incorrect API key provided')
    expect(unavailable[2]?.reason).toContain('cannot be reached')
  })

  it('asks a provider once for many callers', async () => {
    await using server = await startModelServer({ models: ['a'] })
    const registry = registryOf({ OPENAI_BASE_URL: server.url })
    await Promise.all([registry.list(), registry.list()])
    server.listModels(['b'])
    expect((await registry.list()).models.map(({ id }) => id)).toEqual(['quory/extractive', 'openai/a'])
  })
})

describe('resolving a name', () => {
  it('means the extractive generator, whatever the name, while no provider is configured', async () => {
    const registry = registryOf({})
    expect(registry.hasProviders).toBe(false)
    expect((await registry.list()).models.map(({ id }) => id)).toEqual(['quory/extractive'])
    for (const name of [undefined, 'gpt-4', 'openai/gpt-4', 'quory/extractive']) {
      expect(await registry.resolve(name)).toBe('extractive')
    }
  })

  it('finds provider/model, a bare name where it is listed, and never anything else', async () => {
    await using first = await startModelServer({ models: ['a', 'meta/llama'] })
    await using second = await startModelServer({ models: ['b', 'llama3.2:latest'] })
    const registry = registryOf({
      QUORY_MODEL_ENDPOINTS: endpointsOf({ name: 'first', url: first.url }, { name: 'second', url: second.url }),
    })
    expect(await idOf(registry.resolve('second/anything'))).toBe('second/anything')
    expect(await idOf(registry.resolve('b'))).toBe('second/b')
    expect(await idOf(registry.resolve('meta/llama'))).toBe('first/meta/llama')
    expect(await idOf(registry.resolve('llama3.2'))).toBe('second/llama3.2')
    expect(await idOf(registry.resolve('quory/extractive'))).toBe('extractive')
    await expect(registry.resolve('c')).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'No configured provider has the model "c"',
    })
  })

  it('gives any bare name to the only provider', async () => {
    const registry = registryOf({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })
    expect(await idOf(registry.resolve('gpt-4-0613'))).toBe('openai/gpt-4-0613')
  })

  it('says which provider could not be asked', async () => {
    await using server = await startModelServer({ models: ['a'] })
    const registry = registryOf({
      OLLAMA_BASE_URL: 'http://127.0.0.1:9',
      QUORY_MODEL_ENDPOINTS: endpointsOf({ name: 'first', url: server.url }),
    })
    await expect(registry.resolve('b')).rejects.toThrow(
      /has the model "b" \(not asked in full: ollama: .*cannot be reached/,
    )
  })

  it('takes QUORY_MODEL by default, else the first model that can hold a conversation', async () => {
    await using server = await startModelServer({
      models: ['whisper-1', 'text-embedding-3-small', 'dall-e-3', 'qwen3', 'a'],
    })
    const endpoints = endpointsOf({ name: 'vllm', url: server.url })
    expect(await idOf(registryOf({ QUORY_MODEL_ENDPOINTS: endpoints }).resolve(undefined))).toBe('vllm/qwen3')
    expect(await idOf(registryOf({ QUORY_MODEL_ENDPOINTS: endpoints, QUORY_MODEL: 'a' }).resolve(undefined))).toBe(
      'vllm/a',
    )
    expect(
      await registryOf({ QUORY_MODEL_ENDPOINTS: endpoints, QUORY_MODEL: 'quory/extractive' }).resolve(undefined),
    ).toBe('extractive')
  })

  it('prefers a current general model of OpenAI', async () => {
    await using server = await startModelServer({
      models: ['gpt-3.5-turbo', 'gpt-4.1-mini', 'gpt-4o-audio-preview', 'gpt-5-mini', 'o3'],
    })
    expect(await idOf(registryOf({ OPENAI_BASE_URL: server.url }).resolve(undefined))).toBe('openai/gpt-5-mini')
  })

  it('refuses, with the reason, when the provider has no model to talk to or is away', async () => {
    await using server = await startModelServer({ models: ['text-embedding-3-small'] })
    await expect(registryOf({ OPENAI_BASE_URL: server.url }).resolve(undefined)).rejects.toThrow(
      /openai: it lists no model that can hold a conversation/,
    )
    await expect(registryOf({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }).resolve(undefined)).rejects.toThrow(
      /No configured provider has a model to answer with \(openai: /,
    )
  })
})

describe("a caller's own OpenAI key", () => {
  const ask = { messages: [{ role: 'user', content: 'Hello' }], signal: new AbortController().signal } as const

  it("is used instead of the server's", async () => {
    await using server = await startModelServer({ models: ['gpt-4o'], apiKey: 'sk-of-the-caller' })
    const registry = registryOf({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-of-the-server' })
    for (const name of ['gpt-4o', undefined]) {
      const model = await registry.resolve(name, { openaiKey: 'sk-of-the-caller' })
      if (model === 'extractive') throw new Error('The key was not used')
      for await (const event of model.stream(ask)) expect(event.type).not.toBe('error')
    }
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill('Bearer sk-of-the-caller'),
    )
    const model = await registry.resolve('gpt-4o', { openaiKey: '' })
    if (model === 'extractive') throw new Error('The provider was not used')
    const read = async () => {
      for await (const event of model.stream(ask)) expect(event).toBeUndefined()
    }
    await expect(read()).rejects.toMatchObject({ reason: 'refused' })
  })

  it('opens OpenAI to a server that has no provider, but not models of other providers', async () => {
    expect(await idOf(registryOf({}).resolve('gpt-4', { openaiKey: 'sk-own' }))).toBe('openai/gpt-4')
    await using server = await startModelServer({ models: ['llama'] })
    const registry = registryOf({ OLLAMA_BASE_URL: server.url })
    expect(await idOf(registry.resolve('llama', { openaiKey: 'sk-own' }))).toBe('ollama/llama')
    expect(await idOf(registry.resolve('gpt-4', { openaiKey: 'sk-own' }))).toBe('openai/gpt-4')
  })

  it('that is refused is said so, without showing it', async () => {
    await using server = await startModelServer({ apiKey: 'another' })
    const answer = registryOf({ OPENAI_BASE_URL: server.url }).resolve(undefined, { openaiKey: 'sk-wrong-key-1' })
    const error = await answer.catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'model_unavailable' })
    expect(String(error)).toContain('OpenAI did not take the key of this request')
    expect(String(error)).not.toContain('sk-wrong-key-1')
  })
})
