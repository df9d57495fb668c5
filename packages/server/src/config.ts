import { resolve } from 'node:path'
import type { z } from 'zod'
import { type AllowedHost, parseAllowedHost } from './allowed-host.ts'
import { environment, settings } from './config-settings.ts'
import { entriesOf, type ModelEndpoint, type price, type Secret } from './config-values.ts'

export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly databaseListenUrl: string | undefined
  readonly apiKey: Secret | undefined
  readonly jwtSecret: Secret | undefined
  readonly jwksUrl: string | undefined
  readonly jwtIssuer: string | undefined
  readonly jwtAudience: string | undefined
  /** Scheme and host that people use; undefined: whatever they asked for. */
  readonly publicUrl: string | undefined
  readonly trustedProxies: readonly string[]
  readonly oidc: OidcConfig | undefined
  readonly models: ModelConfig
  readonly modelPrices: ModelPrices
  /** How long a chat stays in the trash. */
  readonly trashDays: number
  /** Undefined: search goes by words alone. */
  readonly embedding: EmbeddingConfig | undefined
  readonly rerank: RerankConfig | undefined
  /** Passages from which on a project is searched by pg_textsearch; undefined: never. */
  readonly textsearchFrom: number | undefined
  readonly concurrentAnswers: number
  readonly concurrentAnswersPerUser: number
  readonly dailyQuestions: number | undefined
  readonly secret: Secret | undefined
  readonly previousSecrets: readonly Secret[]
  readonly maxUploadBytes: number
  readonly parseTimeoutMs: number
  /** Besides the public internet, what sources may reach. */
  readonly egressAllow: readonly AllowedHost[]
  readonly logLevel: string
}

export interface OidcConfig {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly name: string
}

/** What a million tokens cost, by the model's id as answers name it. */
export type ModelPrices = Readonly<Record<string, z.infer<typeof price>>>

export interface ModelConfig {
  readonly openaiKey: Secret | undefined
  readonly openaiUrl: string | undefined
  readonly anthropicKey: Secret | undefined
  readonly anthropicUrl: string | undefined
  readonly googleKey: Secret | undefined
  readonly ollamaUrl: string | undefined
  readonly endpoints: readonly ModelEndpoint[]
  readonly defaultModel: string | undefined
  readonly timeoutMs: number
}

export interface EmbeddingConfig {
  readonly model: string
  readonly baseUrl: string | undefined
  readonly apiKey: Secret | undefined
  readonly tokensPerMinute: number | undefined
  /** Of the vectors' score in the sum with the words'. */
  readonly weight: number
}

export interface RerankConfig {
  readonly url: string
  readonly model: string | undefined
  readonly apiKey: Secret | undefined
}

/** Reads an environment; throws one sentence per variable that is wrong. An empty value counts as unset. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = environment.safeParse(set)
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  }
  const values = parsed.data
  if (values.DATABASE_LISTEN_URL !== undefined && values.DATABASE_URL === undefined)
    throw new Error('DATABASE_LISTEN_URL: goes with DATABASE_URL, which is not set')
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    dataDir: resolve(values.QUORY_DATA_DIR),
    databaseUrl: values.DATABASE_URL?.reveal(),
    databaseListenUrl: (values.DATABASE_LISTEN_URL ?? values.DATABASE_URL)?.reveal(),
    apiKey: values.QUORY_API_KEY,
    jwtSecret: values.QUORY_JWT_SECRET,
    jwksUrl: values.QUORY_JWKS_URL,
    jwtIssuer: values.QUORY_JWT_ISSUER,
    jwtAudience: values.QUORY_JWT_AUDIENCE,
    publicUrl: values.QUORY_URL,
    trustedProxies: entriesOf(values.QUORY_TRUSTED_PROXIES ?? ''),
    oidc: readOidc(values),
    models: {
      openaiKey: values.OPENAI_API_KEY,
      openaiUrl: values.OPENAI_BASE_URL,
      anthropicKey: values.ANTHROPIC_API_KEY,
      anthropicUrl: values.ANTHROPIC_BASE_URL,
      googleKey: values.GOOGLE_GENERATIVE_AI_API_KEY,
      ollamaUrl: values.OLLAMA_BASE_URL,
      endpoints: values.QUORY_MODEL_ENDPOINTS ?? [],
      defaultModel: values.QUORY_MODEL,
      timeoutMs: values.QUORY_MODEL_TIMEOUT_SECONDS * 1000,
    },
    embedding: readEmbedding(values),
    rerank: readReranker(values),
    textsearchFrom: values.QUORY_TEXTSEARCH_FROM === 'off' ? undefined : values.QUORY_TEXTSEARCH_FROM,
    modelPrices: values.QUORY_MODEL_PRICES ?? {},
    trashDays: values.QUORY_TRASH_DAYS,
    concurrentAnswers: values.QUORY_CONCURRENT_ANSWERS,
    concurrentAnswersPerUser: values.QUORY_CONCURRENT_ANSWERS_PER_USER,
    dailyQuestions: values.QUORY_DAILY_QUESTIONS,
    secret: values.QUORY_SECRET,
    previousSecrets: values.QUORY_SECRET_PREVIOUS ?? [],
    maxUploadBytes: values.QUORY_MAX_UPLOAD_MB * 1_000_000,
    parseTimeoutMs: values.QUORY_PARSE_TIMEOUT_SECONDS * 1000,
    egressAllow: entriesOf(values.QUORY_EGRESS_ALLOW ?? '').flatMap((entry) => parseAllowedHost(entry) ?? []),
    logLevel: values.QUORY_LOG_LEVEL,
  })
}

function readOidc(values: z.infer<typeof environment>): OidcConfig | undefined {
  const { QUORY_OIDC_ISSUER: issuer, QUORY_OIDC_CLIENT_ID: clientId, QUORY_OIDC_CLIENT_SECRET: clientSecret } = values
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined
  if (issuer === undefined || clientId === undefined || clientSecret === undefined)
    throw new Error('QUORY_OIDC_ISSUER: goes with QUORY_OIDC_CLIENT_ID and QUORY_OIDC_CLIENT_SECRET; set all or none')
  return { issuer, clientId, clientSecret, name: values.QUORY_OIDC_NAME }
}

function readEmbedding(values: z.infer<typeof environment>): EmbeddingConfig | undefined {
  if (values.QUORY_EMBEDDING_MODEL === undefined) return undefined
  return {
    model: values.QUORY_EMBEDDING_MODEL,
    baseUrl: values.QUORY_EMBEDDING_BASE_URL,
    apiKey: values.QUORY_EMBEDDING_API_KEY,
    tokensPerMinute: values.QUORY_EMBEDDING_TOKENS_PER_MINUTE,
    weight: values.QUORY_VECTOR_WEIGHT,
  }
}

function readReranker(values: z.infer<typeof environment>): RerankConfig | undefined {
  if (values.QUORY_RERANK_URL === undefined) return undefined
  return { url: values.QUORY_RERANK_URL, model: values.QUORY_RERANK_MODEL, apiKey: values.QUORY_RERANK_API_KEY }
}

/** Name, meaning and value in force of every setting, secrets masked: what `quory config` prints. */
export function describeSettings(env: Readonly<Record<string, string | undefined>>) {
  return Object.entries(settings).map(([name, [schema, meaning]]) => {
    const value: unknown = schema.parse(env[name] === '' ? undefined : env[name])
    const shown = typeof value === 'object' ? JSON.stringify(value) : value === undefined ? '' : String(value)
    return { name, meaning, value: shown.replaceAll('"********"', '********') }
  })
}
