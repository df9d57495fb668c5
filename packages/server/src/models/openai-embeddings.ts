import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { type EmbeddingModel, type EmbeddingRequest, prefixOf } from './embedding-model.ts'
import { ModelError } from './language-model.ts'
import { connectionError, readRefusal, refusalError, scrubSecrets } from './provider-error.ts'

/** A server with `/embeddings`. */
export interface EmbeddingEndpoint {
  /** Without a slash at the end, such as `https://api.openai.com/v1`. */
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly timeoutMs: number
  readonly dispatcher: Dispatcher
}

/** 32 vectors of 4,096 numbers as JSON text are 3 MB. */
const maxAnswerBytes = 64_000_000

const answer = z.object({
  data: z.array(z.object({ index: z.int().optional(), embedding: z.union([z.string(), z.array(z.number())]) })),
})

/**
 * A model of an OpenAI-compatible endpoint; `model` is the endpoint's own name for it. Vectors are asked for as base64,
 * which costs a tenth of the parsing; servers that do not know it ignore it, or refuse and are asked again without.
 */
export function createEndpointEmbeddings(endpoint: EmbeddingEndpoint, name: string, model: string): EmbeddingModel {
  let takesBase64 = true
  const embed = async (request: EmbeddingRequest): Promise<readonly Float32Array[]> => {
    const secrets = endpoint.apiKey === undefined ? [] : [endpoint.apiKey]
    try {
      const { status, body, retryAfter } = await post(endpoint, model, request, takesBase64)
      if (status === 200) return readVectors(body, request.texts.length)
      if (takesBase64 && (status === 400 || status === 422) && /encoding_format|base64/i.test(complaint(body))) {
        takesBase64 = false
        return await embed(request)
      }
      if (status === 413) throw new ModelError('context_too_long', 'The embedding model takes less text at once')
      throw refusalError({ status, body, retryAfter, secrets, sentTools: false })
    } catch (error) {
      request.signal.throwIfAborted()
      if (error instanceof ModelError) throw error
      throw connectionError(error, secrets) ?? brokenAnswer(scrubSecrets(String(error), secrets), error)
    }
  }
  return { name, embed, [Symbol.asyncDispose]: async () => undefined }
}

async function post(
  { baseUrl, apiKey, timeoutMs, dispatcher }: EmbeddingEndpoint,
  model: string,
  { texts, purpose, signal }: EmbeddingRequest,
  asBase64: boolean,
) {
  const { request } = await import('undici')
  const prefix = prefixOf(model, purpose)
  const response = await request(`${baseUrl}/embeddings`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({
      model,
      input: texts.map((text) => prefix + text),
      ...(asBase64 ? { encoding_format: 'base64' } : {}),
    }),
    signal,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    dispatcher,
  })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    if (size > maxAnswerBytes) throw brokenAnswer('it is too long')
    chunks.push(chunk)
  }
  const retryAfter = response.headers['retry-after']
  return {
    status: response.statusCode,
    body: Buffer.concat(chunks).toString('utf8'),
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
  }
}

function complaint(body: string): string {
  const { message, param } = readRefusal(body)
  return `${message} ${param ?? ''}`
}

function readVectors(body: string, count: number): readonly Float32Array[] {
  const parsed = answer.safeParse(JSON.parse(body))
  if (!parsed.success) throw brokenAnswer('it is in no known form')
  const { data } = parsed.data
  if (data.length !== count) throw brokenAnswer(`it has ${data.length} vectors for ${count} texts`)
  const vectors = new Array<Float32Array | undefined>(count)
  for (const [place, { index = place, embedding }] of data.entries()) {
    if (index < 0 || index >= count || vectors[index] !== undefined) throw brokenAnswer('its numbering is wrong')
    vectors[index] = typeof embedding === 'string' ? decodeFloats(embedding) : Float32Array.from(embedding)
  }
  // Every place was filled: as many as there are, none twice.
  return (vectors as Float32Array[]).map(requireFinite)
}

/** Little-endian, as every machine we run on is. */
function decodeFloats(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw brokenAnswer('a vector cannot be decoded')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

function requireFinite(vector: Float32Array): Float32Array {
  if (vector.length === 0 || !vector.every(Number.isFinite)) throw brokenAnswer('a vector holds what is no number')
  return vector
}

function brokenAnswer(reason: string, cause?: unknown): ModelError {
  return new ModelError('broken_stream', `The embedding model's answer cannot be used: ${reason}`, {
    cause,
    retry: { afterMs: undefined },
  })
}
