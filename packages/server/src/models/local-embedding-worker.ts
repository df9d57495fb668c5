import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { z } from 'zod'
import { serveWork } from '../work-thread.ts'

type Runtime = typeof import('onnxruntime-web')

interface Model {
  readonly runtime: Runtime
  readonly session: InferenceSession
  readonly tokenizer: Tokenizer
  readonly maxTokens: number
  /** The whole text's vector is the mean of its tokens', or the first one's, or the last one's. */
  readonly pooling: 'mean' | 'first' | 'last'
}

/** The faster one first; either is the operator's to install, because of its size. */
const runtimes = ['onnxruntime-node', 'onnxruntime-web']
const modelFiles = ['onnx/model.onnx', 'model.onnx', 'onnx/model_quantized.onnx', 'model_quantized.onnx']
const defaultMaxTokens = 512
const textsPerRun = 16

const tokenizerConfig = z.looseObject({ model_max_length: z.number().optional() })
const modelConfig = z.looseObject({ max_position_embeddings: z.number().optional() })
const poolingConfig = z.looseObject({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
})

let opened: Model | undefined

const work = {
  open: async ({ folder }: { folder: string }): Promise<void> => {
    opened = await openModel(folder)
  },
  embed: async ({ texts }: { texts: readonly string[] }): Promise<readonly Float32Array[]> => {
    if (opened === undefined) throw new Error('it is not open')
    const vectors: Float32Array[] = []
    for (let at = 0; at < texts.length; at += textsPerRun)
      vectors.push(...(await run(opened, texts.slice(at, at + textsPerRun))))
    return vectors
  },
}
export type LocalEmbeddingWork = typeof work

serveWork(work)

async function openModel(folder: string): Promise<Model> {
  const file = modelFiles.map((name) => join(folder, name)).find((path) => existsSync(path))
  if (file === undefined) throw new Error(`${folder} has none of ${modelFiles.join(', ')}`)
  const runtime = await loadRuntime()
  const settings = tokenizerConfig.parse(await readJson(join(folder, 'tokenizer_config.json')))
  const model = modelConfig.parse(await readJson(join(folder, 'config.json')))
  const pooling = poolingConfig.parse(await readJson(join(folder, '1_Pooling/config.json')))
  const tokenizer = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8'))
  const limits = [settings.model_max_length, model.max_position_embeddings].filter((limit) => limit !== undefined)
  return {
    runtime,
    session: await openSession(runtime, file),
    tokenizer: new Tokenizer(tokenizer, settings),
    maxTokens: limits.length === 0 ? defaultMaxTokens : Math.min(...limits),
    pooling:
      pooling.pooling_mode_cls_token === true ? 'first' : pooling.pooling_mode_lasttoken === true ? 'last' : 'mean',
  }
}

async function loadRuntime(): Promise<Runtime> {
  for (const name of runtimes) {
    try {
      return await import(name)
    } catch (error) {
      // Installed, but broken: its own words say why.
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    }
  }
  throw new Error(`it needs an ONNX runtime. Run "npm install ${runtimes.join('" or "npm install ')}" where Quory is`)
}

/** Weights beyond 2 GB lie beside the model. */
async function openSession(runtime: Runtime, file: string): Promise<InferenceSession> {
  const beside = `${file}_data`
  const name = beside.slice(beside.lastIndexOf('/') + 1)
  const externalData = existsSync(beside) ? [{ path: name, data: new Uint8Array(await readFile(beside)) }] : []
  return await runtime.InferenceSession.create(new Uint8Array(await readFile(file)), { externalData })
}

async function readJson(path: string): Promise<unknown> {
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : {}
}

async function run(model: Model, texts: readonly string[]): Promise<Float32Array[]> {
  const { runtime, session } = model
  const encoded = texts.map((text) => truncate(model.tokenizer.encode(text).ids, model.maxTokens))
  const length = Math.max(1, ...encoded.map((ids) => ids.length))
  const shape = [texts.length, length]
  const fill = (numberAt: (ids: readonly number[], at: number) => number) => {
    const values = BigInt64Array.from({ length: texts.length * length }, (_, i) =>
      BigInt(numberAt(encoded[Math.floor(i / length)] ?? [], i % length)),
    )
    return new runtime.Tensor('int64', values, shape)
  }
  const inputs: Record<string, Tensor> = {}
  if (session.inputNames.includes('input_ids')) inputs['input_ids'] = fill((ids, at) => ids[at] ?? 0)
  if (session.inputNames.includes('attention_mask'))
    inputs['attention_mask'] = fill((ids, at) => (at < ids.length ? 1 : 0))
  if (session.inputNames.includes('token_type_ids')) inputs['token_type_ids'] = fill(() => 0)
  const outputs = await session.run(inputs)
  const whole = outputs['sentence_embedding']
  if (whole !== undefined) return splitRows(await readFloats(whole), texts.length)
  const tokens = outputs['last_hidden_state'] ?? outputs['token_embeddings'] ?? Object.values(outputs)[0]
  if (tokens === undefined) throw new Error('the model has no output')
  const values = await readFloats(tokens)
  const width = values.length / (texts.length * length)
  return encoded.map((ids, row) => pool(values.subarray(row * length * width), width, ids.length, model.pooling))
}

/** The last token says that the text ends, and stays. */
function truncate(ids: readonly number[], limit: number): readonly number[] {
  return ids.length <= limit ? ids : [...ids.slice(0, limit - 1), ...ids.slice(-1)]
}

async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data = await tensor.getData()
  if (!(data instanceof Float32Array)) throw new Error(`its output is ${tensor.type}, not float32`)
  return data
}

function splitRows(values: Float32Array, count: number): Float32Array[] {
  const width = values.length / count
  return Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width))
}

function pool(values: Float32Array, width: number, tokens: number, pooling: Model['pooling']): Float32Array {
  if (pooling === 'first' || tokens === 0) return values.slice(0, width)
  if (pooling === 'last') return values.slice((tokens - 1) * width, tokens * width)
  const sum = new Float32Array(width)
  for (let i = 0; i < tokens * width; i++) sum[i % width] = (sum[i % width] ?? 0) + (values[i] ?? 0)
  return sum.map((value) => value / tokens)
}
